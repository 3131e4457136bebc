import type { Deployment } from '@genai-gateway/config';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { nagFindings } from '../testing/nag.ts';
import { standInData, standInEdge, standInFoundation, standInNetwork } from '../testing/parts.ts';
import { sampleDeployment } from '../testing/sample-deployment.ts';
import { buildCompute } from './build-compute.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const deployment: Deployment = {
  ...sampleDeployment,
  gateway: { ...sampleDeployment.gateway, image: `111122223333.dkr.ecr.eu-west-1.amazonaws.com/gateway@${digest}` },
  litellm: { ...sampleDeployment.litellm, image: `ghcr.io/example/litellm@${digest}` },
};

function build(given: Deployment = deployment) {
  const stack = new Stack(new App({ context: { 'aws:cdk:bundling-stacks': [] } }), 'Compute', {
    env: { account: '111122223333', region: given.region },
  });
  const compute = buildCompute(stack, given, {
    foundation: standInFoundation(stack),
    network: standInNetwork(stack),
    data: standInData(stack),
    edge: standInEdge(stack),
  });
  return { stack, compute, template: Template.fromStack(stack) };
}

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DependsOn?: readonly string[];
}

const { template, compute } = build();
const resources = template.toJSON()['Resources'] as Record<string, Resource>;
const taskOf = (name: string) => Match.objectLike({ ContainerDefinitions: [Match.objectLike({ Name: name })] });

function container(name: string, of: Template = template): Record<string, unknown> {
  const [task] = Object.values(of.findResources('AWS::ECS::TaskDefinition', { Properties: taskOf(name) }));
  return (task as { Properties: { ContainerDefinitions: Record<string, unknown>[] } }).Properties
    .ContainerDefinitions[0] as Record<string, unknown>;
}

function idOf(type: string, beginning: string): string {
  const id = Object.keys(resources).find((each) => resources[each]?.Type === type && each.startsWith(beginning));
  if (id === undefined) throw new Error(`There is no ${type} ${beginning}.`);
  return id;
}

function environmentOf(name: string): Record<string, unknown> {
  const entries = container(name)['Environment'] as { Name: string; Value: unknown }[];
  return Object.fromEntries(entries.map((each) => [each.Name, each.Value]));
}

function secretsOf(name: string): Record<string, string> {
  const entries = container(name)['Secrets'] as { Name: string; ValueFrom: unknown }[];
  return Object.fromEntries(entries.map((each) => [each.Name, JSON.stringify(each.ValueFrom)]));
}

describe.each(['gateway', 'litellm', 'migration'])('the container %s', (name) => {
  const made = container(name);

  it('is nobody, cannot gain anything, and writes nowhere but where it was told', () => {
    expect(made).toMatchObject({
      ReadonlyRootFilesystem: true,
      LinuxParameters: { InitProcessEnabled: true, Capabilities: { Drop: ['ALL'] } },
    });
    expect(Number(made['User'])).toBeGreaterThan(0);
    expect(made['Privileged']).toBeUndefined();
  });

  it('has the longest time to end that Fargate gives', () => {
    expect(made['StopTimeout']).toBe(120);
  });

  it('logs into an encrypted log group that is kept for as long as it was said, and never waits for it', () => {
    expect(made['LogConfiguration']).toMatchObject({ LogDriver: 'awslogs', Options: { mode: 'non-blocking' } });
  });

  it('gets no secret in clear text', () => {
    const plain = Object.keys(environmentOf(name)).filter((each) => /(PASSWORD|_KEY|SECRET)$/.test(each));
    expect(plain).toEqual(['LITELLM_CONFIG_BUCKET_OBJECT_KEY'].filter((each) => plain.includes(each)));
  });
});

it('every log group is encrypted and ends', () => {
  const groups = Object.values(template.findResources('AWS::Logs::LogGroup'));
  expect(groups.length).toBeGreaterThanOrEqual(4);
  for (const { Properties } of groups) {
    expect(Properties).toMatchObject({ KmsKeyId: expect.anything(), RetentionInDays: 365 });
  }
});

