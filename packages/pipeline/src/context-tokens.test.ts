import { emptyCatalogue, type ModelAlias } from '@genai-gateway/routing';
import { describe, expect, test } from 'vitest';
import { contextTokensOf } from './context-tokens.ts';
import type { Services } from './services.ts';
import { alias, catalogueOf, virtualKey } from './test-support/harness.ts';

const sizes: Readonly<Record<string, number>> = {
  'openai/gpt-4o-mini': 128_000,
  'openai/small': 8_000,
  'bedrock/us.amazon.nova-lite-v1:0': 300_000,
  'us.amazon.nova-lite-v1:0': 300_000,
};
const rows = (name: string, ...deployments: readonly (readonly [string, number?])[]): ModelAlias => ({
  ...alias(name, 'x'),
  deployments: deployments.map(([litellmModel, maxInputTokens]) => ({
    deployment: undefined,
    litellmModel,
    settings: [],
    maxInputTokens,
  })),
});
const catalogue = catalogueOf(
  alias('nova', 'us.amazon.nova-lite-v1:0'),
  rows('gpt', ['openai/gpt-4o-mini']),
  rows('said', ['openai/gpt-4o-mini', 50_000]),
  rows('several', ['openai/gpt-4o-mini'], ['openai/small'], ['openai/unknown']),
  rows('unknown', ['openai/unknown']),
  rows('openai/*', ['openai/*']),
);
const services = {
  catalogue: () => catalogue,
  regions: { defaultRegion: 'us-east-1', allowedRegions: [] },
  prices: { contextTokens: (model: string) => sizes[model] },
} as unknown as Services;
const key = virtualKey({ keyAliases: { mine: 'gpt' } });

describe('how much is read of', () => {
  test.each<[string, string, number | undefined]>([
    ['a model of Bedrock', 'nova', 300_000],
    ['a model by its own id', 'us.amazon.nova-lite-v1:0', 300_000],
    ['a model of another provider', 'gpt', 128_000],
    ['a model whose row says it', 'said', 50_000],
    ['several deployments: the least that is known', 'several', 8_000],
    ['a model that nobody knows', 'unknown', undefined],
    ['a model that a pattern takes in', 'openai/small', 8_000],
    ['a key’s own name for a model', 'mine', 128_000],
    ['a name that is none', 'nothing', undefined],
  ])('%s', (_what, name, expected) => {
    expect(contextTokensOf(name, { kind: 'virtual-key', key }, services)).toBe(expected);
  });
});

test('an empty catalogue knows none', () => {
  const empty = { ...services, catalogue: () => emptyCatalogue };
  expect(contextTokensOf('gpt', { kind: 'master', keyHash: 'm' }, empty)).toBeUndefined();
});
