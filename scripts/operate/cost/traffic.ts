/**
 * What passes in a month. The first group are the quantities that the original sample's own rows come to at these
 * list prices, so that both systems carry the same; the second are parts that its table does not have, at a gateway of
 * that size.
 */
export const traffic = {
  /** Its row for VPC and NAT, 50.00, less 730 hours of a NAT gateway. */
  natGb: 381,
  /** Its row for the load balancer, 24.62, less 730 hours of it. */
  loadBalancerLcu: 1.4,
  /** Its row for CloudWatch, 12.60, as logs. */
  logGb: 25.2,
  /** Its row for S3, 7.37. */
  s3Gb: 320,
  /** Its row for ECR, 0.50. */
  imageGb: 5,

  /** Millions of requests. */
  requestsMillion: 1,
  /** To clients. */
  responseGb: 20,
  /** Turns of chat history: each is some four units of writing and reading. */
  historyTurnsMillion: 0.1,
  historyGb: 2,
  /** Objects of request logs, batched, in millions. */
  requestLogObjectsMillion: 0.1,
  /** What the functions run for: calls of people, an hour's compaction in some seconds, a look every quarter of an hour. */
  functionCallsMillion: 0.1,
  functionGbSecondsMillion: 0.03,
  /** Models with metrics of their own. */
  modelsInUse: 5,
  /** What Container Insights counts on EKS, at some 500 series a minute; and on ECS for a cluster, a service and its family, a task with its container. */
  insightsObservationsMillion: 25,
  insightsMetrics: { cluster: 20, service: 50, task: 30 },
} as const;

export type Traffic = typeof traffic;
