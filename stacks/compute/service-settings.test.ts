import { readFileSync } from 'node:fs';
import { describeGatewayConfig, readGatewayConfig, readMigrationConfig } from '@genai-gateway/config';
import { App, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { standInData, standInEdge } from '../testing/parts.ts';
import { sampleDeployment } from '../testing/sample-deployment.ts';
import { timeoutsOf } from '../timeouts.ts';
import { type ContainerSettings, gatewaySettings, litellmSettings, migrationSettings } from './service-settings.ts';

const stack = new Stack(new App(), 'X', { env: { account: '111122223333', region: 'eu-west-1' } });
const parts = { data: standInData(stack), edge: standInEdge(stack) };

/** What a container would find, with made-up secrets. */
function environmentOf({ environment, secrets }: ContainerSettings): Record<string, string> {
  const made = Object.keys(secrets).map((name) => [name, `sk-${name.toLowerCase()}-0123456789-0123456789`]);
  return { ...environment, ...Object.fromEntries(made) };
}

describe('the gateway', () => {
  const settings = gatewaySettings(sampleDeployment, parts, timeoutsOf(sampleDeployment));

  it('takes everything that it is given, by its own reader', () => {
    expect(readGatewayConfig(environmentOf(settings))).toMatchObject({
      GATEWAY_TLS_PORT: 3443,
      DATABASE_POOL_SIZE: 5,
      GATEWAY_KEEP_ALIVE_TIMEOUT_MS: 660_000,
      GATEWAY_DRAIN_DELAY_MS: 5_000,
      GATEWAY_DRAIN_TIMEOUT_MS: 100_000,
      HISTORY_RETENTION_DAYS: 30,
    });
  });

  it('is given no variable that it does not know', () => {
    const known = describeGatewayConfig().map(({ name }) => name);
    expect(Object.keys(environmentOf(settings)).filter((name) => !known.includes(name))).toEqual([]);
  });

  it('is told which secrets to read, and is given no value of any', () => {
    expect(settings.secrets).toEqual({});
    const told = Object.entries(settings.environment).filter(([name]) => name.endsWith('_SECRET_ARN'));
    const names = told.map(([name, arn]) => [name, /secret:(.*)-AbCdEf/.exec(JSON.stringify(stack.resolve(arn)))?.[1]]);
    expect(Object.fromEntries(names)).toEqual({
      DATABASE_SECRET_ARN: 'database-gateway',
      REDIS_SECRET_ARN: 'cache',
      LITELLM_MASTER_KEY_SECRET_ARN: 'master-key',
      LITELLM_SALT_KEY_SECRET_ARN: 'salt-key',
      GATEWAY_SECRET_ARN: 'gateway-secret',
    });
  });
});

it('the migration takes everything that it is given, by its own reader', () => {
  const environment = environmentOf(migrationSettings(parts));
  expect(readMigrationConfig(environment)).toBeDefined();
  for (const name of Object.keys(environment).filter((each) => !/_PORT$|_CA_FILE$/.test(each))) {
    expect(() => readMigrationConfig({ ...environment, [name]: '' }), name).toThrow(name);
  }
});

it('LiteLLM is given no variable that nobody reads', () => {
  const text = ['README.md', 'start.py'].map((file) => readFileSync(`containers/litellm/${file}`, 'utf8')).join('\n');
  // The README names the parts of one address once: `DATABASE_HOST`, `_PORT`.
  const isKnown = (name: string) => text.includes(name) || text.includes(`\`${name.slice(name.lastIndexOf('_'))}\``);
  const names = Object.keys(environmentOf(litellmSettings(sampleDeployment, parts)));
  expect(names.filter((name) => !isKnown(name))).toEqual([]);
});
