import {
  connectionBudget,
  connectionsPerFunction,
  functionConcurrency,
  readGatewayConfig,
} from '@genai-gateway/config';
import { beforeAll, describe, expect, test } from 'vitest';
import { entries, text } from '../proof/json.ts';
import { functionNameOf } from '../proof/reach/workloads.ts';
import type { Resource } from '../proof/resolve.ts';
import { synthesise } from '../proof/synthesise.ts';
import { System } from '../proof/system.ts';
import { plainVariant, type Variant } from '../proof/variants.ts';
import { wildActions } from '../testing/iam.ts';
import { faultsOfActions } from '../testing/iam-actions.ts';
import { type FunctionName, functionNames } from './functions.ts';

function systemOf(env: Readonly<Record<string, string>> = {}, platform: 'ecs' | 'eks' = 'ecs'): System {
  const plain = plainVariant(platform, 'private');
  const variant: Variant = { ...plain, env: { ...plain.env, ...env } };
  const { deployment, templates } = synthesise(variant);
  return new System(variant.name, deployment, templates);
}

function functionOf(system: System, name: FunctionName): Resource {
  const found = system.ofType('AWS::Lambda::Function').find(({ properties }) => functionNameOf(properties) === name);
  if (found === undefined) throw new Error(`There is no function ${name}.`);
  return found;
}

function environmentOf(system: System, name: FunctionName): Readonly<Record<string, string>> {
  const variables = entries(functionOf(system, name).properties, 'Environment', 'Variables');
  return Object.fromEntries(variables.map(([key, value]) => [key, String(value)]));
}

const issuers = [{ name: 'own', issuer: 'https://login.example.com', audiences: ['gateway'], jwks: { keys: [] } }];

let ecs: System;
let eks: System;
beforeAll(() => {
  ecs = systemOf({ SECRET_ROTATION_DAYS: '30', LOG_LEVEL: 'debug', CORS_ALLOWED_ORIGINS: 'https://app.example.com' });
  eks = systemOf({}, 'eks');
}, 120_000);

describe.each(['prompts-admin', 'chat-history'] as const)('%s', (name) => {
  test('takes what it is given, by the reader that it shares with the gateway', () => {
    const config = readGatewayConfig({ ...environmentOf(ecs, name), AWS_REGION: 'eu-west-1' });
    expect(config).toMatchObject({
      LOG_LEVEL: 'debug',
      CORS_ALLOWED_ORIGINS: ['https://app.example.com'],
      DATABASE_CA_FILE: 'containers/litellm/rds-ca.pem',
    });
    expect(config.DATABASE_SECRET_ARN).toContain('DatabaseGateway');
    expect(config.LITELLM_MASTER_KEY_SECRET_ARN).toContain('MasterKey');
  });

  test('is behind the load balancer, in the VPC, and runs so often as connections are kept for it', () => {
    const { properties } = functionOf(ecs, name);
    expect(properties['ReservedConcurrentExecutions']).toBe(functionConcurrency[name]);
    expect(properties['VpcConfig']).toMatchObject({ SecurityGroupIds: [expect.stringContaining('Group')] });
  });
});

test('issuers are in a file, because an environment holds 4 KB', () => {
  const system = systemOf({ OIDC_ISSUERS: JSON.stringify(issuers) });
  const environment = environmentOf(system, 'chat-history');
  expect(environment['OIDC_ISSUERS']).toBeUndefined();
  expect(environment['OIDC_ISSUERS_FILE']).toMatch(/^\.cache\/oidc-issuers\/[0-9a-f]{16}\/issuers\.json$/);
});

test('log-compaction is outside of the VPC, and knows two buckets and no secret', () => {
  const { properties } = functionOf(ecs, 'log-compaction');
  expect(properties['VpcConfig']).toBeUndefined();
  const names = Object.keys(environmentOf(ecs, 'log-compaction'));
  expect(names).toEqual(expect.arrayContaining(['REQUEST_LOG_BUCKET', 'ARCHIVE_BUCKET']));
  expect(names.filter((each) => /SECRET|DATABASE|REDIS/.test(each))).toEqual([]);
});

describe('secret-rotation', () => {
  test.each([
    ['ECS', () => ecs, ['LITELLM_ECS_CLUSTER', 'LITELLM_ECS_SERVICE']],
    ['EKS', () => eks, ['LITELLM_EKS_CLUSTER', 'LITELLM_EKS_DEPLOYMENT', 'LITELLM_EKS_NAMESPACE']],
  ] as const)('knows four secrets by their kinds, and where LiteLLM runs on %s', (_platform, system, where) => {
    const environment = environmentOf(system(), 'secret-rotation');
    const rotations = JSON.parse(environment['ROTATIONS'] ?? '') as Record<string, string>;
    expect(Object.values(rotations).sort()).toEqual(['cache', 'database', 'litellm-database', 'master-key']);
    expect(Object.keys(rotations).join()).not.toMatch(/SaltKey|DatabaseOwner|GatewaySecret/);
    expect(
      Object.keys(environment)
        .filter((each) => each.startsWith('LITELLM_E'))
        .sort(),
    ).toEqual(where);
  });

  test('turns logins by the days that were said, and the master key never', () => {
    const schedules = ecs.ofType('AWS::SecretsManager::RotationSchedule').map(({ properties }) => properties);
    expect(schedules.map((each) => /data\/(\w+?)[0-9A-F]{8}/.exec(String(each['SecretId']))?.[1]).sort()).toEqual([
      'CacheUserPassword',
      'DatabaseGateway',
      'DatabaseLitellm',
    ]);
    for (const each of schedules) {
      expect(each).toMatchObject({ RotationRules: { AutomaticallyAfterDays: 30 }, RotateImmediatelyOnUpdate: false });
    }
    expect(eks.ofType('AWS::SecretsManager::RotationSchedule')).toEqual([]);
  });

  test('is let into the cluster of EKS, as a group that may start LiteLLM anew', () => {
    expect(eks.ofType('AWS::EKS::AccessEntry').map(({ properties }) => properties['KubernetesGroups'])).toContainEqual([
      'genai-gateway:rotation',
    ]);
  });
});

test.each(functionNames)('%s: no action has a *, and every action exists', async (name) => {
  for (const system of [ecs, eks]) {
    const { stack } = functionOf(system, name);
    const template = system.templates[stack] ?? { Resources: {} };
    expect(wildActions({ ...template })).toEqual([]);
    expect(await faultsOfActions({ ...template })).toEqual([]);
  }
});

test('what functions may open is what is kept for them', () => {
  const running = Object.values(functionConcurrency).reduce((sum, each) => sum + each, 0);
  const scaling = { max: 1 };
  const budget = connectionBudget({
    gateway: { scaling, databasePoolSize: 1 },
    litellm: { scaling, databasePoolSize: 1 },
  });
  expect(budget.functions).toBe(running * connectionsPerFunction);
  expect(text(functionOf(ecs, 'prompts-admin').properties, 'Runtime')).toBe('nodejs24.x');
});
