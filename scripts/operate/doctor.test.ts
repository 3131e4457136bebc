import { ACMClient, RequestCertificateCommand } from '@aws-sdk/client-acm';
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { CreateTargetGroupCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { CreateWebACLCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
import { readDeployment } from '@genai-gateway/config';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lacksMoto, type MotoServer, runningTasks, startMoto } from '../moto/moto-server.ts';
import { judgeCertificate } from './doctor/check-certificates.ts';
import { judgeStack } from './doctor/check-deployed.ts';
import { checkDelegation } from './doctor/check-domain.ts';
import { neededQuotas, quotaWords } from './doctor/check-quotas.ts';
import { checks } from './doctor/examine.ts';
import type { Finding, Status } from './doctor/finding.ts';
import { type BedrockFacts, type BedrockServer, startBedrock } from './testing/bedrock-server.ts';
import { deployStage, motoClient } from './testing/deployed-stage.ts';
import { startNameServer } from './testing/name-server.ts';
import { closedAddress } from './testing/registry-server.ts';
import { runOperate } from './testing/run-operate.ts';

const day = 86_400_000;
const modelList = new URL('testing/models.yaml', import.meta.url).pathname;
const now = Date.UTC(2026, 10, 23);

describe('a certificate', () => {
  const good = { Status: 'ISSUED', DomainName: 'ai.example.com', NotAfter: new Date(now + 200 * day) } as const;
  it.each([
    ['ok', 'for the name', good],
    ['ok', 'for all names beside it', { ...good, DomainName: '*.example.com' }],
    ['fail', 'for names two labels away', { ...good, DomainName: '*.com' }],
    ['fail', 'for another name', { ...good, DomainName: 'example.com', SubjectAlternativeNames: ['www.example.com'] }],
    ['fail', 'that waits for its validation', { ...good, Status: 'PENDING_VALIDATION' as const }],
    ['fail', 'that has expired', { ...good, NotAfter: new Date(now - day) }],
    ['warn', 'that expires soon', { ...good, NotAfter: new Date(now + 20 * day) }],
  ])('is %s %s', (status, _what, certificate) => {
    expect(judgeCertificate('certificate', certificate, 'ai.example.com', now).status).toBe(status);
  });
});

it.each([
  ['ok', 'UPDATE_COMPLETE'],
  ['warn', 'UPDATE_IN_PROGRESS'],
  ['fail', 'UPDATE_ROLLBACK_COMPLETE'],
  ['fail', 'ROLLBACK_COMPLETE'],
])('a stack is %s in the state %s', (status, state) => {
  const stack = { name: 'dev-genai-gateway-compute', id: 'compute', status: state, statusReason: 'why', outputs: {} };
  expect(judgeStack(stack).status).toBe(status);
});

it.each([
  ['eu.anthropic.claude-sonnet-4-5-20250929-v1:0', ['claude', 'sonnet', '4.5']],
  ['amazon.nova-lite-v1:0', ['nova', 'lite']],
  ['amazon.titan-embed-text-v2:0', ['titan', 'embed', 'text']],
])('quotas call %s by the words %j', (modelId, words) => {
  expect(quotaWords(modelId)).toEqual(words);
});

describe('the quotas that a deployment needs', () => {
  const needs = (env: NodeJS.ProcessEnv) => {
    const needed = neededQuotas(readDeployment({ stage: 'dev', region: 'eu-west-1', env }));
    return Object.fromEntries(needed.map(({ code, need }) => [code, need]));
  };
  it.each([
    ['twice the tasks of Fargate at their most, while they roll', {}, { 'L-3032A538': 2 * (4 * 0.5 + 4 * 1) }],
    ['an elastic IP per NAT gateway', { NAT_GATEWAYS: '2' }, { 'L-0263D0A3': 2 }],
    ["CloudFront's list in a security group", { CLOUDFRONT_VPC_ORIGIN: 'false' }, { 'L-0EA8095F': 56 }],
  ])('%s', (_what, env, expected) => {
    expect(needs(env)).toMatchObject(expected);
  });

  it('no VPC where one is given, and no Fargate on EKS', () => {
    const env = { EXISTING_VPC_ID: 'vpc-0123456789abcdef0', DEPLOYMENT_PLATFORM: 'EKS' };
    expect(Object.keys(needs(env))).toEqual(['L-53DA6B97', 'L-B99A9384']);
  });
});

describe('the delegation of a zone', () => {
  const own = ['ns-1.awsdns-01.org.', 'ns-2.awsdns-02.com.'];
  it.each([
    ['ok', 'when the internet asks its servers', { 'example.com': ['ns-2.awsdns-02.com'] }],
    ['fail', 'when it asks others', { 'example.com': ['ns.parking.example'] }],
    ['warn', 'when nobody knows it', {}],
  ])('is %s %s', async (status, _what, zones) => {
    const server = await startNameServer(zones);
    const finding = await checkDelegation('example.com', own, server.address);
    await server.stop();
    expect(finding.status).toBe(status);
    if (status !== 'ok') expect(finding.mend).toContain('ns-1.awsdns-01.org');
  });
});

describe.skipIf(lacksMoto)('doctor (needs Python 3.11 or newer)', { timeout: 120_000 }, () => {
  let moto: MotoServer;
  let bedrock: BedrockServer | undefined;
  beforeAll(async () => {
    moto = await startMoto('eu-west-1');
  }, 120_000);
  afterEach(() => bedrock?.stop());
  afterAll(() => moto.stop());

  async function examine(environment: NodeJS.ProcessEnv = {}, facts: BedrockFacts = {}, stage = 'dev') {
    bedrock = await startBedrock(facts);
    const all = { ...moto.environment, ...bedrock.environment, ...environment };
    const { code, out, note } = await runOperate(
      'doctor.ts',
      ['--stage', stage, '--region', 'eu-west-1', '--json'],
      all,
    );
    expect(note).toBe('');
    const findings = JSON.parse(out) as Finding[];
    const of = (status: Status, about: RegExp) =>
      findings.filter((each) => each.status === status && about.test(each.about));
    return { code, findings, of };
  }

  it('says what a first deployment finds', async () => {
    const quotas = { 'L-3032A538': 6, 'L-53DA6B97': 50, 'L-F678F1CE': 5 };
    const bedrockQuotas = { 'Cross-region model inference tokens per minute for Amazon Nova Lite': 0 };
    const { code, of, findings } = await examine({ MODEL_CONFIG_FILE: modelList }, { quotas, bedrockQuotas });
    expect(code).toBe(1);
    expect(of('ok', /^configuration$/)).toHaveLength(1);
    expect(of('ok', /^credentials$/)).toMatchObject([{ says: expect.stringContaining('111122223333') }]);
    expect(of('warn', /^bootstrap of eu-west-1$/)).toHaveLength(2);
    expect(of('ok', /^model /).length).toBeGreaterThan(3);
    expect(of('fail', /^quota of Fargate/)).toMatchObject([{ mend: expect.stringContaining('L-3032A538') }]);
    expect(of('ok', /^quota of VPCs$/)).toHaveLength(1);
    expect(of('fail', /^quota of Bedrock$/)).toMatchObject([{ says: expect.stringContaining('Nova Lite: 0') }]);
    expect(of('warn', /^web ACL$/)).toHaveLength(1);
    expect(of('warn', /^stacks$/)).toMatchObject([{ mend: 'npm run deploy -- --stage dev' }]);
    expect(findings.every(({ status, mend }) => status === 'ok' || (mend ?? '').length > 10)).toBe(true);
  });

  it('says which models cannot be called, and why', async () => {
    const profile = 'eu.amazon.nova-lite-v1:0';
    const { of } = await examine(
      { MODEL_CONFIG_FILE: modelList },
      {
        missingProfiles: [profile],
        models: {
          'amazon.nova-micro-v1:0': { regionAvailability: 'NOT_AVAILABLE' },
          'amazon.titan-embed-text-v2:0': { agreementAvailability: { status: 'NOT_AVAILABLE' } },
          'cohere.embed-english-v3': { authorizationStatus: 'NOT_AUTHORIZED' },
        },
      },
    );
    expect(
      of('fail', /^model /)
        .map(({ about }) => about.replace('model ', ''))
        .sort(),
    ).toEqual(['amazon.nova-micro-v1:0', 'amazon.titan-embed-text-v2:0', 'cohere.embed-english-v3', profile].sort());
    expect(of('ok', /^model amazon.nova-pro/)).toHaveLength(1);
  });

  it('goes on where one permission is missing', async () => {
    const { of } = await examine({ MODEL_CONFIG_FILE: modelList }, { models: { 'amazon.nova-pro-v1:0': 'denied' } });
    expect(of('not checked', /^models$/)).toMatchObject([{ mend: expect.stringContaining('role') }]);
    expect(of('warn', /^stacks$/)).toHaveLength(1);
  });

  it('checks nothing, and does not break, where AWS cannot be reached', async () => {
    const closed = `http://${await closedAddress()}`;
    const { code, findings, of } = await examine({
      ...{ AWS_ENDPOINT_URL: closed, AWS_ENDPOINT_URL_BEDROCK: closed, AWS_ENDPOINT_URL_SERVICE_QUOTAS: closed },
    });
    expect(code === 0 || of('fail', /./).every(({ about }) => about === 'Docker')).toBe(true);
    expect(of('not checked', /./).length).toBeGreaterThan(4);
    expect(findings.length).toBeGreaterThan(checks.length / 2);
  });

  it('says what is wrong with the configuration, each by itself', async () => {
    const { of } = await examine({ USE_CLOUDFRONT: 'false', DESIRED_CAPACITY: 'many' });
    expect(of('fail', /^configuration$/).length).toBeGreaterThan(1);
  });

  it('looks at certificates, zone and web ACL of a domain of one’s own', async () => {
    const client = motoClient(moto);
    const global = { ...client, region: 'us-east-1' };
    const request = new RequestCertificateCommand({ DomainName: 'ai.example.com', ValidationMethod: 'DNS' });
    const viewer = await new ACMClient(global).send(request);
    const regional = await new ACMClient(client).send(
      new RequestCertificateCommand({ DomainName: 'other.example.com' }),
    );
    const zone = await new Route53Client(client).send(
      new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'test' }),
    );
    const acl = await new WAFV2Client(global).send(
      new CreateWebACLCommand({
        ...{ Name: 'edge', Scope: 'CLOUDFRONT', DefaultAction: { Allow: {} } },
        VisibilityConfig: { SampledRequestsEnabled: false, CloudWatchMetricsEnabled: false, MetricName: 'edge' },
      }),
    );
    const names = await startNameServer({ 'example.com': zone.DelegationSet?.NameServers ?? [] });
    const { of } = await examine({
      ...{ USE_ROUTE53: 'true', HOSTED_ZONE_NAME: 'example.com', RECORD_NAME: 'ai', CLOUDFRONT_WAF: 'true' },
      ...{ CERTIFICATE_ARN: viewer.CertificateArn, ALB_CERTIFICATE_ARN: regional.CertificateArn },
      ...{ CLOUDFRONT_WEB_ACL_ARN: acl.Summary?.ARN, DOCTOR_DNS_SERVER: names.address },
    });
    await names.stop();
    expect(of('ok', /^configuration$/)).toHaveLength(1);
    // moto issues a certificate some time after it was asked for.
    expect([...of('ok', /^certificate of CloudFront$/), ...of('fail', /^certificate of CloudFront$/)]).toHaveLength(1);
    expect(of('fail', /^certificate of the load balancer$/)).toHaveLength(1);
    expect(of('ok', /^zone$/)).toHaveLength(1);
    expect(of('ok', /^delegation$/)).toHaveLength(1);
    expect(of('ok', /^web ACL$/)).toHaveLength(1);
  });

  it('looks at the services, targets and alarms of what is deployed', async () => {
    const client = motoClient(moto);
    const ecs = new ECSClient(client);
    await ecs.send(new CreateClusterCommand({ clusterName: 'gateway' }));
    const containerDefinitions = [{ name: 'only', image: 'only', memory: 128 }];
    await ecs.send(new RegisterTaskDefinitionCommand({ family: 'any', containerDefinitions }));
    for (const [serviceName, desiredCount] of [
      ['gateway', runningTasks],
      ['litellm', runningTasks + 1],
    ] as const) {
      await ecs.send(
        new CreateServiceCommand({ cluster: 'gateway', serviceName, desiredCount, taskDefinition: 'any' }),
      );
    }
    const group = await new ElasticLoadBalancingV2Client(client).send(
      new CreateTargetGroupCommand({ Name: 'gateway', TargetType: 'lambda' }),
    );
    const gatewayTargetGroup = group.TargetGroups?.[0]?.TargetGroupArn ?? '';
    await deployStage(moto, 'live', { masterKey: 'sk-1', outputs: { gatewayTargetGroup } });
    const cloudwatch = new CloudWatchClient(client);
    const AlarmName = 'live-genai-gateway-operations-Errors';
    const alarm = {
      AlarmName,
      AlarmDescription: 'Look at the log first.',
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanThreshold',
    } as const;
    await cloudwatch.send(
      new PutMetricAlarmCommand({
        ...alarm,
        MetricName: 'm',
        Namespace: 'n',
        Period: 60,
        Statistic: 'Sum',
        Threshold: 1,
      }),
    );
    const healthy = await examine({}, {}, 'live');
    expect(healthy.of('ok', /^stack operations$/)).toHaveLength(1);
    expect(healthy.of('ok', /^service gateway$/)).toHaveLength(1);
    expect(healthy.of('warn', /^service litellm$/)).toHaveLength(1);
    expect(healthy.of('fail', /^targets$/)).toMatchObject([{ says: expect.stringContaining('0 of 0') }]);
    expect(healthy.of('ok', /^alarms$/)).toHaveLength(1);
    expect(healthy.of('fail', /^address$/)).toHaveLength(1);
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'too many' }));
    await bedrock?.stop();
    expect((await examine({}, {}, 'live')).of('fail', /^alarm$/)).toMatchObject([{ mend: 'Look at the log first.' }]);
  });
});
