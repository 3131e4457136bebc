import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { estimate } from './cost/estimate.ts';
import type { Resource } from './cost/estimators/estimator.ts';
import { originalRows } from './cost/original.ts';
import { prices } from './cost/prices.ts';
import { traffic } from './cost/traffic.ts';
import { runOperate } from './testing/run-operate.ts';

const resource = (Type: string, Properties: Record<string, unknown> = {}): Resource => ({ Type, Properties });

/** What these resources cost, by service, in whole cents. */
function usdOf(...resources: readonly Resource[]): Record<string, number> {
  const { lines } = estimate([{ Resources: Object.fromEntries(resources.map((each, index) => [`R${index}`, each])) }]);
  const sums: Record<string, number> = {};
  for (const { service, usd } of lines) sums[service] = Math.round(((sums[service] ?? 0) + usd) * 100) / 100;
  return sums;
}

const service = (DesiredCount: number) =>
  resource('AWS::ECS::Service', { DesiredCount, TaskDefinition: { Ref: 'R1' } });
const task = (Cpu: string, Memory: string, CpuArchitecture: string) =>
  resource('AWS::ECS::TaskDefinition', { Cpu, Memory, RuntimePlatform: { CpuArchitecture } });

describe('the original, at our prices, costs what it says of itself', () => {
  it.each([
    ['Compute', originalRows.ecs.Compute, [service(2), task('2048', '4096', 'ARM64')]],
    [
      'Cache',
      originalRows.ecs.Cache,
      [
        resource('AWS::ElastiCache::ReplicationGroup', {
          Engine: 'redis',
          CacheNodeType: 'cache.t3.micro',
          NumCacheClusters: 2,
        }),
      ],
    ],
    ['VPC', originalRows.ecs.VPC, [resource('AWS::EC2::NatGateway')]],
    [
      'Load balancer',
      originalRows.ecs['Load balancer'],
      [resource('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' })],
    ],
    ['CloudWatch', originalRows.ecs.CloudWatch, [resource('AWS::Logs::LogGroup'), resource('AWS::Logs::LogGroup')]],
    ['ECR', originalRows.ecs.ECR, [resource('AWS::ECR::Repository')]],
    [
      'Compute',
      originalRows.eks.Compute,
      [
        resource('Custom::AWSCDK-EKS-Cluster'),
        resource('AWS::EKS::Nodegroup', { ScalingConfig: { DesiredSize: 2 }, InstanceTypes: ['t4g.medium'] }),
      ],
    ],
  ])('%s: %d', (name, expected, resources) => {
    expect(usdOf(...resources)[name]).toBeCloseTo(expected, 1);
  });

  it('in all, as its two totals', () => {
    const totals = Object.values(originalRows).map((rows) => Object.values(rows).reduce((sum, each) => sum + each, 0));
    expect(totals.map((each) => each.toFixed(2))).toEqual(['378.10', '384.83']);
  });
});

