import type { Deployment, DirectAlbPlan, PrivatePlan } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import { pointName } from './dns.ts';
import type { Edge } from './edge.ts';
import { buildFront, type EdgeParts, redirectToHttps, serve } from './load-balancer.ts';

/** Without CloudFront clients call the load balancer itself, by HTTPS under a name of one's own in the zone. */
export function albEdge(
  stack: Stack,
  deployment: Deployment,
  { domain, certificateArn }: DirectAlbPlan | PrivatePlan,
  parts: EdgeParts,
  zone: IHostedZone,
): Edge {
  const front = buildFront(stack, deployment, parts, undefined);
  serve(stack, front, { certificate: Certificate.fromCertificateArn(stack, 'Certificate', certificateArn) });
  redirectToHttps(stack, front);
  const target = new LoadBalancerTarget(front.loadBalancer);
  pointName(stack, { zone, name: domain.name, target, addresses: 'ipv4' });
  return { ...front, url: `https://${domain.name}`, distributionId: undefined };
}
