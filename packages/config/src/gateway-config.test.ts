import { describe, expect, test } from 'vitest';
import { ConfigError, readGatewayConfig } from './gateway-config.ts';

const least = { DATABASE_URL: 'postgresql://u:hunter2@localhost/db', AWS_REGION: 'us-east-1' };

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
