import type { Deployment } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { cloudFrontEdge } from './cloudfront.ts';
import { cloudFrontDomainEdge } from './cloudfront-domain.ts';
import { directAlbEdge } from './direct-alb.ts';
import type { Edge } from './edge.ts';
import type { EdgeParts } from './load-balancer.ts';
import { privateAlbEdge } from './private-alb.ts';

/** What stands in front of the gateway, by the network scenario. */
export function buildEdge(stack: Stack, deployment: Deployment, parts: EdgeParts): Edge {
  const { entrance } = deployment;
  switch (entrance.kind) {
    case 'cloudfront':
      return cloudFrontEdge(stack, deployment, entrance, parts);
    case 'cloudfront-domain':
      return cloudFrontDomainEdge(stack, deployment, entrance, parts);
    case 'direct-alb':
      return directAlbEdge(stack, deployment, entrance, parts);
    case 'private':
      return privateAlbEdge(stack, deployment, entrance, parts);
  }
}