describe('the gateway', () => {
  it('joins the target group of the edge on its TLS port, without a rule of a security group', () => {
    template.hasResourceProperties('AWS::ECS::Service', {
      LoadBalancers: [{ ContainerName: 'gateway', ContainerPort: 3443, TargetGroupArn: Match.anyValue() }],
      HealthCheckGracePeriodSeconds: 120,
      NetworkConfiguration: {
        AwsvpcConfiguration: {
          AssignPublicIp: 'DISABLED',
          SecurityGroups: ['sg-gateway'],
          Subnets: ['subnet-private0', 'subnet-private1'],
        },
      },
    });
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
  });

  it('is asked whether it is ready by its own program', () => {
    expect(container('gateway')).toMatchObject({
      HealthCheck: { Command: ['CMD', '/nodejs/bin/node', '/app/health.mjs'] },
      EntryPoint: ['/nodejs/bin/node', 'main.mjs'],
    });
  });

  it('finds its parts by the names that its configuration has', () => {
    expect(environmentOf('gateway')).toMatchObject({
      GATEWAY_TLS_PORT: '3443',
      GATEWAY_TLS_SELF_SIGNED: 'true',
      AWS_REGION: 'eu-west-1',
      BEDROCK_ALLOWED_REGIONS: 'eu-west-1',
      DATABASE_HOST: 'database.example',
      DATABASE_CA_FILE: '/app/rds-ca.pem',
      DATABASE_POOL_SIZE: '5',
      REDIS_HOST: 'cache.example',
      REDIS_SSL: 'true',
      LITELLM_URL: 'http://litellm:4000',
      LITELLM_CONFIG_BUCKET_NAME: 'config',
      LITELLM_CONFIG_BUCKET_OBJECT_KEY: 'config.yaml',
      STORE_MODEL_IN_DB: 'true',
      HISTORY_TABLE: 'sessions',
      HISTORY_BUCKET: 'history',
      HISTORY_RETENTION_DAYS: '30',
    });
  });

  it('reads its secrets itself, and reads them again: none is written into its task', () => {
    expect(container('gateway')['Secrets']).toBeUndefined();
    expect(JSON.stringify(environmentOf('gateway')['DATABASE_SECRET_ARN'])).toContain('database-gateway-AbCdEf');
  });

  it('takes variables of the deployer, but not over those that the stacks know better', () => {
    const given = {
      ...deployment,
      gateway: {
        ...deployment.gateway,
        environment: { LOG_LEVEL: 'warn', GATEWAY_TLS_PORT: '1', GATEWAY_MAX_IN_FLIGHT: '9' },
      },
    };
    const entries = container('gateway', build(given).template)['Environment'];
    expect(entries).toContainEqual({ Name: 'LOG_LEVEL', Value: 'warn' });
    expect(entries).toContainEqual({ Name: 'GATEWAY_TLS_PORT', Value: '3443' });
    expect(entries).toContainEqual({ Name: 'GATEWAY_MAX_IN_FLIGHT', Value: '9' });
  });

  it('scales by open streams per task too', () => {
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 500,
        CustomizedMetricSpecification: {
          Namespace: 'GenAiGateway/test',
          MetricName: 'OpenStreams',
          Statistic: 'Average',
        },
      },
    });
  });
});

describe('LiteLLM', () => {
  it('is known to the gateway alone, as bytes: no time per request, no second try', () => {
    template.hasResourceProperties('AWS::ECS::Service', {
      LoadBalancers: Match.absent(),
      ServiceConnectConfiguration: {
        Services: [
          {
            PortName: 'litellm',
            ClientAliases: [{ DnsName: 'litellm', Port: 4000 }],
            Timeout: { IdleTimeoutSeconds: 630, PerRequestTimeoutSeconds: Match.absent() },
          },
        ],
      },
      NetworkConfiguration: { AwsvpcConfiguration: { SecurityGroups: ['sg-litellm'] } },
    });
    expect(container('litellm')['PortMappings']).toEqual([{ ContainerPort: 4000, Name: 'litellm', Protocol: 'tcp' }]);
  });

  it('changes no schema, asks no web page for prices, and tells browsers its public address', () => {
    expect(environmentOf('litellm')).toMatchObject({
      DISABLE_SCHEMA_UPDATE: 'true',
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
      PROXY_BASE_URL: 'https://gateway.example',
      DATABASE_POOL_SIZE: '10',
    });
    const secrets = secretsOf('litellm');
    expect(secrets['DATABASE_PASSWORD']).toMatch(/database-litellm-AbCdEf:password::/);
    expect(secrets['PROVIDER_KEYS']).toMatch(/provider-keys/);
  });

  it('is asked over HTTP whether it lives', () => {
    expect(container('litellm')['HealthCheck']).toMatchObject({
      Command: ['CMD', 'python', '-c', expect.stringContaining('http://127.0.0.1:4000/health/liveliness')],
      StartPeriod: 300,
    });
  });

  it('may write to /tmp', () => {
    expect(container('litellm')['MountPoints']).toContainEqual({
      ContainerPath: '/tmp',
      ReadOnly: false,
      SourceVolume: 'tmp',
    });
  });
});

