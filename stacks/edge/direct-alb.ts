import type { Deployment, DirectAlbPlan } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import { pointName, publicZone } from './dns.ts';
import type { Edge } from './edge.ts';
import { buildFront, type EdgeParts, redirectToHttps, serve } from './load-balancer.ts';

/** Scenario 3: the load balancer itself is on the internet, under a name of one's own; for everybody, or for some. */
export function directAlbEdge(stack: Stack, deployment: Deployment, entrance: DirectAlbPlan, parts: EdgeParts): Edge {
  const { domain } = entrance;
  const front = buildFront(stack, deployment, parts, undefined);
  serve(stack, front, { certificate: Certificate.fromCertificateArn(stack, 'Certificate', entrance.certificateArn) });
  redirectToHttps(stack, front);
  const target = new LoadBalancerTarget(front.loadBalancer);
  pointName(stack, { zone: publicZone(stack, domain), name: domain.name, target, addresses: 'ipv4' });
  return { ...front, url: `https://${domain.name}`, distributionId: undefined };
}
