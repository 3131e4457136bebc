import type { Deployment } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import type { Compute, ComputeParts } from './compute.ts';
import { buildEcs } from './ecs.ts';
import { buildEks } from './eks/build-eks.ts';

/** Gateway and LiteLLM on the platform of the deployment's choice, the database migrated before they roll. */
export function buildCompute(stack: Stack, deployment: Deployment, parts: ComputeParts): Compute {
  switch (deployment.platform.kind) {
    case 'ecs':
      return buildEcs(stack, deployment, parts);
    case 'eks':
      return buildEks(stack, deployment, parts);
  }
}
