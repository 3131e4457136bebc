import type { Deployment, PrivatePlan } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { HostedZone, type IHostedZone, PrivateHostedZone } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import { pointName } from './dns.ts';
import type { Edge } from './edge.ts';
import { buildFront, type EdgeParts, redirectToHttps, serve } from './load-balancer.ts';

/** Scenario 4: the load balancer has private addresses, and its name is known inside the VPC only. */
export function privateAlbEdge(stack: Stack, deployment: Deployment, entrance: PrivatePlan, parts: EdgeParts): Edge {
  const { domain } = entrance;
  const front = buildFront(stack, deployment, parts, undefined);
  serve(stack, front, { certificate: Certificate.fromCertificateArn(stack, 'Certificate', entrance.certificateArn) });
  redirectToHttps(stack, front);
  const target = new LoadBalancerTarget(front.loadBalancer);
  pointName(stack, { zone: zoneOf(stack, entrance, parts.network.vpc), name: domain.name, target, addresses: 'ipv4' });
  return { ...front, url: `https://${domain.name}`, distributionId: undefined };
}

function zoneOf(stack: Stack, { privateZone, domain }: PrivatePlan, vpc: IVpc): IHostedZone {
  const { zoneName, zoneId } = domain;
  if (privateZone === 'create') return new PrivateHostedZone(stack, 'Zone', { zoneName, vpc });
  return zoneId === undefined
    ? HostedZone.fromLookup(stack, 'Zone', { domainName: zoneName, privateZone: true, vpcId: vpc.vpcId })
    : HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName, hostedZoneId: zoneId });
}
