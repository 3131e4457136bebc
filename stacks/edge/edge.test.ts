import type { EntrancePlan } from '@genai-gateway/config';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { nagFindings } from '../testing/nag.ts';
import { sampleDeployment } from '../testing/sample-deployment.ts';
import {
  all,
  build,
  cloudfront,
  direct,
  domain,
  inside,
  propertiesOf,
  publicDomainOrigin,
  publicOrigin,
  templateOf,
} from './edge-in-test.ts';

describe('the load balancer', () => {
  test.each([
    ['1', cloudfront, 'internal'],
    ['1, public origin', publicOrigin, 'internet-facing'],
    ['2', domain, 'internal'],
    ['2, public origin', publicDomainOrigin, 'internet-facing'],
    ['3', direct, 'internet-facing'],
    ['4', inside, 'internal'],
  ])('of scenario %s stands where it should', (_name, entrance, scheme) => {
    const kind = scheme === 'internal' ? 'private' : 'public';
    templateOf(entrance).hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Scheme: scheme,
      Subnets: [`subnet-${kind}0`, `subnet-${kind}1`],
      SecurityGroups: ['sg-loadbalancer'],
    });
  });

  const attributes = {
    'routing.http.drop_invalid_header_fields.enabled': 'true',
    'routing.http.desync_mitigation_mode': 'strictest',
    'routing.http2.enabled': 'true',
    'routing.http.preserve_host_header.enabled': 'true',
    'access_logs.s3.enabled': 'true',
    'access_logs.s3.bucket': 'access-logs',
    'deletion_protection.enabled': 'false',
    'idle_timeout.timeout_seconds': '630',
  };
  const attributesOf = (template: Template) => {
    const [{ LoadBalancerAttributes } = {}] = propertiesOf(template, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
    return Object.fromEntries(
      LoadBalancerAttributes.map(({ Key, Value }: { Key: string; Value: string }) => [Key, Value]),
    );
  };
  test.each(all)('of scenario %s is strict, and waits for streams', (_name, entrance) => {
    expect(attributesOf(templateOf(entrance))).toMatchObject(attributes);
  });

  test.each([
    [1, '630'],
    [600, '630'],
    [3_600, '3630'],
  ])('waits for a stream of %d s', (longestStreamSeconds, idle) => {
    const gateway = { ...sampleDeployment.gateway, longestStreamSeconds };
    const template = templateOf(cloudfront, { gateway });
    expect(attributesOf(template)['idle_timeout.timeout_seconds']).toBe(idle);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
      TargetGroupAttributes: Match.arrayWith([
        { Key: 'deregistration_delay.timeout_seconds', Value: String(longestStreamSeconds) },
      ]),
    });
  });

  test('is not deleted by mistake in production', () => {
    expect(attributesOf(templateOf(direct, { isProduction: true }))['deletion_protection.enabled']).toBe('true');
  });

  test.each(all)(
    'of scenario %s calls the gateway by TLS, asks for its readiness, and prefers who has least to do',
    (_n, entrance) => {
      templateOf(entrance).hasResourceProperties('AWS::ElasticLoadBalancingV2::TargetGroup', {
        ...{ Protocol: 'HTTPS', Port: 3443, TargetType: 'ip' },
        ...{ HealthCheckProtocol: 'HTTPS', HealthCheckPath: '/health/readiness', Matcher: { HttpCode: '200' } },
        TargetGroupAttributes: Match.arrayWith([
          { Key: 'load_balancing.algorithm.type', Value: 'least_outstanding_requests' },
        ]),
      });
    },
  );
});

