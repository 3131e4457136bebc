import type { CloudFrontPlan, Deployment } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { makeDistribution } from './distribution.ts';
import type { Edge } from './edge.ts';
import { buildFront, type EdgeParts, serve } from './load-balancer.ts';
import { originSecret } from './origin-secret.ts';
import { viewerAddressHeader } from './viewer-address.ts';

/**
 * Scenario 1: CloudFront under its own name and certificate. There is no name for a certificate of the load balancer,
 * so CloudFront calls it by HTTP, on the one port that is open to it: within the VPC, where it comes by a VPC origin.
 */
export function cloudFrontEdge(stack: Stack, deployment: Deployment, entrance: CloudFrontPlan, parts: EdgeParts): Edge {
  const front = buildFront(stack, deployment, parts, viewerAddressHeader);
  const secret = originSecret(stack, entrance, parts);
  const listener = serve(stack, front, { certificate: undefined, secrets: secret.accepted });
  const distribution = makeDistribution(stack, deployment, {
    entrance,
    loadBalancer: front.loadBalancer,
    listener,
    originProtocol: 'http',
    secret: secret.sent,
    foundation: parts.foundation,
    names: {},
  });
  return {
    ...front,
    url: `https://${distribution.distributionDomainName}`,
    distributionId: distribution.distributionId,
  };
}
