import type { Deployment } from '@genai-gateway/config';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { Compute } from '../compute/compute.ts';
import { nagFindings } from '../testing/nag.ts';
import { standInData, standInEdge, standInFoundation, standInFunctions } from '../testing/parts.ts';
import { sampleDeployment } from '../testing/sample-deployment.ts';
import { buildOperations } from './build-operations.ts';

const service = (name: string, logFields: '$' | '$.log_processed') => ({
  name,
  logGroupName: `/${name}`,
  logFields,
});
const computes = {
  ecs: {
    platform: 'ecs',
    clusterName: 'the-cluster',
    gateway: service('gateway', '$'),
    litellm: service('litellm', '$'),
  },
  eks: {
    platform: 'eks',
    clusterName: 'the-cluster',
    gateway: service('gateway', '$.log_processed'),
    litellm: service('litellm', '$.log_processed'),
  },
} as const satisfies Record<string, Compute>;

function build(compute: Compute, deployment: Deployment = sampleDeployment, distributionId?: string) {
  const stack = new Stack(new App(), 'Operations', { env: { account: '111122223333', region: deployment.region } });
  buildOperations(stack, deployment, {
    foundation: standInFoundation(stack),
    data: standInData(stack),
    edge: { ...standInEdge(stack), distributionId },
    compute,
    functions: standInFunctions(stack),
  });
  return { stack, template: Template.fromStack(stack) };
}

interface Found {
  readonly Properties: Record<string, unknown>;
}

function alarmsOf(template: Template): Record<string, Record<string, unknown>> {
  const found = Object.entries(template.findResources('AWS::CloudWatch::Alarm') as Record<string, Found>);
  return Object.fromEntries(found.map(([id, { Properties }]) => [id.slice('Alarm'.length, -8), Properties] as const));
}

describe.each([
  ['ecs', '$.'],
  ['eks', '$.log_processed.'],
] as const)('on %s', (platform, place) => {
  const { stack, template } = build(computes[platform]);
  const alarms = alarmsOf(template);

  it('log lines are read where the platform puts their fields', () => {
    template.hasResourceProperties('AWS::Logs::MetricFilter', {
      LogGroupName: '/gateway',
      FilterPattern: `{ ${place}msg = "load" && ${place}openStreams >= 0 }`,
      MetricTransformations: [
        { MetricName: 'OpenStreams', MetricNamespace: 'GenAiGateway/test', MetricValue: `${place}openStreams` },
      ],
    });
  });

  it('who was throttled is told by the model that a call was resolved to, never by a text of the caller', () => {
    const filters = Object.values(template.findResources('AWS::Logs::MetricFilter') as Record<string, Found>);
    const dimensions = filters.flatMap(({ Properties }) => {
      const [transformation] = Properties['MetricTransformations'] as { Dimensions?: unknown }[];
      return transformation?.Dimensions === undefined ? [] : [transformation.Dimensions];
    });
    expect(dimensions).toEqual([[{ Key: 'ModelId', Value: `${place}modelId` }]]);
    expect(filters.length).toBeLessThanOrEqual(100);
  });

  it.each([
    ['ServerErrors'],
    ['GatewayErrors'],
    ['UpstreamErrors'],
    ['BedrockAccessDenied'],
    ['SlowFirstToken'],
    ['UnhealthyTargets'],
    ['TooFewTargets'],
    ['Overloaded'],
    ['Saturated'],
    ['Silent'],
    ['NotBooked'],
    ['BookingsWaiting'],
    ['RequestLogsDropped'],
    ['LitellmUnavailable'],
    ['DatabaseConnections'],
    ['DatabaseStorage'],
    ['CacheMemory'],
    ['CacheEvictions'],
  ])('there is an alarm %s, and it says what to do', (name) => {
    const alarm = alarms[name];
    expect(String(alarm?.['AlarmDescription']).length).toBeGreaterThan(60);
    expect(alarm?.['AlarmActions']).toHaveLength(1);
    expect(alarm?.['OKActions']).toHaveLength(1);
  });

  it('no description is longer than CloudWatch takes', () => {
    for (const { AlarmDescription } of Object.values(alarms)) {
      expect(String(AlarmDescription).length).toBeLessThanOrEqual(1024);
    }
  });

  it('cdk-nag finds nothing', () => {
    expect(nagFindings(stack)).toEqual([]);
  });
});

