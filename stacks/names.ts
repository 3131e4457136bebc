import type { Deployment } from '@genai-gateway/config';
import { RemovalPolicy } from 'aws-cdk-lib';

/** The stage and the region whose names have no suffix. */
const plain = { stage: 'prod', region: 'us-east-1' } as const;

/**
 * A physical name that no other stage or region of an account has: `base` for stage `prod` in us-east-1,
 * `base-<stage>` for other stages, and `-<region>` after that for other regions. Only where something outside of the
 * stacks needs the name; everything else is named by CloudFormation.
 */
export function uniqueName(base: string, deployment: Pick<Deployment, 'stage' | 'region'>): string {
  const stage = deployment.stage === plain.stage ? [] : [deployment.stage];
  const region = deployment.region === plain.region ? [] : [deployment.region];
  return [base, ...stage, ...region].join('-');
}

/** What becomes of stored data when its stack is removed or it is replaced: production keeps it. */
export function removalPolicyOf(deployment: Pick<Deployment, 'isProduction'>): RemovalPolicy {
  return deployment.isProduction ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}
