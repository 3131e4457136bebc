import type { Deployment } from '@genai-gateway/config';
import { Duration, Fn } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Compute, ServiceFacts } from '../compute/compute.ts';
import type { Data } from '../data/data.ts';
import type { Edge } from '../edge/edge.ts';
import type { AllFunctions, FunctionFacts } from '../functions/functions.ts';

/** What AWS itself measures of the parts, by the names of its user guides (as of 2026-11-23). Five minutes each. */
const fiveMinutes = Duration.minutes(5);

interface AwsMetric {
  readonly name: string;
  readonly statistic: string;
  readonly label?: string;
  readonly minutes?: number;
}

function metric(namespace: string, dimensions: Record<string, string>, wanted: AwsMetric): Metric {
  return new Metric({
    namespace,
    metricName: wanted.name,
    dimensionsMap: dimensions,
    statistic: wanted.statistic,
    period: wanted.minutes === undefined ? fiveMinutes : Duration.minutes(wanted.minutes),
    ...(wanted.label === undefined ? {} : { label: wanted.label }),
  });
}

export function loadBalancerMetric({ loadBalancer }: Edge, wanted: AwsMetric): Metric {
  return metric('AWS/ApplicationELB', { LoadBalancer: loadBalancerName(loadBalancer.loadBalancerArn) }, wanted);
}

export function targetsMetric({ loadBalancer, gatewayTargets }: Edge, wanted: AwsMetric): Metric {
  const dimensions = {
    LoadBalancer: loadBalancerName(loadBalancer.loadBalancerArn),
    // arn:aws:elasticloadbalancing:region:account:targetgroup/name/id
    TargetGroup: Fn.select(5, Fn.split(':', gatewayTargets.targetGroupArn)),
  };
  return metric('AWS/ApplicationELB', dimensions, wanted);
}

/** The load balancer's own 5xx and the gateway's, in percent of all requests; 0 where there are few. */
export function serverErrorPercent(edge: Edge): MathExpression {
  const sum = (name: string) => loadBalancerMetric(edge, { name, statistic: Stats.SUM });
  return new MathExpression({
    label: '5xx %',
    period: fiveMinutes,
    expression: 'IF(FILL(requests, 0) >= 50, 100 * (FILL(own, 0) + FILL(targets, 0)) / FILL(requests, 1), 0)',
    usingMetrics: {
      requests: sum('RequestCount'),
      own: sum('HTTPCode_ELB_5XX_Count'),
      targets: sum('HTTPCode_Target_5XX_Count'),
    },
  });
}

export function webAclMetric({ webAclName }: Edge, { region }: Deployment, wanted: AwsMetric): Metric {
  return metric('AWS/WAFV2', { WebACL: webAclName, Region: region, Rule: 'ALL' }, wanted);
}

/** CloudFront tells its numbers in us-east-1 alone, so a dashboard can show them and an alarm elsewhere cannot. */
export function cloudFrontMetric(distributionId: string, wanted: AwsMetric): Metric {
  return metric('AWS/CloudFront', { DistributionId: distributionId, Region: 'Global' }, wanted).with({
    region: 'us-east-1',
  });
}

export function databaseMetric({ database }: Data, wanted: AwsMetric): Metric {
  return metric('AWS/RDS', { DBInstanceIdentifier: database.instanceId }, wanted);
}

/** Of each node of the cache: who is primary changes. */
export function cacheMetrics({ cache }: Data, { cache: plan }: Deployment, wanted: AwsMetric): Metric[] {
  return Array.from({ length: plan.nodes }, (_, index) => {
    const node = String(index + 1).padStart(3, '0');
    const dimensions = { CacheClusterId: `${cache.replicationGroupId}-${node}` };
    return metric('AWS/ElastiCache', dimensions, { ...wanted, label: `${wanted.label ?? wanted.name} ${node}` });
  });
}

