import type { Deployment, DirectAlbPlan } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { albEdge } from './alb-edge.ts';
import { publicZone } from './dns.ts';
import type { Edge } from './edge.ts';
import type { EdgeParts } from './load-balancer.ts';

/** Scenario 3: the load balancer itself is on the internet, under a name of one's own; for everybody, or for some. */
export function directAlbEdge(stack: Stack, deployment: Deployment, entrance: DirectAlbPlan, parts: EdgeParts): Edge {
  return albEdge(stack, deployment, entrance, parts, publicZone(stack, entrance.domain));
}
