import { describe, expect, test } from 'vitest';
import { ConfigError, readGatewayConfig } from './gateway-config.ts';
import { secretIdsOf } from './secret-variables.ts';

const least = { DATABASE_URL: 'postgresql://u:hunter2@localhost/db', AWS_REGION: 'us-east-1' };

const apart = { AWS_REGION: 'us-east-1', DATABASE_HOST: 'db', DATABASE_NAME: 'litellm', REDIS_HOST: 'r' };

test('two variables are enough', () => {
  expect(readGatewayConfig(least)).toMatchObject({
    ...least,
    GATEWAY_PORT: 3000,
    LOG_LEVEL: 'info',
    BEDROCK_ALLOWED_REGIONS: [],
  });
});

test('numbers and lists are read, an empty variable counts as unset, others are ignored', () => {
  const config = readGatewayConfig({
    ...least,
    GATEWAY_PORT: '0',
    GATEWAY_TLS_PORT: '',
    BEDROCK_ALLOWED_REGIONS: 'eu-west-1, eu-west-3,',
    HOME: '/root',
  });
  expect(config).toMatchObject({ GATEWAY_PORT: 0, BEDROCK_ALLOWED_REGIONS: ['eu-west-1', 'eu-west-3'] });
  expect(config).not.toHaveProperty('GATEWAY_TLS_PORT');
  expect(config).not.toHaveProperty('HOME');
});

test('where secrets hold the logins, the addresses are without one', () => {
  const config = readGatewayConfig({ ...apart, DATABASE_SECRET_ARN: 'arn:db', REDIS_SECRET_ARN: 'arn:redis' });
  expect(config).toMatchObject({
    ...{ DATABASE_URL: 'postgresql://db:5432/litellm', REDIS_URL: 'redis://r:6379' },
    ...{ SECRETS_REFRESH_MS: 60_000, MASTER_KEY_GRACE_MS: 3_600_000 },
  });
  expect(secretIdsOf(config)).toMatchObject({ database: 'arn:db', redis: 'arn:redis', masterKey: undefined });
});

describe('a wrong configuration names the variable and never shows its value', () => {
  test.each([
    ['nothing at all', {}, ['DATABASE_URL is not set', 'AWS_REGION is not set']],
    ['a port out of range', { ...least, GATEWAY_PORT: '70000' }, ['GATEWAY_PORT']],
    ['a port that is no number', { ...least, GATEWAY_PORT: 'http' }, ['GATEWAY_PORT']],
    [
      'another database',
      { ...least, DATABASE_URL: 'mysql://u:hunter2@h/db' },
      ['DATABASE_URL must be a URL that starts with postgres://'],
    ],
    ['a URL that is none', { ...least, REDIS_URL: 'hunter2' }, ['REDIS_URL must be a URL']],
    [
      'a master key of another kind',
      { ...least, LITELLM_MASTER_KEY: 'hunter2' },
      ['LITELLM_MASTER_KEY must start with "sk-"'],
    ],
    [
      'TLS without its files',
      { ...least, GATEWAY_TLS_PORT: '3443' },
      ['GATEWAY_TLS_CERT_FILE has to name', 'GATEWAY_TLS_KEY_FILE has to name'],
    ],
    [
      'a certificate given and made',
      { ...least, GATEWAY_TLS_SELF_SIGNED: 'true', GATEWAY_TLS_CERT_FILE: '/tls/hunter2.pem' },
      ['GATEWAY_TLS_SELF_SIGNED is true, so GATEWAY_TLS_CERT_FILE must not be set'],
    ],
    [
      'a database given twice',
      { ...least, DATABASE_HOST: 'db', DATABASE_PASSWORD: 'hunter2' },
      ['DATABASE_URL and DATABASE_HOST, DATABASE_PASSWORD are both set'],
    ],
    [
      'a database given by half',
      { AWS_REGION: 'us-east-1', DATABASE_HOST: 'db', DATABASE_PASSWORD: 'hunter2' },
      ['DATABASE_HOST, DATABASE_PASSWORD are set, so DATABASE_NAME, DATABASE_USER must be too'],
    ],
    [
      'a Redis given twice',
      { ...least, REDIS_URL: 'redis://r', REDIS_PASSWORD: 'hunter2' },
      ['REDIS_URL and REDIS_PASSWORD are both set'],
    ],
    [
      'a Redis without its host',
      { ...least, REDIS_PASSWORD: 'hunter2' },
      ['REDIS_PASSWORD is set, so REDIS_HOST must be too'],
    ],
    [
      'a file and a bucket',
      { ...least, LITELLM_CONFIG_FILE: 'c', LITELLM_CONFIG_BUCKET_NAME: 'b', LITELLM_CONFIG_BUCKET_OBJECT_KEY: 'k' },
      ['LITELLM_CONFIG_FILE and LITELLM_CONFIG_BUCKET_NAME, LITELLM_CONFIG_BUCKET_OBJECT_KEY are both set'],
    ],
    [
      'a bucket without a key',
      { ...least, LITELLM_CONFIG_BUCKET_NAME: 'b' },
      ['LITELLM_CONFIG_BUCKET_NAME is set, so LITELLM_CONFIG_BUCKET_OBJECT_KEY must be too'],
    ],
    [
      'a login given twice',
      {
        ...apart,
        DATABASE_SECRET_ARN: 'arn',
        DATABASE_PASSWORD: 'hunter2',
        REDIS_SECRET_ARN: 'arn',
        REDIS_USERNAME: 'hunter2',
      },
      ['DATABASE_SECRET_ARN and DATABASE_PASSWORD are both set', 'REDIS_SECRET_ARN and REDIS_USERNAME are both set'],
    ],
    [
      'a secret beside a URL',
      { ...least, DATABASE_SECRET_ARN: 'arn', REDIS_URL: 'redis://r', REDIS_SECRET_ARN: 'arn' },
      ['DATABASE_URL and DATABASE_SECRET_ARN are both set', 'REDIS_URL and REDIS_SECRET_ARN are both set'],
    ],
    ['a login without a host', { ...least, REDIS_SECRET_ARN: 'arn' }, ['so REDIS_HOST must be too']],
    [
      'secrets given twice',
      {
        ...least,
        ...{ LITELLM_MASTER_KEY: 'sk-hunter2', LITELLM_MASTER_KEY_SECRET_ARN: 'arn' },
        ...{ LITELLM_SALT_KEY: 'hunter2', LITELLM_SALT_KEY_SECRET_ARN: 'arn' },
        ...{ GATEWAY_SECRET: 'hunter2'.repeat(5), GATEWAY_SECRET_ARN: 'arn' },
      },
      [
        'LITELLM_MASTER_KEY_SECRET_ARN and LITELLM_MASTER_KEY are',
        'LITELLM_SALT_KEY_SECRET_ARN and LITELLM_SALT_KEY are',
        'GATEWAY_SECRET_ARN and GATEWAY_SECRET are',
      ],
    ],
    [
      'a master key that rotates without a salt key',
      { ...least, LITELLM_MASTER_KEY_SECRET_ARN: 'arn' },
      ['LITELLM_SALT_KEY_SECRET_ARN must be too'],
    ],
    ['an unknown log level', { ...least, LOG_LEVEL: 'loud' }, ['LOG_LEVEL']],
  ])('%s', (_name, env, expected) => {
    let message = '';
    try {
      readGatewayConfig(env);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      message = (error as Error).message;
    }
    for (const each of expected) expect(message).toContain(each);
    expect(message).not.toContain('hunter2');
  });
});
