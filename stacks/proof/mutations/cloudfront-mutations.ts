import type { Loose, Mutation } from './planted.ts';

const distribution = 'AWS::CloudFront::Distribution';

function onDistribution(name: string, caughtBy: string, change: (config: Loose) => void): Mutation {
  return {
    name,
    caughtBy,
    plant: (planted) => planted.edit(distribution, ({ DistributionConfig }) => change(DistributionConfig)),
  };
}

/** Faults of CloudFront. */
export const cloudFrontMutations: readonly Mutation[] = [
  onDistribution('CloudFront sends no secret', 'Behind CloudFront, clients reach every path', (config) => {
    for (const each of config.Origins) each.OriginCustomHeaders = [];
  }),
  onDistribution('CloudFront sends a secret in clear text', 'What CloudFront sends is a secret', (config) => {
    for (const each of config.Origins) each.OriginCustomHeaders[0].HeaderValue = 'letmein';
  }),
  onDistribution(
    'CloudFront speaks TLS 1.0 with viewers',
    'CloudFront speaks TLS 1.2 or newer with viewers',
    (config) => {
      config.ViewerCertificate = {
        AcmCertificateArn: 'arn:x',
        MinimumProtocolVersion: 'TLSv1',
        SslSupportMethod: 'sni-only',
      };
    },
  ),
  onDistribution('CloudFront answers HTTP', 'CloudFront speaks TLS 1.2 or newer with viewers', (config) => {
    config.DefaultCacheBehavior.ViewerProtocolPolicy = 'allow-all';
  }),
  onDistribution('CloudFront caches answers', 'CloudFront caches nothing', (config) => {
    config.DefaultCacheBehavior.CachePolicyId = '658327ea-f89d-4fab-a63d-7e88639e58f6';
  }),
  onDistribution('CloudFront keeps errors', 'CloudFront caches nothing', (config) => {
    config.CustomErrorResponses = [];
  }),
  onDistribution('CloudFront keeps headers of viewers back', 'CloudFront caches nothing', (config) => {
    delete config.DefaultCacheBehavior.OriginRequestPolicyId;
  }),
  onDistribution('CloudFront has an ACL that nobody gave', 'CloudFront has the web ACL that was given', (config) => {
    config.WebACLId = config.WebACLId === undefined ? 'arn:another' : undefined;
  }),
  {
    name: 'CloudFront speaks clear text with the load balancer although that has a certificate',
    caughtBy: 'CloudFront speaks TLS with the load balancer',
    plant: (planted) => {
      if (planted.system.deployment.entrance.kind !== 'cloudfront-domain') return false;
      const vpcOrigin = planted.edit('AWS::CloudFront::VpcOrigin', ({ VpcOriginEndpointConfig: config }) => {
        config.OriginProtocolPolicy = 'http-only';
      });
      const custom = planted.edit(distribution, ({ DistributionConfig }) => {
        for (const each of DistributionConfig.Origins) {
          if (each.CustomOriginConfig) each.CustomOriginConfig.OriginProtocolPolicy = 'http-only';
        }
      });
      return vpcOrigin || custom;
    },
  },
  {
    name: 'CloudFront calls a port on which nobody listens',
    caughtBy: 'Behind CloudFront, clients reach every path',
    plant: (planted) =>
      planted.edit('AWS::CloudFront::VpcOrigin', ({ VpcOriginEndpointConfig: config }) => {
        config.HTTPPort = 8080;
        config.HTTPSPort = 8443;
      }),
  },
];