/** The highest of all nodes. */
export function highestOfCache(data: Data, deployment: Deployment, wanted: AwsMetric): MathExpression {
  const nodes = cacheMetrics(data, deployment, wanted).map((each, index) => [`node${index + 1}`, each] as const);
  return new MathExpression({
    label: wanted.name,
    period: fiveMinutes,
    expression: nodes.length === 1 ? 'node1' : `MAX([${nodes.map(([id]) => id).join(', ')}])`,
    usingMetrics: Object.fromEntries(nodes),
  });
}

/** Of a service's tasks or pods, in percent of what they were given. */
export function serviceUse(compute: Compute, service: ServiceFacts, use: 'cpu' | 'memory', label: string): IMetric {
  const statistic = Stats.AVERAGE;
  if (compute.platform === 'ecs') {
    const dimensions = { ClusterName: compute.clusterName, ServiceName: service.name };
    const name = use === 'cpu' ? 'CPUUtilization' : 'MemoryUtilization';
    return metric('AWS/ECS', dimensions, { name, statistic, label });
  }
  // Container Insights calls a pod by its Deployment.
  const one = `MetricName="pod_${use}_utilization_over_pod_limit" ClusterName="${compute.clusterName}" PodName="${service.name}"`;
  return new MathExpression({
    label,
    period: fiveMinutes,
    expression: `SEARCH('{ContainerInsights,ClusterName,Namespace,PodName} ${one}', '${statistic}', ${fiveMinutes.toSeconds()})`,
    usingMetrics: {},
  });
}

/** How many tasks of a service run, ECS alone. */
export function runningTasks(compute: Compute, service: ServiceFacts, label?: string): Metric {
  const dimensions = { ClusterName: compute.clusterName, ServiceName: service.name };
  return metric('ECS/ContainerInsights', dimensions, {
    name: 'RunningTaskCount',
    statistic: Stats.MINIMUM,
    minutes: 1,
    ...(label === undefined ? {} : { label }),
  });
}

/** Of one function. */
export function functionMetric({ functionName }: FunctionFacts, wanted: AwsMetric): Metric {
  return metric('AWS/Lambda', { FunctionName: functionName }, wanted);
}

/** Of all functions together. */
export function sumOfFunctions(functions: AllFunctions, name: string): MathExpression {
  const all = Object.values(functions).map((each) => functionMetric(each, { name, statistic: Stats.SUM }));
  return summed(name.toLowerCase(), all);
}

/** Events that functions could not do and nobody has looked at yet. */
export function deadLetters(functions: AllFunctions): MathExpression {
  const all = Object.values(functions).map(({ deadLetterQueueName }) =>
    metric('AWS/SQS', { QueueName: deadLetterQueueName }, DEAD_LETTERS),
  );
  return summed('letters', all);
}

const DEAD_LETTERS: AwsMetric = { name: 'ApproximateNumberOfMessagesVisible', statistic: Stats.MAXIMUM };

/** @param label Also begins the ids of its parts, which may stand once in a graph. */
function summed(label: string, metrics: readonly Metric[]): MathExpression {
  const named = metrics.map((each, index) => [`${label}${index + 1}`, each] as const);
  return new MathExpression({
    label,
    period: fiveMinutes,
    expression: named.map(([id]) => `FILL(${id}, 0)`).join(' + '),
    usingMetrics: Object.fromEntries(named),
  });
}

/** What Bedrock counts by itself in this region, one line per model. */
export function bedrockByModel(name: string, statistic: string): MathExpression {
  return new MathExpression({
    label: '',
    period: fiveMinutes,
    expression: `SEARCH('{AWS/Bedrock,ModelId} MetricName="${name}"', '${statistic}', ${fiveMinutes.toSeconds()})`,
    usingMetrics: {},
  });
}

function loadBalancerName(arn: string): string {
  // arn:aws:elasticloadbalancing:region:account:loadbalancer/app/name/id
  return Fn.select(1, Fn.split('loadbalancer/', arn));
}
