import { expect, test } from 'vitest';
import { ConfigError } from './gateway-config.ts';
import { readRotationConfig } from './rotation-config.ts';

const login = { username: 'gateway_b', password: 'p@ss' };
const rotations = {
  'arn:gateway': 'database',
  'arn:litellm': 'litellm-database',
  'arn:cache': 'cache',
  'arn:master': 'master-key',
};
const env = {
  ROTATIONS: JSON.stringify(rotations),
  DATABASE_HOST: 'db.example',
  DATABASE_NAME: 'litellm',
  DATABASE_CA_FILE: '/ca.pem',
  DATABASE_OWNER_SECRET_ARN: 'arn:owner',
  REDIS_HOST: 'cache.example',
  REDIS_PORT: '6380',
  REDIS_SSL: 'true',
  CACHE_USER_ID: 'gw-dev-gateway',
  LITELLM_SALT_KEY_SECRET_ARN: 'arn:salt',
  LITELLM_ECS_CLUSTER: 'cluster',
  LITELLM_ECS_SERVICE: 'litellm',
};

test('secrets, their kinds and what those need are read', () => {
  const config = readRotationConfig({ ...env, SECRETS_MANAGER_ENDPOINT_URL: '' });
  expect(config.secrets).toEqual(Object.entries(rotations).map(([arn, kind]) => ({ arn, kind })));
  expect(config.database?.ownerSecretArn).toBe('arn:owner');
  expect(config.database?.urlOf(login)).toBe(
    'postgresql://gateway_b:p%40ss@db.example:5432/litellm?sslmode=verify-full&sslrootcert=%2Fca.pem',
  );
  expect(config.cache?.userId).toBe('gw-dev-gateway');
  expect(config.cache?.urlOf(login)).toBe('rediss://gateway_b:p%40ss@cache.example:6380');
  expect(config).toMatchObject({
    saltKeySecretArn: 'arn:salt',
    litellm: { platform: 'ecs', cluster: 'cluster', service: 'litellm' },
    secretsManagerEndpoint: undefined,
  });
});

test('on EKS LiteLLM is a Deployment', () => {
  const eks = { LITELLM_EKS_CLUSTER: 'c', LITELLM_EKS_NAMESPACE: 'n' };
  expect(readRotationConfig({ ...env, ...eks }).litellm).toEqual({
    platform: 'eks',
    cluster: 'c',
    namespace: 'n',
    deployment: 'litellm',
  });
});

test('what no kind needs may be missing', () => {
  const { DATABASE_HOST, DATABASE_NAME, DATABASE_OWNER_SECRET_ARN } = env;
  const database = { DATABASE_HOST, DATABASE_NAME, DATABASE_OWNER_SECRET_ARN };
  const config = readRotationConfig({ ...database, ROTATIONS: '{"arn:gateway":"database"}' });
  expect(config).toMatchObject({ cache: undefined, litellm: undefined, saltKeySecretArn: undefined });
});

test.each<[string, Record<string, string | undefined>, string]>([
  ['nothing to rotate', { ROTATIONS: undefined }, 'ROTATIONS is not set'],
  ['no JSON', { ROTATIONS: 'hunter2' }, 'ROTATIONS has to be a JSON object'],
  ['a kind that is none', { ROTATIONS: '{"arn:a":"salt-key"}' }, 'ROTATIONS has to be a JSON object'],
  ['no secret at all', { ROTATIONS: '{}' }, 'ROTATIONS has to be a JSON object'],
  ['no database', { DATABASE_HOST: '' }, 'DATABASE_HOST is not set'],
  ['a port that is none', { DATABASE_PORT: 'tcp' }, 'DATABASE_PORT has to be'],
  ['no owner', { DATABASE_OWNER_SECRET_ARN: undefined }, 'DATABASE_OWNER_SECRET_ARN is not set'],
  ['no cache', { REDIS_HOST: undefined }, 'REDIS_HOST is not set'],
  ['no user of the cache', { CACHE_USER_ID: undefined }, 'CACHE_USER_ID is not set'],
  ['no salt key', { LITELLM_SALT_KEY_SECRET_ARN: undefined }, 'LITELLM_SALT_KEY_SECRET_ARN is not set'],
  ['no place of LiteLLM', { LITELLM_ECS_CLUSTER: undefined }, 'LITELLM_ECS_CLUSTER is not set'],
  ['half a place', { LITELLM_EKS_CLUSTER: 'c' }, 'LITELLM_EKS_NAMESPACE is not set'],
])('%s is named, and no value is shown', (_name, wrong, message) => {
  const read = () => readRotationConfig({ ...env, ...wrong });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(message);
  expect(read).not.toThrow(/hunter2|tcp/);
});
