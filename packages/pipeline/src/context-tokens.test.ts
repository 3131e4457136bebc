import type { Principal } from '@genai-gateway/identity';
import type { Prompt } from '@genai-gateway/prompts';
import { type Catalogue, type CatalogueDeployment, emptyCatalogue, type ModelAlias } from '@genai-gateway/routing';
import { describe, expect, test } from 'vitest';
import { type ContextSources, contextTokensOf } from './context-tokens.ts';
import {
  memoryHistory,
  promptOfOne,
  sentTo,
  talk,
  catalogue as talked,
  type Way,
} from './test-support/conversations.ts';
import { alias, catalogueOf, type HarnessOptions, virtualKey } from './test-support/harness.ts';

const sizes: Readonly<Record<string, number>> = {
  'openai/gpt-4o-mini': 128_000,
  'openai/small': 8_000,
  'azure/gpt-4o': 127_000,
  'us.amazon.nova-lite-v1:0': 300_000,
  'amazon.nova-micro-v1:0': 100_000,
  'amazon.nova-lite-v1:0:24k': 24_000,
};
const profile = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/x';
const router = 'arn:aws:bedrock:us-east-1:123456789012:prompt-router/y';

function rows(name: string, ...deployments: readonly Partial<CatalogueDeployment>[]): ModelAlias {
  const settings = [{ scope: 'deployment', kind: 'other-provider', name }] as const;
  const all = deployments.map((each) => ({ deployment: undefined, litellmModel: 'openai/unknown', settings, ...each }));
  return { ...alias(name, 'x'), deployments: all };
}

const catalogue = {
  ...catalogueOf(
    alias('nova', 'us.amazon.nova-lite-v1:0'),
    alias('profile', profile),
    rows('gpt', { litellmModel: 'openai/gpt-4o-mini' }),
    rows('said', { litellmModel: 'openai/gpt-4o-mini', maxInputTokens: 50_000 }),
    rows('listed', { litellmModel: 'azure/ours', listedAs: ['azure/nobody', 'azure/gpt-4o'] }),
    rows('several', { litellmModel: 'openai/gpt-4o-mini' }, { litellmModel: 'openai/small' }, {}),
    rows('unknown', {}),
    rows('openai/*', { litellmModel: 'openai/*' }),
  ),
  groupAliases: new Map([['group', 'gpt']]),
  teamModels: new Map([['red', new Set(['gpt'])]]),
};
const sources: ContextSources = {
  catalogue: () => catalogue,
  regions: { defaultRegion: 'us-east-1', allowedRegions: [] },
  prices: { contextTokens: (model) => sizes[model] },
};
const caller = (change = {}): Principal => ({ kind: 'virtual-key', key: virtualKey(change) });
const none: readonly string[] = [];

describe('how much is read of', () => {
  test.each<[string, string, readonly string[], number | undefined]>([
    ['a model of Bedrock', 'nova', none, 300_000],
    ['a model by its own id', 'us.amazon.nova-lite-v1:0', none, 300_000],
    ['a throughput, less than its model does', 'amazon.nova-lite-v1:0:24k', ['us.amazon.nova-lite-v1:0'], 24_000],
    ['a profile', profile, ['us.amazon.nova-lite-v1:0'], 300_000],
    ['a profile that the model list names', 'profile', ['us.amazon.nova-lite-v1:0'], 300_000],
    ['a router: the least', router, ['us.amazon.nova-lite-v1:0', 'unknown', 'amazon.nova-micro-v1:0'], 100_000],
    ['a profile that nobody may look into', profile, none, undefined],
    ['a model of another provider', 'gpt', none, 128_000],
    ['a model whose row says it', 'said', none, 50_000],
    ['a model that is listed under another name', 'listed', none, 127_000],
    ['several deployments: the least that is known', 'several', none, 8_000],
    ['a model that nobody knows', 'unknown', none, undefined],
    ['a model that a pattern takes in', 'openai/small', none, 8_000],
    ['a key’s own name for a model', 'mine', none, 128_000],
    ['an alias of an alias', 'group', none, 128_000],
    ['a name that is none', 'nothing', none, undefined],
    ['what may not be called', 'arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0', none, undefined],
  ])('%s', (_what, requested, modelIds, expected) => {
    const principal = caller({ keyAliases: { mine: 'gpt' } });
    expect(contextTokensOf(sources, principal, { requested, modelIds })).toBe(expected);
  });

  test('a team’s own model, whatever else has its name', () => {
    const asked = { requested: 'gpt', modelIds: [] };
    expect(contextTokensOf(sources, caller({ teamId: 'red' }), asked)).toBeUndefined();
    expect(contextTokensOf(sources, caller({ teamId: 'blue' }), asked)).toBe(128_000);
  });

  test('nothing, where there is no catalogue', () => {
    const empty = { ...sources, catalogue: () => emptyCatalogue };
    const master: Principal = { kind: 'master', keyHash: 'm' };
    expect(contextTokensOf(empty, master, { requested: 'gpt', modelIds: [] })).toBeUndefined();
  });
});