describe('alarms', () => {
  const { template } = build(computes.ecs);
  const alarms = alarmsOf(template);

  it('connections: at 80 % of what Postgres takes', () => {
    expect(alarms['DatabaseConnections']).toMatchObject({
      Threshold: 120,
      MetricName: 'DatabaseConnections',
      Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'database' }],
    });
  });

  it('saturation: at 80 % of what a replica may have in flight', () => {
    expect(alarms['Saturated']).toMatchObject({ Threshold: Math.floor(0.8 * 6144), Statistic: 'Average' });
    const own = { ...sampleDeployment.gateway, environment: { GATEWAY_MAX_IN_FLIGHT: '1000' } };
    const changed = alarmsOf(build(computes.ecs, { ...sampleDeployment, gateway: own }).template);
    expect(changed['Saturated']).toMatchObject({ Threshold: 800 });
  });

  it('silence and missing targets are alarms, not peace', () => {
    expect(alarms['Silent']).toMatchObject({ TreatMissingData: 'breaching' });
    expect(alarms['TooFewTargets']).toMatchObject({ TreatMissingData: 'breaching', Threshold: 2 });
  });

  it('a request log that dropped one call: of the replica that dropped most', () => {
    expect(alarms['RequestLogsDropped']).toMatchObject({
      MetricName: 'RequestLogsDropped',
      Statistic: 'Maximum',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  it('evictions: of every node of the cache', () => {
    const metrics = JSON.stringify(alarms['CacheEvictions']?.['Metrics']);
    expect(metrics).toContain('"cache-001"');
    expect(metrics).toContain('"cache-002"');
  });

  it('load balancer and target group are named as their metrics have them', () => {
    expect(JSON.stringify(alarms['UnhealthyTargets']?.['Dimensions'])).toContain('targetgroup');
  });

  it('a deployment that is rolled back is told of on ECS', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.ecs'],
        'detail-type': ['ECS Deployment State Change'],
        resources: Match.arrayWith([
          { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('service/the-cluster/gateway')])] },
        ]),
        detail: { eventName: ['SERVICE_DEPLOYMENT_FAILED'] },
      },
    });
    expect(alarms['LitellmDown']).toMatchObject({ Namespace: 'ECS/ContainerInsights', Threshold: 1 });
    build(computes.eks).template.resourceCountIs('AWS::Events::Rule', 0);
  });
});

describe('the topic', () => {
  it('is encrypted, takes TLS alone, and alarms of this account', () => {
    const { template } = build(computes.ecs);
    template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
          }),
        ]),
      },
    });
  });

  it('writes to an address where one is given', () => {
    build(computes.ecs).template.resourceCountIs('AWS::SNS::Subscription', 0);
    const operations = { ...sampleDeployment.operations, alarmEmail: 'operators@example.com' };
    build(computes.ecs, { ...sampleDeployment, operations }).template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'operators@example.com',
    });
  });
});

describe('the dashboard', () => {
  const body = (template: Template) =>
    JSON.stringify(Object.values(template.findResources('AWS::CloudWatch::Dashboard')));

  it.each([
    ['requests', 'Calls'],
    ['errors', 'GatewayErrors'],
    ['time to first token', 'TimeToFirstByte'],
    ['tokens', 'OutputTokens'],
    ['cached tokens', 'CacheReadTokens'],
    ['spend', 'SpendNanoUsd'],
    ['saturation', 'OpenStreams'],
    ['bookings', 'BookingsWaiting'],
    ['throttles by model', 'ThrottledByModel'],
    ['Bedrock’s own', 'InvocationThrottles'],
    ['load balancer', 'HTTPCode_ELB_5XX_Count'],
    ['firewall', 'BlockedRequests'],
    ['database', 'DatabaseConnections'],
    ['cache', 'EngineCPUUtilization'],
    ['tasks', 'RunningTaskCount'],
  ])('shows %s', (_, metric) => {
    expect(body(build(computes.ecs).template)).toContain(metric);
  });

  it('shows CloudFront where there is one, from the region that has its numbers', () => {
    expect(body(build(computes.ecs).template)).not.toContain('AWS/CloudFront');
    const shown = body(build(computes.ecs, sampleDeployment, 'EDFDVBD6EXAMPLE').template);
    expect(shown).toContain('AWS/CloudFront');
    expect(shown).toContain('EDFDVBD6EXAMPLE');
    expect(shown).toContain('us-east-1');
  });
});