describe.each(['GatewayService', 'LitellmService'])('%s', (beginning) => {
  const service = resources[idOf('AWS::ECS::Service', beginning)] as Resource;

  it('rolls without losing a task, and back when it fails', () => {
    expect(service.Properties).toMatchObject({
      AvailabilityZoneRebalancing: 'ENABLED',
      DeploymentConfiguration: {
        MinimumHealthyPercent: 100,
        MaximumPercent: 200,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
    });
  });

  it('rolls after the migration', () => {
    expect(service.DependsOn).toContain('Migration');
  });

  it('leaves its count of tasks to autoscaling', () => {
    expect(service.Properties['DesiredCount']).toBeUndefined();
    const target = resources[idOf('AWS::ApplicationAutoScaling::ScalableTarget', beginning)] as Resource;
    expect(target.Properties).toMatchObject({ MinCapacity: 2, MaxCapacity: 4 });
  });

  it.each([
    ['ECSServiceAverageCPUUtilization', 50],
    ['ECSServiceAverageMemoryUtilization', 40],
  ])('scales by %s, out soon and in late', (metric, target) => {
    const policies = Object.keys(resources).filter(
      (id) => id.startsWith(beginning) && resources[id]?.Type === 'AWS::ApplicationAutoScaling::ScalingPolicy',
    );
    expect(policies.map((id) => resources[id]?.Properties['TargetTrackingScalingPolicyConfiguration'])).toContainEqual({
      PredefinedMetricSpecification: { PredefinedMetricType: metric },
      TargetValue: target,
      ScaleOutCooldown: 60,
      ScaleInCooldown: 900,
    });
  });
});

it('another model list rolls both services, and not the migration', () => {
  const models = { ...deployment.models, configFile: 'packages/local/litellm.config.yaml' };
  const { template: other } = build({ ...deployment, models });
  const labels = (of: Template) =>
    ['gateway', 'litellm', 'migration'].map((name) => container(name, of)['DockerLabels']);
  const [gateway, litellm, migration] = labels(template);
  const [otherGateway, otherLitellm, otherMigration] = labels(other);
  expect(gateway).toEqual({ 'model-list': expect.stringMatching(/^[0-9a-f]{16}$/) });
  expect(otherGateway).not.toEqual(gateway);
  expect(otherLitellm).not.toEqual(litellm);
  expect(otherMigration).toEqual(migration);
});

it('all pools together, twice while a deployment rolls, fit into what Postgres takes', () => {
  const pool = (name: string) => Number(environmentOf(name)['DATABASE_POOL_SIZE']);
  const rolling = 2 * (4 * pool('gateway') + 4 * pool('litellm'));
  expect(rolling + 5).toBeLessThanOrEqual(deployment.database.maxConnections);
});

it('the gateway comes after LiteLLM, whose name its tasks must know', () => {
  const gateway = resources[idOf('AWS::ECS::Service', 'GatewayService')];
  expect(gateway?.DependsOn).toContain(idOf('AWS::ECS::Service', 'LitellmService'));
});

it('a deployer who wants more than the minimum gets it', () => {
  const scaling = { ...deployment.gateway.scaling, desired: 3 };
  const { template: more } = build({ ...deployment, gateway: { ...deployment.gateway, scaling } });
  more.hasResourceProperties('AWS::ECS::Service', { DesiredCount: 3, LoadBalancers: Match.anyValue() });
});

describe('the migration', () => {
  const migration = resources['Migration'] as Resource;

  it('runs anew with the image and the version of LiteLLM, in the private subnets', () => {
    expect(migration.Properties).toMatchObject({
      TaskDefinition: { Ref: idOf('AWS::ECS::TaskDefinition', 'MigrationTask') },
      LitellmVersion: '1.106.2',
      Subnets: ['subnet-private0', 'subnet-private1'],
      SecurityGroups: ['sg-gateway'],
    });
    expect(container('migration')).toMatchObject({ EntryPoint: ['/nodejs/bin/node', 'migrate.mjs'] });
  });

  it('is given up before CloudFormation gives it up, after an hour', () => {
    const [waiter] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
    const [, interval, attempts] =
      /"IntervalSeconds":(\d+),"MaxAttempts":(\d+)/.exec(waiter?.['Properties'].DefinitionString['Fn::Join'][1][0]) ??
      [];
    expect(Number(interval) * Number(attempts)).toBeLessThan(3_600);
    expect(Number(interval) * Number(attempts)).toBeGreaterThan(1_800);
  });

  it('has the owner’s login, and those that it makes', () => {
    const secrets = secretsOf('migration');
    expect(secrets['DATABASE_USER']).toMatch(/database-owner-AbCdEf:username::/);
    expect(secrets['GATEWAY_DATABASE_PASSWORD']).toMatch(/database-gateway-AbCdEf:password::/);
    expect(secrets['LITELLM_DATABASE_PASSWORD']).toMatch(/database-litellm-AbCdEf:password::/);
  });

  it('is started by a function that may run this task in this cluster, and nothing else', () => {
    const policy = resources[idOf('AWS::IAM::Policy', 'StartMigration')]?.Properties['PolicyDocument'];
    expect((policy as { Statement: unknown }).Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'ecs:RunTask',
        Resource: { Ref: idOf('AWS::ECS::TaskDefinition', 'MigrationTask') },
        Condition: { ArnEquals: { 'ecs:cluster': { 'Fn::GetAtt': [idOf('AWS::ECS::Cluster', 'Cluster'), 'Arn'] } } },
      },
      {
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: [
          { 'Fn::GetAtt': [idOf('AWS::IAM::Role', 'MigrationTaskTaskRole'), 'Arn'] },
          { 'Fn::GetAtt': [idOf('AWS::IAM::Role', 'MigrationTaskExecutionRole'), 'Arn'] },
        ],
        Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      },
    ]);
  });

  it('needs no way out of the VPC: its functions are not in it', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::Lambda::Function'))) {
      expect(Properties['VpcConfig']).toBeUndefined();
    }
  });
});

