import type { CloudFrontDomainPlan, Deployment } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import { makeDistribution } from './distribution.ts';
import { pointName, publicZone } from './dns.ts';
import type { Edge } from './edge.ts';
import { buildFront, type EdgeParts, serve } from './load-balancer.ts';
import { originSecret } from './origin-secret.ts';
import { viewerAddressHeader } from './viewer-address.ts';

/** Scenario 2: a name of one's own in front of CloudFront, and HTTPS all the way. */
export function cloudFrontDomainEdge(
  stack: Stack,
  deployment: Deployment,
  entrance: CloudFrontDomainPlan,
  parts: EdgeParts,
): Edge {
  const { domain } = entrance;
  const zone = publicZone(stack, domain);
  const front = buildFront(stack, deployment, parts, viewerAddressHeader);
  const secret = originSecret(stack, entrance, parts);
  const certificate =
    entrance.certificateArn === undefined
      ? new Certificate(stack, 'Certificate', {
          domainName: domain.name,
          validation: CertificateValidation.fromDns(zone),
        })
      : Certificate.fromCertificateArn(stack, 'Certificate', entrance.certificateArn);
  const listener = serve(stack, front, { certificate, secrets: secret.accepted });
  const distribution = makeDistribution(stack, deployment, {
    entrance,
    loadBalancer: front.loadBalancer,
    listener,
    originProtocol: 'https',
    secret: secret.sent,
    foundation: parts.foundation,
    names: {
      domainNames: [domain.name],
      certificate: Certificate.fromCertificateArn(stack, 'ViewerCertificate', entrance.viewerCertificateArn),
    },
  });
  pointName(stack, { zone, name: domain.name, target: new CloudFrontTarget(distribution), addresses: 'ipv4-and-ipv6' });
  return { ...front, url: `https://${domain.name}`, distributionId: distribution.distributionId };
}
