import type { Deployment, EntrancePlan } from '@genai-gateway/config';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import {
  all,
  behindCloudFront,
  cloudfront,
  domain,
  propertiesOf,
  publicDomainOrigin,
  publicOrigin,
  templateOf,
} from './edge-in-test.ts';

describe('CloudFront', () => {
  const configOf = (entrance: EntrancePlan, changes: Partial<Deployment> = {}) =>
    propertiesOf(templateOf(entrance, changes), 'AWS::CloudFront::Distribution')[0]?.DistributionConfig;

  test.each(behindCloudFront)('of scenario %s keeps nothing, and passes on everything', (_name, entrance) => {
    const config = configOf(entrance);
    expect(config.DefaultCacheBehavior).toMatchObject({
      // CachingDisabled and AllViewer of AWS.
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      OriginRequestPolicyId: '216adef6-5c7f-47e4-b989-5492eafa07d3',
      ViewerProtocolPolicy: 'redirect-to-https',
      Compress: false,
    });
    expect(config.DefaultCacheBehavior.AllowedMethods).toHaveLength(7);
    expect(config.CacheBehaviors).toBeUndefined();
    expect(config).toMatchObject({ HttpVersion: 'http2and3', IPV6Enabled: true, PriceClass: 'PriceClass_100' });
    expect(config.Logging.Prefix).toBe('cloudfront/');
    expect(config.CustomErrorResponses).toHaveLength(11);
    for (const response of config.CustomErrorResponses) {
      expect(response).toEqual({ ErrorCode: expect.any(Number), ErrorCachingMinTTL: 0 });
    }
  });

  test('tells its name to later stacks in scenarios 1 and 2 alike, so that one can be changed into the other', () => {
    const [[told], [again]] = [cloudfront, domain].map((entrance) =>
      Object.values(templateOf(entrance).findOutputs('*', { Export: Match.anyValue() })),
    ) as [Record<string, unknown>[], Record<string, unknown>[]];
    expect(told).toEqual(again);
    expect(JSON.stringify(told)).toContain('"DomainName"');
  });

  test('changes between scenarios 1 and 2 by another VPC origin: one that is used cannot be changed', () => {
    const madeBy = (entrance: EntrancePlan) =>
      Object.entries(templateOf(entrance).findResources('AWS::CloudFront::VpcOrigin')).map(([id, { Properties }]) => ({
        id,
        name: Properties.VpcOriginEndpointConfig.Name,
      }));
    const [[first], [second]] = [madeBy(cloudfront), madeBy(domain)];
    expect(first?.id).not.toBe(second?.id);
    expect(first?.name).not.toBe(second?.name);
  });

  test.each([
    ['1', cloudfront, 'AWS::CloudFront::VpcOrigin', 'http-only'],
    ['2', domain, 'AWS::CloudFront::VpcOrigin', 'https-only'],
    ['1, public origin', publicOrigin, undefined, 'http-only'],
    ['2, public origin', publicDomainOrigin, undefined, 'https-only'],
  ])('of scenario %s calls the load balancer as it may', (_name, entrance, vpcOrigin, protocol) => {
    const template = templateOf({ ...entrance, readTimeoutSeconds: 45 });
    const [origin] = propertiesOf(template, 'AWS::CloudFront::Distribution')[0]?.DistributionConfig.Origins ?? [];
    if (vpcOrigin === undefined) {
      expect(origin.CustomOriginConfig).toMatchObject({
        ...{ OriginProtocolPolicy: protocol, OriginSSLProtocols: ['TLSv1.2'] },
        ...{ OriginReadTimeout: 45, OriginKeepaliveTimeout: 60 },
      });
      return;
    }
    expect(origin.VpcOriginConfig).toMatchObject({ OriginReadTimeout: 45, OriginKeepaliveTimeout: 60 });
    const [made] = propertiesOf(template, vpcOrigin);
    expect(made?.VpcOriginEndpointConfig).toMatchObject({
      OriginProtocolPolicy: protocol,
      OriginSSLProtocols: ['TLSv1.2'],
      Arn: { Ref: expect.stringMatching(/^LoadBalancer/) },
    });
  });

  test('has the name, the certificate and the web ACL that were given', () => {
    expect(configOf(domain)).toMatchObject({
      Aliases: ['ai.example.com'],
      WebACLId: domain.webAclArn,
      ViewerCertificate: { AcmCertificateArn: domain.viewerCertificateArn, MinimumProtocolVersion: 'TLSv1.2_2021' },
    });
    expect(configOf(cloudfront)).not.toHaveProperty('WebACLId');
  });

  test('writes no logs where it cannot', () => {
    expect(configOf(cloudfront, { region: 'eu-central-2' })).not.toHaveProperty('Logging');
  });

  test.each(behindCloudFront)('of scenario %s says who called, whatever the caller says', (_name, entrance) => {
    const [made] = propertiesOf(templateOf(entrance), 'AWS::CloudFront::Function');
    const handler: (event: object) => { headers: object } = new Function(`${made?.FunctionCode}; return handler`)();
    const request = { headers: { 'x-viewer-address': { value: '10.0.0.1' }, host: { value: 'ai.example.com' } } };
    expect(handler({ request, viewer: { ip: '203.0.113.9' } }).headers).toEqual({
      'x-viewer-address': { value: '203.0.113.9' },
      host: { value: 'ai.example.com' },
    });
  });
});