describe('what an estimate is made of', () => {
  const endpoint = resource('AWS::EC2::VPCEndpoint', {
    VpcEndpointType: 'Interface',
    ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.bedrock-runtime']] },
    SubnetIds: ['a', 'b'],
  });
  it.each([
    [
      'tasks that autoscaling leaves',
      [
        resource('AWS::ECS::Service', { TaskDefinition: { Ref: 'R1' } }),
        task('1024', '2048', 'ARM64'),
        resource('AWS::ApplicationAutoScaling::ScalableTarget', {
          MinCapacity: 2,
          ResourceId: { 'Fn::Join': ['', ['service/', { 'Fn::GetAtt': ['R0', 'Name'] }]] },
        }),
      ],
      { Compute: 57.67 },
    ],
    [
      'a distribution, and its web ACL that is among the templates',
      [
        resource('AWS::CloudFront::Distribution', { DistributionConfig: { WebACLId: 'arn' } }),
        resource('AWS::WAFv2::WebACL', { Scope: 'CLOUDFRONT', Rules: [1, 2, 3] }),
      ],
      { CloudFront: 2.7, WAF: 8.6 },
    ],
    [
      'a distribution, and its web ACL that another stack has',
      [
        resource('AWS::CloudFront::Distribution', { DistributionConfig: { WebACLId: 'arn' } }),
        resource('AWS::WAFv2::WebACL', { Rules: [1, 2, 3] }),
      ],
      { CloudFront: 2.7, WAF: 17.2 },
    ],
    ['tasks on x86', [service(1), task('1024', '2048', 'X86_64')], { Compute: 36.04 }],
    [
      'a public load balancer: an address per zone',
      [resource('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internet-facing', Subnets: ['a', 'b'] })],
      { 'Load balancer': 24.6, VPC: 7.3, 'Data to clients': 1.8 },
    ],
    ['an endpoint for free', [resource('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Gateway' })], {}],
    ['models by an endpoint, not by NAT', [resource('AWS::EC2::NatGateway'), endpoint], { VPC: 32.85 + 14.6 + 3.81 }],
    ['a web ACL with its rules', [resource('AWS::WAFv2::WebACL', { Rules: [1, 2, 3] })], { WAF: 8.6 }],
    [
      'Postgres in two zones',
      [resource('AWS::RDS::DBInstance', { DBInstanceClass: 'db.t4g.small', MultiAZ: true, AllocatedStorage: '20' })],
      { Postgres: 52.05 },
    ],
    [
      'a metric by model',
      [resource('AWS::Logs::MetricFilter', { MetricTransformations: [{ Dimensions: [1] }, {}] })],
      { CloudWatch: 0.3 * (traffic.modelsInUse + 1) },
    ],
    [
      'nodes with their volumes',
      [
        resource('AWS::EKS::Nodegroup', {
          ScalingConfig: { DesiredSize: 2 },
          InstanceTypes: ['t4g.medium'],
          LaunchTemplate: { Id: { Ref: 'R1' } },
        }),
        resource('AWS::EC2::LaunchTemplate', {
          LaunchTemplateData: { BlockDeviceMappings: [{ Ebs: { VolumeSize: 20 } }] },
        }),
      ],
      { Compute: 49.06 + 3.2 },
    ],
  ])('%s', (_what, resources, expected) => {
    const actual = usdOf(...resources);
    expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, usd] of Object.entries(expected)) expect(actual[name]).toBeCloseTo(usd, 1);
  });

  it.each([
    ['a type that nobody has priced', resource('AWS::Kinesis::Stream'), 'AWS::Kinesis::Stream'],
    [
      'a size that nobody has priced',
      resource('AWS::RDS::DBInstance', { DBInstanceClass: 'db.r99.large', AllocatedStorage: '20' }),
      'Postgres: rds-single-az:r99.large',
    ],
    [
      'a size that only the deployment knows',
      resource('AWS::EC2::Instance', { InstanceType: { Ref: 'Type' } }),
      'AWS::EC2::Instance: its type is not known before the deployment',
    ],
  ])('names %s', (_what, given, expected) => {
    const { lines, unknown } = estimate([{ Resources: { A: given, B: given } }]);
    expect(lines).toEqual([]);
    expect([...unknown]).toEqual([[expected, 2]]);
  });

  it('has a date and a source for every price', () => {
    for (const { asOf, source } of Object.values(prices)) {
      expect(asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/.*pricing\//);
    }
  });
});

describe('cost', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-cost-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(
    join(folder, 'data.template.json'),
    JSON.stringify({ Resources: { Key: resource('AWS::KMS::Key'), Odd: resource('AWS::Odd::Thing') } }),
  );
  writeFileSync(join(folder, 'manifest.json'), '{}');

  it('prints a table beside the original, and what it does not know', async () => {
    const { code, out } = await runOperate('cost.ts', ['--templates', folder, '--parts']);
    expect(code).toBe(0);
    expect(out).toMatch(/^KMS +1\.00 +4\.00 +-3\.00$/m);
    expect(out).toContain('    1 × keys: 1.00');
    expect(out).toMatch(/^Total +1\.00 +378\.10/m);
    expect(out).toMatch(/Not in the total[\s\S]* {2}1 × AWS::Odd::Thing/);
  });

  it('gives JSON', async () => {
    const { out } = await runOperate('cost.ts', ['--templates', folder, '--json', '--platform', 'eks']);
    expect(JSON.parse(out)).toMatchObject([
      { platform: 'eks', totalUsd: 1, originalTotalUsd: 384.83, unknown: { 'AWS::Odd::Thing': 1 } },
    ]);
  });

  it.each([
    [[], /Nothing is named[\s\S]*Mend: give --stage, --defaults or --templates/],
    [['--templates', '/nonexistent'], /There are no templates in \/nonexistent/],
    [['--templates', folder, '--platform', 'lambda'], /There is no platform lambda/],
  ])('explains %j', async (args, expected) => {
    expect(await runOperate('cost.ts', args)).toMatchObject({ code: 1, note: expect.stringMatching(expected) });
  });
});
