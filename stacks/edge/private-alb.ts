import type { Deployment, PrivatePlan } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { PrivateHostedZone } from 'aws-cdk-lib/aws-route53';
import { albEdge } from './alb-edge.ts';
import { privateZone } from './dns.ts';
import type { Edge } from './edge.ts';
import type { EdgeParts } from './load-balancer.ts';

/** Scenario 4: the load balancer has private addresses, and its name is known inside the VPC only. */
export function privateAlbEdge(stack: Stack, deployment: Deployment, entrance: PrivatePlan, parts: EdgeParts): Edge {
  const { domain } = entrance;
  const { vpc } = parts.network;
  const zone =
    entrance.privateZone === 'create'
      ? new PrivateHostedZone(stack, 'Zone', { zoneName: domain.zoneName, vpc })
      : privateZone(stack, domain, vpc);
  return albEdge(stack, deployment, entrance, parts, zone);
}