describe('listeners', () => {
  const listenersOf = (entrance: EntrancePlan) =>
    propertiesOf(templateOf(entrance), 'AWS::ElasticLoadBalancingV2::Listener');
  const tls = 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06';
  const refuses = { Type: 'fixed-response', StatusCode: '403' };
  const redirects = { Type: 'redirect', StatusCode: 'HTTP_301' };

  test.each([
    ['1: HTTP for CloudFront, as no certificate can exist', cloudfront, [[80, 'HTTP', undefined, refuses]]],
    ['2: HTTPS for CloudFront', domain, [[443, 'HTTPS', tls, refuses]]],
    [
      '3',
      direct,
      [
        [443, 'HTTPS', tls, refuses],
        [80, 'HTTP', undefined, redirects],
      ],
    ],
    [
      '4',
      inside,
      [
        [443, 'HTTPS', tls, refuses],
        [80, 'HTTP', undefined, redirects],
      ],
    ],
  ])('of scenario %s', (_name, entrance, expected) => {
    expect(
      listenersOf(entrance).map(({ Port, Protocol, SslPolicy, DefaultActions: [action] }) => [
        Port,
        Protocol,
        SslPolicy,
        {
          Type: action.Type,
          StatusCode: action.FixedResponseConfig?.StatusCode ?? action.RedirectConfig?.StatusCode,
        },
      ]),
    ).toEqual(expected);
  });

  test.each(all)('of scenario %s refuse in JSON what no rule lets through', (_name, entrance) => {
    const [{ DefaultActions } = {}] = listenersOf(entrance);
    const { ContentType, MessageBody } = DefaultActions[0].FixedResponseConfig;
    expect(ContentType).toBe('application/json');
    expect(JSON.parse(MessageBody)).toHaveProperty('error.message');
  });

  const rulesOf = (entrance: EntrancePlan) =>
    propertiesOf(templateOf(entrance), 'AWS::ElasticLoadBalancingV2::ListenerRule');
  const health = {
    Field: 'path-pattern',
    PathPatternConfig: { Values: ['/health/liveliness', '/health/liveness', '/health/readiness'] },
  };
  const functions = ['prompts', 'sessions'].map((name) => ({
    Field: 'path-pattern',
    PathPatternConfig: { Values: [`/v1/${name}`, `/v1/${name}/*`] },
  }));
  /** Each with the header that is asked for. */
  const functionsWith = (...asked: unknown[]) => functions.map((each) => [each, ...asked]);
  const everything = { Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } };
  const secretOf = (generation: number) => ({
    'Fn::Join': [
      '',
      [
        '{{resolve:secretsmanager:',
        { Ref: expect.stringMatching(`^OriginSecret${generation}[0-9A-F]{8}$`) },
        ':SecretString:::}}',
      ],
    ],
  });
  const header = (...generations: number[]) => ({
    Field: 'http-header',
    HttpHeaderConfig: { HttpHeaderName: 'X-CloudFront-Secret', Values: generations.map(secretOf) },
  });

  test.each([
    ['1', cloudfront, [[health], ...functionsWith(header(1)), [everything, header(1)]]],
    ['2, in its second generation', domain, [[health], ...functionsWith(header(2, 1)), [everything, header(2, 1)]]],
    [
      '2, in its seventh',
      { ...domain, secretGeneration: 7 },
      [[health], ...functionsWith(header(7, 6)), [everything, header(7, 6)]],
    ],
    ['3', direct, [[health], ...functionsWith(), [everything]]],
    ['4', inside, [[health], ...functionsWith(), [everything]]],
  ])('forward in scenario %s', (_name, entrance, expected) => {
    expect(rulesOf(entrance).map(({ Conditions }) => Conditions)).toEqual(expected);
  });

  test.each(all)(
    'of scenario %s call functions by target groups of their own, and nobody else by them',
    (_name, entrance) => {
      const template = templateOf(entrance);
      const groups = template.findResources('AWS::ElasticLoadBalancingV2::TargetGroup', {
        Properties: { TargetType: 'lambda' },
      });
      expect(Object.keys(groups)).toHaveLength(2);
      for (const { Properties, DependsOn } of Object.values(groups)) {
        expect(Properties.TargetGroupAttributes).toContainEqual({
          Key: 'lambda.multi_value_headers.enabled',
          Value: 'true',
        });
        expect(Properties.Name).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9-]{0,30}[a-zA-Z0-9]$/);
        const [permission] = DependsOn.map((id: string) => template.findResources('AWS::Lambda::Permission')[id]);
        expect(permission.Properties).toMatchObject({
          Principal: 'elasticloadbalancing.amazonaws.com',
          SourceAccount: '111122223333',
          FunctionName: Properties.Targets[0].Id,
        });
        expect(JSON.stringify(permission.Properties.SourceArn)).toContain(`targetgroup/${Properties.Name}/*`);
      }
    },
  );

  test('CloudFront sends the newest secret, and it passes before it is sent', () => {
    const template = templateOf({ ...domain, secretGeneration: 7 });
    const [{ DistributionConfig } = {}] = propertiesOf(template, 'AWS::CloudFront::Distribution');
    expect(DistributionConfig.Origins[0].OriginCustomHeaders).toEqual([
      { HeaderName: 'X-CloudFront-Secret', HeaderValue: secretOf(7) },
    ]);
    template.hasResource('AWS::CloudFront::Distribution', {
      DependsOn: Match.arrayWith(Object.keys(template.findResources('AWS::ElasticLoadBalancingV2::ListenerRule'))),
    });
  });

  test('a secret stays what it is from one generation to the next, has no value in the template, and is named', () => {
    const secrets = (secretGeneration: number) =>
      Object.entries(templateOf({ ...cloudfront, secretGeneration }).findResources('AWS::SecretsManager::Secret'));
    const [[firstId, first] = []] = secrets(1);
    expect(Object.fromEntries(secrets(2))).toHaveProperty(String(firstId), first);
    for (const [, { Properties }] of secrets(2)) {
      expect(Properties).not.toHaveProperty('SecretString');
      expect(Properties.GenerateSecretString).toMatchObject({ PasswordLength: 64, ExcludeUppercase: true });
      expect(Properties.KmsKeyId).toMatch(/key\/secrets$/);
    }
    const output = JSON.stringify(templateOf(cloudfront).findOutputs('OriginSecretName'));
    expect(output).toContain(String(firstId));
    expect(output).not.toContain('resolve:');
  });
});

