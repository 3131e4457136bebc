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
  /** Absent: it is no cluster of EKS. */
  readonly eks?: EksFacts;
  readonly gateway: ServiceFacts;
  readonly litellm: ServiceFacts;
}

export interface EksFacts {
  /** Of everything of ours. */
  readonly namespace: string;
  /** Of the control plane, which answers on 443. */
  readonly securityGroupId: string;
  /** `ours`: who may use the API is said by access entries of ours; `given`: by the cluster's owner. */
  readonly access: 'ours' | 'given';
}

export interface ServiceFacts {
  /** Name of the ECS service or Kubernetes Deployment. */
  readonly name: string;
  readonly logGroupName: string;
  /** Where a field of the service's JSON log lines stands in an event: `$` on ECS, `$.log_processed` on EKS. */
  readonly logFields: '$' | '$.log_processed';
}
