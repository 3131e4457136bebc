import type { Deployment } from '@genai-gateway/config';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import type { Compute } from '../compute/compute.ts';
import { listOf, type Statement, statementsOf, wildActions, wildResources } from '../testing/iam.ts';
import { faultsOfActions } from '../testing/iam-actions.ts';
import { nagFindings } from '../testing/nag.ts';
import { standInData, standInFoundation, standInFunctions } from '../testing/parts.ts';
import { sampleDeployment } from '../testing/sample-deployment.ts';
import { buildAccess } from './build-access.ts';
import { makePeople } from './people.ts';

const production: Deployment = { ...sampleDeployment, stage: 'prod', isProduction: true };

function computeOn(platform: Compute['platform']): Compute {
  const service = (name: string) => ({ name, logGroupName: `/gateway/${name}`, logFields: '$' as const });
  return { platform, clusterName: 'cluster', gateway: service('gateway'), litellm: service('litellm') };
}

function build(platform: Compute['platform'], deployment: Deployment = sampleDeployment) {
  const stack = new Stack(new App(), 'Access', { env: { account: '111122223333', region: deployment.region } });
  const parts = {
    foundation: standInFoundation(stack),
    data: standInData(stack),
    compute: computeOn(platform),
    functions: standInFunctions(stack),
  };
  buildAccess(stack, deployment, parts);
  const template = Template.fromStack(stack).toJSON();
  const of = (role: string) =>
    Object.values(template['Resources'] as Record<string, { Properties: { Roles: unknown } }>)
      .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes(`litellm-stack-${role}`))
      .flatMap((resource) => statementsOf({ Resources: { resource } }))
      .map(({ statement }) => statement);
  return { stack, template, developers: of('developers'), operators: of('operators') };
}

function actionsOf(statements: readonly Statement[]): readonly string[] {
  return [...new Set(statements.flatMap(({ Action }) => listOf(Action)))].sort();
}

function on(statements: readonly Statement[], action: string): string {
  return JSON.stringify(
    statements.filter(({ Action }) => listOf(Action).includes(action)).map((each) => each.Resource),
  );
}

describe.each(['ecs', 'eks'] as const)('on %s', (platform) => {
  const { stack, template, developers, operators } = build(platform);

  test('developers look and change nothing', () => {
    for (const action of actionsOf(developers)) {
      expect(action).toMatch(/:(?:Describe|Get|List|Filter|StartQuery|StopQuery)/);
    }
    expect(JSON.stringify(developers)).not.toMatch(/secretsmanager|s3:|kms:|dynamodb/);
  });

  test('they read the logs of the two services, and no others', () => {
    expect(on(developers, 'logs:FilterLogEvents')).toMatch(
      /log-group:\/gateway\/gateway.*log-group:\/gateway\/litellm/,
    );
    expect(on(developers, 'logs:FilterLogEvents')).not.toContain('log-group:*');
  });

  test('operators may all that developers may', () => {
    expect(actionsOf(operators)).toEqual(expect.arrayContaining([...actionsOf(developers)]));
  });

  test('operators push a model list', () => {
    expect(on(operators, 's3:PutObject')).toContain('config/config.yaml');
    expect(on(operators, 's3:PutObject')).not.toMatch(/history|archive\/(?!athena-results\/)|request-logs/);
  });

  test('operators ask the archive of request logs by SQL, and developers do not', () => {
    expect(on(operators, 'athena:StartQueryExecution')).toContain('workgroup/genai-gateway');
    expect(on(operators, 's3:PutObject')).toContain('archive/athena-results/*');
    expect(JSON.stringify(developers)).not.toMatch(/athena|archive/);
  });

  test('operators have secrets rotated by the function for it, and change none themselves', () => {
    expect(on(operators, 'lambda:InvokeFunction')).toMatch(/function:secret-rotation/);
    expect(on(developers, 'lambda:InvokeFunction')).toBe('[]');
  });

  test('operators read the master key, and write the keys of providers', () => {
    expect(on(operators, 'secretsmanager:GetSecretValue')).toMatch(/master-key.*provider-keys/);
    expect(on(operators, 'secretsmanager:PutSecretValue')).toContain('provider-keys');
    expect(on(operators, 'secretsmanager:PutSecretValue')).not.toContain('master-key');
    expect(JSON.stringify(operators)).not.toMatch(/salt-key|database-/);
  });

  test('no action has a *, every action exists, and what can be named is', async () => {
    expect(wildActions(template)).toEqual([]);
    const faults = await faultsOfActions(template);
    // Tasks are listed by cluster, which the condition names; the reference speaks of container instances.
    expect(faults.filter((each) => !each.includes('ecs:ListTasks'))).toEqual([]);
    const forEverything = new Set(wildResources(template).map((each) => each.split(' ')[1]));
    for (const action of forEverything) expect(action).toMatch(/:(?:Describe|Get|List|StopQuery)/);
  });

  test('cdk-nag finds nothing', () => expect(nagFindings(stack)).toEqual([]));
});

test('operators roll the two services of ECS', () => {
  const resources = on(build('ecs').operators, 'ecs:UpdateService');
  expect(resources).toMatch(/service\/cluster\/gateway.*service\/cluster\/litellm/);
});

test('a shell in a container is for stages that are not production', () => {
  expect(actionsOf(build('ecs').operators)).toContain('ecs:ExecuteCommand');
  expect(actionsOf(build('ecs', production).operators)).not.toContain('ecs:ExecuteCommand');
  expect(actionsOf(build('ecs').developers)).not.toContain('ecs:ExecuteCommand');
});

test('on EKS they find the cluster, and its own rights say the rest', () => {
  const { developers, operators } = build('eks');
  expect(on(developers, 'eks:DescribeCluster')).toContain('cluster/cluster');
  expect(actionsOf(operators).filter((action) => action.startsWith('ecs:'))).toEqual([]);
});

test('what they may stands in a later stack than their roles, and makes no circle', () => {
  const app = new App();
  const env = { account: '111122223333', region: 'eu-west-1' };
  const [first, last] = [new Stack(app, 'First', { env }), new Stack(app, 'Last', { env })];
  const foundation = { ...standInFoundation(first), people: makePeople(first, sampleDeployment) };
  const functions = standInFunctions(last);
  buildAccess(last, sampleDeployment, { foundation, data: standInData(last), compute: computeOn('ecs'), functions });
  expect(Object.keys(Template.fromStack(first).findResources('AWS::IAM::ManagedPolicy'))).toEqual([]);
  expect(Object.keys(Template.fromStack(last).findResources('AWS::IAM::ManagedPolicy'))).toHaveLength(4);
});
