import { describe, expect, it } from 'vitest';
import { type LitellmSettings, litellmEnvironment, withoutProviderKeys } from './litellm-environment.ts';

const settings: LitellmSettings = {
  base: { PATH: '/usr/bin' },
  databaseUrl: 'postgresql://u:p@127.0.0.1:1/litellm',
  redisUrl: 'redis://:p@127.0.0.1:2',
  masterKey: 'sk-master',
  saltKey: 'sk-salt',
  username: 'admin',
  password: 'secret',
  publicUrl: 'http://localhost:3000',
  prisma: { PATH: '/prisma/bin', PRISMA_VERSION: '1' },
};

function made(base: NodeJS.ProcessEnv, more: Partial<LitellmSettings> = {}): NodeJS.ProcessEnv {
  return litellmEnvironment({ ...settings, ...more, base });
}

describe('litellmEnvironment', () => {
  it('says where the database, Redis and the Admin UI are, and that tables are not to be touched', () => {
    expect(made({ PATH: '/usr/bin' })).toMatchObject({
      DATABASE_URL: settings.databaseUrl,
      REDIS_URL: settings.redisUrl,
      LITELLM_MASTER_KEY: 'sk-master',
      LITELLM_SALT_KEY: 'sk-salt',
      UI_USERNAME: 'admin',
      UI_PASSWORD: 'secret',
      PROXY_BASE_URL: 'http://localhost:3000',
      DISABLE_SCHEMA_UPDATE: 'true',
      STORE_MODEL_IN_DB: 'True',
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
      PRISMA_VERSION: '1',
      PATH: '/prisma/bin:/usr/bin',
    });
  });

  it.each([
    ['the provider’s keys', { ANTHROPIC_API_KEY: 'a', GEMINI_API_KEY: 'b' }],
    ['LiteLLM’s own settings', { LITELLM_LOG: 'DEBUG', LITELLM_LICENSE: 'x' }],
    ['proxies and certificates', { HTTPS_PROXY: 'http://proxy', SSL_CERT_FILE: '/ca.pem' }],
  ])('passes on %s', (_name, given) => {
    expect(made(given)).toMatchObject(given);
  });

  it.each([
    ['another database', { DATABASE_HOST: 'x', DATABASE_URL_READ_REPLICA: 'x', DIRECT_URL: 'x' }],
    ['another Redis', { REDIS_HOST: 'x', REDIS_CLUSTER_NODES: '[]' }],
    ['options of its command line', { PORT: '8080', HOST: '0.0.0.0', DEBUG: 'express:*', NUM_WORKERS: '8' }],
    ['other Python packages', { PYTHONPATH: '/x', PYTHONHOME: '/x' }],
    ['what npm tells its scripts', { npm_lifecycle_event: 'start' }],
  ])('keeps away %s', (_name, given) => {
    expect(Object.keys(made(given))).not.toEqual(expect.arrayContaining(Object.keys(given)));
    for (const name of Object.keys(given)) expect(made(given)[name]).toBeUndefined();
  });

  it('has no Redis when there is none, whatever the shell says', () => {
    expect(made({ REDIS_URL: 'redis://other' }, { redisUrl: undefined })['REDIS_URL']).toBeUndefined();
  });

  it('translates region and Bedrock endpoint into LiteLLM’s names', () => {
    expect(made({ AWS_REGION: 'eu-west-1', BEDROCK_RUNTIME_ENDPOINT_URL: 'http://sim' })).toMatchObject({
      AWS_REGION_NAME: 'eu-west-1',
      AWS_BEDROCK_RUNTIME_ENDPOINT: 'http://sim',
    });
  });
});

describe('withoutProviderKeys', () => {
  it.each(['OPENAI_API_KEY', 'REPLICATE_API_TOKEN', 'AZURE_CLIENT_SECRET', 'GIGACHAT_CREDENTIALS', 'watsonx_apikey'])(
    'takes away %s',
    (name) => {
      expect(withoutProviderKeys({ [name]: 'x' })).toEqual({});
    },
  );

  it.each(['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'GATEWAY_TLS_KEY_FILE', 'HOME', 'NODE_EXTRA_CA_CERTS'])(
    'leaves %s',
    (name) => {
      expect(withoutProviderKeys({ [name]: 'x' })).toEqual({ [name]: 'x' });
    },
  );
});