describe('names', () => {
  const recordsOf = (entrance: EntrancePlan) =>
    propertiesOf(templateOf(entrance), 'AWS::Route53::RecordSet').map(({ Name, Type }) => `${Type} ${Name}`);

  test.each([
    ['1', cloudfront, []],
    ['2', domain, ['A ai.example.com.', 'AAAA ai.example.com.']],
    ['3', direct, ['A ai.example.com.']],
    ['4', inside, ['A ai.example.internal.']],
  ])('of scenario %s lead to the entrance', (_name, entrance, expected) => {
    expect(recordsOf(entrance)).toEqual(expected);
  });

  test.each([
    ['1', cloudfront, /^https:\/\/\$\{Token/],
    ['2', domain, /^https:\/\/ai\.example\.com$/],
    ['3', direct, /^https:\/\/ai\.example\.com$/],
    ['4', inside, /^https:\/\/ai\.example\.internal$/],
  ])('of scenario %s are told', (_name, entrance, url) => {
    expect(build(entrance).edge.url).toMatch(url);
  });

  test('the certificate between CloudFront and the load balancer is made in the zone, or given', () => {
    templateOf(domain).hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: 'ai.example.com',
      DomainValidationOptions: [{ DomainName: 'ai.example.com', HostedZoneId: 'Z0000000EXAMPLE' }],
    });
    const given = templateOf({ ...domain, certificateArn: direct.certificateArn });
    given.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    given.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Certificates: [{ CertificateArn: direct.certificateArn }],
    });
  });

  test('a private zone is made for the VPC, or it is there', () => {
    templateOf(inside).hasResourceProperties('AWS::Route53::HostedZone', {
      Name: 'example.internal.',
      VPCs: [{ VPCId: 'vpc-0123456789abcdef0', VPCRegion: 'eu-west-1' }],
    });
    const there = { ...inside, privateZone: 'existing' } as const;
    templateOf({ ...there, domain: { ...inside.domain, zoneId: 'Z0000000EXAMPLE' } }).resourceCountIs(
      'AWS::Route53::HostedZone',
      0,
    );
    const { app } = build(there);
    expect(JSON.stringify(app.synth().manifest.missing)).toContain('"privateZone":true');
  });

  test('a public zone without an id is looked up', () => {
    const { app } = build({ ...direct, domain: { ...direct.domain, zoneId: undefined } });
    expect(JSON.stringify(app.synth().manifest.missing)).toContain('"privateZone":false');
  });
});

test.each([...all, ['1, a region without logs of CloudFront', cloudfront, 'eu-south-2']] as const)(
  'cdk-nag has nothing to say of scenario %s',
  (_name, entrance, region: string = sampleDeployment.region) => {
    expect(nagFindings(build(entrance, { region }).stack)).toEqual([]);
  },
);