function promptsFor(model: string): readonly Prompt[] {
  const { variants } = promptOfOne();
  return [promptOfOne({ variants: variants.map((each) => ({ ...each, model })) })];
}

describe('a session is cut to it', () => {
  const cutTo = (maxInputTokens: number): Catalogue =>
    catalogueOf(
      ...[...talked.aliases.values()].map((each) => ({
        ...each,
        deployments: each.deployments.map((row) => ({ ...row, maxInputTokens })),
      })),
    );
  // Of Messages, the tests say how long the answer may be.
  const small = {
    openai: cutTo(Math.ceil((2_500 * 4) / 3)),
    converse: cutTo(Math.ceil((2_500 * 4) / 3)),
    anthropic: cutTo(100 + 2_500),
  };
  const ways: readonly Way[] = (['openai', 'converse', 'anthropic'] as const).flatMap((api) =>
    ['nova', 'gpt'].map((model) => ({ api, model, stream: false })),
  );

  async function storedTurns(way: Way, options: HarnessOptions, body = {}): Promise<number | undefined> {
    const history = memoryHistory();
    for (const text of ['a', 'b', 'c']) {
      await talk(history, { ...way, model: 'nova' }, { sessionId: 's', text: text + 'x'.repeat(3_000) });
    }
    const of = await talk(history, way, { sessionId: 's', text: 'now', options, body });
    expect(of.record.errorCode).toBeUndefined();
    expect((sentTo(of)['messages'] as unknown[]).length).toBeGreaterThan(2);
    return of.record.storedTurns;
  }

  test.each(ways)('by $api with $model', async (way) => {
    expect(await storedTurns(way, {})).toBe(3);
    expect(await storedTurns(way, { catalogue: small[way.api] })).toBe(2);
  });

  test.each(['openai', 'converse', 'anthropic'] as const)('by %s with the model behind a prompt', async (api) => {
    const prompts = promptsFor('gpt');
    const way: Way = { api, model: `${promptOfOne().arn}:1`, stream: false };
    const body = { promptVariables: { who: { text: 'Ann' } } };
    expect(await storedTurns(way, { prompts }, body)).toBe(3);
    expect(await storedTurns(way, { prompts, catalogue: small[api] }, body)).toBe(2);
  });

  describe('with the model behind a profile', () => {
    const behindProfile = (api: Way['api']): HarnessOptions => ({
      behind: { [profile]: { kind: 'application-inference-profile', modelIds: ['m'], unknownBecause: undefined } },
      contextTokens: { m: api === 'anthropic' ? 100 + 2_500 : Math.ceil((2_500 * 4) / 3) },
    });

    test.each(['openai', 'converse', 'anthropic'] as const)('by %s and a prompt', async (api) => {
      const way: Way = { api, model: `${promptOfOne().arn}:1`, stream: false };
      const prompts = promptsFor('profile');
      const catalogue = catalogueOf(...talked.aliases.values(), alias('profile', profile));
      const body = { promptVariables: { who: { text: 'Ann' } } };
      expect(await storedTurns(way, { ...behindProfile(api), prompts, catalogue }, body)).toBe(2);
    });

    // Messages is LiteLLM's, which resolves what it is called with by itself.
    test.each(['openai', 'converse'] as const)('by %s, here and through LiteLLM', async (api) => {
      const way: Way = { api, model: 'profile', stream: false };
      for (const settings of [[], [{ scope: 'alias', kind: 'fallbacks', name: 'x' }]] as const) {
        const catalogue = catalogueOf(alias('nova', 'us.amazon.nova-lite-v1:0'), alias('profile', profile, settings));
        expect(await storedTurns(way, { ...behindProfile(api), catalogue })).toBe(2);
      }
    });
  });
});
