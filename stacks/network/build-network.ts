import type { Deployment } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import type { Foundation } from '../foundation/foundation.ts';
import { existingVpc } from './existing-vpc.ts';
import type { Network } from './network.ts';
import { newVpc } from './new-vpc.ts';
import { buildSecurityGroups } from './security-groups.ts';
import { buildEndpoints } from './vpc-endpoints.ts';

/** The VPC, its doors, and who may go through them. */
export function buildNetwork(
  stack: Stack,
  deployment: Deployment,
  { foundation }: { readonly foundation: Foundation },
): Network {
  const plan = deployment.network.vpc;
  const made =
    plan.kind === 'new' ? newVpc(stack, deployment, plan, { foundation }) : existingVpc(stack, deployment, plan);
  // As it was given, where it was: a template is easier to read and to check with the block itself.
  const vpcCidr = plan.kind === 'new' ? plan.cidr : made.vpc.vpcCidrBlock;
  const securityGroups = buildSecurityGroups(stack, deployment, { vpc: made.vpc, vpcCidr });
  const endpoints = buildEndpoints(stack, deployment, { ...made, securityGroups });
  return { ...made, securityGroups, endpoints };
}
