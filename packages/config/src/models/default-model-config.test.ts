import { readFileSync } from 'node:fs';
import { readCatalogue } from '@genai-gateway/litellm';
import { describe, expect, test } from 'vitest';
import { modelsOf } from './bedrock-models.ts';
import { defaultModelConfig } from './default-model-config.ts';
import { otherProviders } from './other-providers.ts';
import { type SupportedRegion, supportedRegions } from './regions.ts';

/** What the default lists name stands in LiteLLM's price map: a model without a price is refused. */
const priced = new Set(
  readFileSync(new URL('../../../litellm/price-map/bedrock.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { model: string }).model),
);

const redis = {
  REDIS_HOST: 'cache',
  REDIS_PORT: '6379',
  REDIS_USERNAME: 'litellm',
  REDIS_PASSWORD: 'secret',
  REDIS_SSL: 'true',
};

describe.each(supportedRegions)('the list of %s', (region) => {
  const read = (keys: readonly string[]) =>
    readCatalogue(
      defaultModelConfig(region, keys),
      { LITELLM_MASTER_KEY: 'sk-1', ...redis },
      { defaultRegion: region },
    );

  test('is read by the gateway without a complaint, and all of it is for the hot path', () => {
    const { catalogue, masterKey, warnings } = read([]);
    expect({ masterKey, warnings, settings: catalogue.settings }).toEqual({
      masterKey: 'sk-1',
      warnings: [],
      settings: [],
    });
    const rows = [...catalogue.aliases.values()].flatMap(({ name, deployments }) =>
      deployments.map(({ deployment, settings }) => ({ name, id: deployment?.modelId, settings })),
    );
    expect(rows).toEqual(modelsOf(region).map(({ name, id }) => ({ name, id, settings: [] })));
  });

  test('offers every model of the providers whose keys are given, once', () => {
    const keys = otherProviders.map(({ key }) => key);
    const names = [...read(keys).catalogue.aliases.keys()].filter((name) => name.endsWith('/*'));
    expect(names).toEqual([...new Set(otherProviders.map(({ prefix }) => `${prefix}/*`))]);
  });

  test('names models that have a price', () => {
    expect(modelsOf(region).filter(({ id }) => !priced.has(id))).toEqual([]);
  });

  test('has models to chat with, and keeps within its geography where it can', () => {
    const models = modelsOf(region);
    expect(models.filter(({ mode }) => mode === 'chat').length).toBeGreaterThanOrEqual(6);
    expect(new Set(models.map(({ name }) => name)).size).toBe(models.length);
    const profiles = defaultModelConfig(region).matchAll(/bedrock\/(us|us-gov|eu|apac|jp|au|ca|global)\./g);
    expect(new Set([...profiles].map(([, prefix]) => prefix))).toEqual(new Set([geographyOf(region)]));
  });
});

/** A profile of the United States is never called from Europe, nor the other way round; a global one from São Paulo alone. */
function geographyOf(region: SupportedRegion): string {
  if (region.startsWith('eu-')) return 'eu';
  return region === 'sa-east-1' ? 'global' : 'us';
}

test('every region but Northern California has embeddings', () => {
  const bare = supportedRegions.filter((region) => !modelsOf(region).some(({ mode }) => mode === 'embedding'));
  expect(bare).toEqual(['us-west-1']);
});

test('a region without a list is refused', () => {
  expect(() => defaultModelConfig('ap-south-1')).toThrow('MODEL_CONFIG_FILE');
});
