/** The running services, whichever platform: what observability and the outputs need to know of them. */
export interface Compute {
  readonly platform: 'ecs' | 'eks';
  /** Name of the cluster. */
  readonly clusterName: string;
  readonly gateway: ServiceFacts;
  readonly litellm: ServiceFacts;
}

export interface ServiceFacts {
  /** Name of the ECS service or Kubernetes Deployment. */
  readonly name: string;
  readonly logGroupName: string;
  /** Where a field of the service's JSON log lines stands in an event: `$` on ECS, `$.log_processed` on EKS. */
  readonly logFields: '$' | '$.log_processed';
  readonly maxTasks: number;
}
