import type { Deployment } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import type { Data } from '../data/data.ts';
import type { Edge } from '../edge/edge.ts';
import type { Foundation } from '../foundation/foundation.ts';
import type { Network } from '../network/network.ts';
import type { Compute } from './compute.ts';
import { buildEcs } from './ecs.ts';
import { buildEks } from './eks/build-eks.ts';

/** What a platform stands on. */
export interface ComputeParts {
  readonly foundation: Foundation;
  readonly network: Network;
  readonly data: Data;
  readonly edge: Edge;
}

/** Gateway and LiteLLM on the platform of the deployment's choice, the database migrated before they roll. */
export function buildCompute(stack: Stack, deployment: Deployment, parts: ComputeParts): Compute {
  switch (deployment.platform.kind) {
    case 'ecs':
      return buildEcs(stack, deployment, parts);
    case 'eks':
      return buildEks(stack, deployment, parts);
  }
}