describe('the web ACL', () => {
  const aclOf = (entrance: EntrancePlan) => propertiesOf(templateOf(entrance), 'AWS::WAFv2::WebACL')[0];

  test.each(all)('of scenario %s is bound to the load balancer, and logs no credential', (_name, entrance) => {
    const template = templateOf(entrance);
    template.resourceCountIs('AWS::WAFv2::WebACL', 1);
    template.hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
      ResourceArn: { Ref: Match.stringLikeRegexp('^LoadBalancer') },
      WebACLArn: { 'Fn::GetAtt': ['WebAcl', 'Arn'] },
    });
    const [logging] = propertiesOf(template, 'AWS::WAFv2::LoggingConfiguration');
    const redacted = JSON.stringify(logging?.RedactedFields);
    for (const field of ['authorization', 'x-api-key', 'api-key', 'cookie', 'x-cloudfront-secret', 'QueryString']) {
      expect(redacted).toContain(field);
    }
    expect(JSON.stringify(aclOf(entrance))).not.toContain('"SampledRequestsEnabled":true');
  });

  test.each(all)(
    'of scenario %s blocks known attacks, and counts where prompts would look like them',
    (_n, entrance) => {
      const groups = aclOf(entrance)?.Rules.filter(
        (rule: { Statement: object }) => 'ManagedRuleGroupStatement' in rule.Statement,
      );
      expect(groups).toHaveLength(2);
      for (const { OverrideAction, Statement } of groups) {
        expect(OverrideAction).toEqual({ None: {} });
        for (const { Name, ActionToUse } of Statement.ManagedRuleGroupStatement.RuleActionOverrides) {
          expect(Name).toMatch(/_BODY$|^NoUserAgent_HEADER$/);
          expect(ActionToUse).toEqual({ Count: {} });
        }
      }
      const counted = JSON.stringify(groups);
      for (const rule of ['NoUserAgent_HEADER', 'CrossSiteScripting_BODY', 'GenericLFI_BODY', 'GenericRFI_BODY']) {
        expect(counted).toContain(rule);
      }
      for (const rule of [
        'EC2MetaDataSSRF_BODY',
        'SizeRestrictions_BODY',
        'Log4JRCE_BODY',
        'JavaDeserializationRCE_BODY',
      ]) {
        expect(counted).toContain(rule);
      }
    },
  );

  const rateOf = (entrance: EntrancePlan) => aclOf(entrance)?.Rules[0].Statement.RateBasedStatement;

  test.each(behindCloudFront)('of scenario %s counts by the address that CloudFront tells', (_name, entrance) => {
    expect(rateOf(entrance)).toMatchObject({
      ...{ Limit: 2_000, EvaluationWindowSec: 300, AggregateKeyType: 'FORWARDED_IP' },
      ForwardedIPConfig: { HeaderName: 'x-viewer-address' },
    });
  });

  test.each(all.slice(4))('of scenario %s counts by the address of the connection', (_name, entrance) => {
    expect(rateOf(entrance)).toMatchObject({ Limit: 2_000, AggregateKeyType: 'IP' });
  });
});
