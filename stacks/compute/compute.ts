import type { Data } from '../data/data.ts';
import type { Edge } from '../edge/edge.ts';
import type { Foundation } from '../foundation/foundation.ts';
import type { Network } from '../network/network.ts';

/** What a platform stands on. */
export interface ComputeParts {
  readonly foundation: Foundation;
  readonly network: Network;
  readonly data: Data;
  readonly edge: Edge;
}

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
}