describe.each([
  ['GatewayTaskExecutionRole', []],
  ['LitellmTaskExecutionRole', ['cache', 'database-litellm', 'master-key', 'provider-keys', 'salt-key']],
  ['MigrationTaskExecutionRole', ['database-gateway', 'database-litellm', 'database-owner']],
])('%s', (role, allowed) => {
  it('reads its own secrets alone', () => {
    const policy = resources[idOf('AWS::IAM::Policy', role)]?.Properties['PolicyDocument'] as {
      Statement: { Action: unknown; Resource: unknown }[];
    };
    const read = policy.Statement.filter(({ Action }) => JSON.stringify(Action).includes('secretsmanager:'));
    const names = read.map(({ Resource }) => /secret:([a-z-]+)-AbCdEf/.exec(JSON.stringify(Resource))?.[1]);
    expect(names.sort()).toEqual(allowed);
  });
});

describe.each([
  ['GatewayTaskTaskRole', ['bedrock:InvokeModel', 'dynamodb:Query', 's3:PutObject']],
  ['LitellmTaskTaskRole', ['bedrock:InvokeModel']],
])('%s', (role, some) => {
  it('may do what the service does', () => {
    const policies = Object.entries(resources).filter(
      ([id, { Type }]) => id.startsWith(role) && Type === 'AWS::IAM::ManagedPolicy',
    );
    const text = JSON.stringify(policies);
    for (const action of some) expect(text).toContain(`"${action}"`);
    for (const action of text.matchAll(/"[a-z0-9]+:[A-Za-z]*\*"/g)) expect(action).toBeUndefined();
  });
});

it('the migration may do nothing in AWS', () => {
  const policies = Object.keys(resources).filter((id) => id.startsWith('MigrationTaskTaskRole'));
  expect(policies).toHaveLength(1);
});

describe('ECS Exec', () => {
  it('is for stages that are not production', () => {
    template.allResourcesProperties('AWS::ECS::Service', { EnableExecuteCommand: true });
    template.hasResourceProperties('AWS::ECS::Cluster', {
      Configuration: { ExecuteCommandConfiguration: { Logging: 'OVERRIDE' } },
    });
    const { template: production } = build({ ...deployment, isProduction: true });
    production.allResourcesProperties('AWS::ECS::Service', { EnableExecuteCommand: false });
    production.resourcePropertiesCountIs('AWS::ECS::Cluster', { Configuration: Match.anyValue() }, 0);
    expect(container('gateway', production)['MountPoints']).toBeUndefined();
  });
});

it.each([
  ['arm', 'ARM64'],
  ['x86', 'X86_64'],
] as const)('%s tasks run on %s', (architecture, expected) => {
  const { template: made } = build({ ...deployment, architecture });
  made.allResourcesProperties('AWS::ECS::TaskDefinition', {
    RuntimePlatform: { CpuArchitecture: expected, OperatingSystemFamily: 'LINUX' },
  });
});

it('the cluster has enhanced insights and a namespace of its own', () => {
  template.hasResourceProperties('AWS::ECS::Cluster', {
    ClusterSettings: [{ Name: 'containerInsights', Value: 'enhanced' }],
  });
  template.hasResourceProperties('AWS::ServiceDiscovery::HttpNamespace', { Name: 'genai-gateway-test-eu-west-1' });
});

it('others learn what observability needs', () => {
  expect(compute).toMatchObject({
    platform: 'ecs',
    gateway: { logFields: '$' },
    litellm: { logFields: '$' },
  });
});

it.each([false, true])('cdk-nag finds nothing (production: %s)', (isProduction) => {
  expect(nagFindings(build({ ...deployment, isProduction }).stack)).toEqual([]);
});
