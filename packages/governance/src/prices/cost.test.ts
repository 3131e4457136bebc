import type { PriceRates } from '@genai-gateway/core';
import type { Usage } from '@genai-gateway/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ceilingPrice } from './ceiling-price.ts';
import { costOf, isFree, isPriced } from './cost.ts';
import type { Price, PriceFacts } from './price.ts';

/** Prices in nano-dollars, to be read easily. */
function priceOf(rates: Readonly<Record<string, number>>): Price {
  const atto = Object.entries(rates).map(([name, nano]) => [name, BigInt(Math.round(nano * 1e9))]);
  return { name: 'a model', rates: Object.fromEntries(atto) as PriceRates, maxOutputTokens: undefined };
}

const plain = { input_cost_per_token: 60, output_cost_per_token: 240 };
const cached = { ...plain, cache_read_input_token_cost: 6, cache_creation_input_token_cost: 75 };
const oneHour = { ...cached, cache_creation_input_token_cost_above_1hr: 120 };
const long = {
  ...oneHour,
  input_cost_per_token_above_200k_tokens: 120,
  output_cost_per_token_above_200k_tokens: 360,
  cache_read_input_token_cost_above_200k_tokens: 12,
  cache_creation_input_token_cost_above_200k_tokens: 150,
  cache_creation_input_token_cost_above_1hr_above_200k_tokens: 240,
  input_cost_per_token_above_272k_tokens: 130,
};
const tiers = { ...cached, input_cost_per_token_flex: 30, output_cost_per_token_priority: 480 };

describe('a call costs what its parts cost', () => {
  test.each<[string, Readonly<Record<string, number>>, Usage, PriceFacts, bigint]>([
    ['input', plain, { inputTokens: 3 }, {}, 180n],
    ['output', plain, { outputTokens: 2 }, {}, 480n],
    ['both', plain, { inputTokens: 3, outputTokens: 2 }, {}, 660n],
    ['nothing', plain, {}, {}, 0n],
    ['what the cache gave', cached, { inputTokens: 1, cacheReadTokens: 10 }, {}, 120n],
    ['what the cache gave, where it has no price, is input', plain, { cacheReadTokens: 10 }, {}, 600n],
    ['what the cache took', cached, { cacheWriteTokens: 10 }, {}, 750n],
    ['what the cache took, where it has no price, is input', plain, { cacheWriteTokens: 10 }, {}, 600n],
    ['a part for an hour', oneHour, { cacheWriteTokens: 10, cacheWriteOneHourTokens: 4 }, {}, 930n],
    [
      'an hour without a price costs five minutes',
      cached,
      { cacheWriteTokens: 10, cacheWriteOneHourTokens: 4 },
      {},
      750n,
    ],
    ['an hour for more than was written', oneHour, { cacheWriteTokens: 1, cacheWriteOneHourTokens: 9 }, {}, 120n],
    ['thinking is output', plain, { outputTokens: 10, reasoningTokens: 4 }, {}, 2400n],
    [
      'thinking with a price',
      { ...plain, output_cost_per_reasoning_token: 500 },
      { outputTokens: 10, reasoningTokens: 4 },
      {},
      3440n,
    ],
    ['a prompt of the threshold is not above it', long, { inputTokens: 200_000 }, {}, 12_000_000n],
    ['above it every token costs more', long, { inputTokens: 200_001, outputTokens: 1 }, {}, 24_000_480n],
    ['the cache counts for the threshold', long, { inputTokens: 1, cacheReadTokens: 200_000 }, {}, 2_400_120n],
    ['and costs more itself', long, { cacheWriteTokens: 200_002, cacheWriteOneHourTokens: 2 }, {}, 30_000_480n],
    [
      'a second threshold changes what it names alone',
      long,
      { inputTokens: 272_001, outputTokens: 1 },
      {},
      35_360_490n,
    ],
    ['a tier', tiers, { inputTokens: 10 }, { serviceTier: 'flex' }, 300n],
    ['what a tier does not price stays', tiers, { outputTokens: 10 }, { serviceTier: 'flex' }, 2400n],
    ['another tier', tiers, { inputTokens: 1, outputTokens: 1 }, { serviceTier: 'priority' }, 540n],
    ['a tier in any case', tiers, { inputTokens: 10 }, { serviceTier: 'Flex' }, 300n],
    [
      'the tier that served goes before the one asked for',
      tiers,
      { inputTokens: 10, serviceTier: 'default' },
      { serviceTier: 'flex' },
      600n,
    ],
    ['an unknown tier is the plain one', tiers, { inputTokens: 10 }, { serviceTier: 'constructor' }, 600n],
    ['half the price in a batch', plain, { inputTokens: 10, outputTokens: 10 }, { batch: true }, 1500n],
    [
      'the price for batches',
      { ...plain, input_cost_per_token_batches: 1 },
      { inputTokens: 10, outputTokens: 10 },
      { batch: true },
      1210n,
    ],
    ['the cache in a batch', cached, { cacheReadTokens: 10, cacheWriteTokens: 10 }, { batch: true }, 405n],
    ['pictures that are made', { output_cost_per_image: 1e7 }, { outputImages: 3 }, {}, 30_000_000n],
    [
      'pictures that are embedded',
      { ...plain, input_cost_per_image: 1000 },
      { inputTokens: 1, inputImages: 2 },
      {},
      2060n,
    ],
    ['searches', { input_cost_per_query: 1e6, input_cost_per_token: 0 }, { inputQueries: 2 }, {}, 2_000_000n],
    ['time', { input_cost_per_second: 1e6 }, { inputTokens: 5 }, { durationMs: 1500 }, 1_500_000n],
    ['tokens go before time', { ...plain, input_cost_per_second: 1e6 }, { inputTokens: 1 }, { durationMs: 1500 }, 60n],
  ])('%s', (_rule, rates, usage, facts, expected) => {
    expect(costOf(priceOf(rates), usage, facts)).toBe(expected);
  });

  test('guardrails come on top', () => {
    const guardrailRates = { topicPolicyUnits: 150_000_000_000_000n };
    const usage = { inputTokens: 1, guardrailUnits: { topicPolicyUnits: 2, unheardOfUnits: 9 } };
    expect(costOf({ ...priceOf(plain), guardrailRates }, usage)).toBe(300_060n);
  });

  test('it is rounded once, half up, at the end', () => {
    const price = priceOf({ input_cost_per_token: 0.25, output_cost_per_token: 0.25 });
    expect(costOf(price, { inputTokens: 1 })).toBe(0n);
    expect(costOf(price, { inputTokens: 1, outputTokens: 1 })).toBe(1n);
    expect(costOf(price, { inputTokens: 1000, outputTokens: 1001 })).toBe(500n);
  });
});

describe('whether the cost is known', () => {
  test.each<[string, Readonly<Record<string, number>>, Usage, boolean]>([
    ['all was reported', plain, { inputTokens: 0, outputTokens: 0 }, true],
    ['no input', plain, { outputTokens: 0 }, false],
    ['no output', plain, { inputTokens: 0 }, false],
    ['an embedding has no output', { input_cost_per_token: 20, output_cost_per_token: 0 }, { inputTokens: 1 }, true],
    ['a picture', { output_cost_per_image: 10 }, { outputImages: 1 }, true],
    ['a picture that nobody counted', { output_cost_per_image: 10 }, {}, false],
  ])('%s', (_rule, rates, usage, expected) => {
    expect(isPriced(priceOf(rates), usage)).toBe(expected);
  });
});

test('free is what costs nothing in any way', () => {
  expect(isFree(priceOf({ input_cost_per_token: 0, output_cost_per_token: 0 }))).toBe(true);
  expect(isFree(priceOf({ input_cost_per_token: 0, output_cost_per_image: 1 }))).toBe(false);
});

test('a ceiling price is for every token', () => {
  const price = ceilingPrice({ inputPerMillionUsd: 15, outputPerMillionUsd: 75.5 });
  expect(costOf(price, { inputTokens: 1, cacheReadTokens: 1, cacheWriteTokens: 1, outputTokens: 1 })).toBe(120_500n);
  expect(() => ceilingPrice({ inputPerMillionUsd: Number.NaN, outputPerMillionUsd: 1 })).toThrow(RangeError);
});

describe('for any price and usage', () => {
  const rate = fc.bigInt({ min: 0n, max: 10n ** 15n });
  const prices = fc
    .record(
      Object.fromEntries(
        [
          ...Object.keys(oneHour),
          'output_cost_per_reasoning_token',
          'output_cost_per_image',
          'input_cost_per_token_flex',
        ].map((name) => [name, rate]),
      ),
      { requiredKeys: [] },
    )
    .map((rates): Price => ({ name: 'any', rates: rates as PriceRates, maxOutputTokens: undefined }));
  const count = fc.nat({ max: 10_000_000 });
  const parts = ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'outputImages'] as const;
  const usages = fc.record(Object.fromEntries(parts.map((part) => [part, count])), { requiredKeys: [] });

  test('one more of anything never costs less', () => {
    fc.assert(
      fc.property(prices, usages, fc.constantFrom(...parts), count, (price, usage, part, more) => {
        const before: Usage = usage;
        expect(costOf(price, { ...before, [part]: (before[part] ?? 0) + more })).toBeGreaterThanOrEqual(
          costOf(price, before),
        );
      }),
    );
  });

  test('the whole is the sum of its parts, but for the rounding', () => {
    fc.assert(
      fc.property(prices, usages, (price, usage) => {
        const each = Object.entries(usage).reduce((sum, [part, used]) => sum + costOf(price, { [part]: used }), 0n);
        const gap = costOf(price, usage) - each;
        expect(gap < 0n ? -gap : gap).toBeLessThanOrEqual(BigInt(parts.length));
      }),
    );
  });

  test('a thousand calls cost a thousand times one, so nothing drifts', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 6n }), count, (nano, tokens) => {
        const price: Price = {
          name: 'any',
          rates: { input_cost_per_token: nano * 10n ** 9n },
          maxOutputTokens: undefined,
        };
        expect(costOf(price, { inputTokens: tokens * 1000 })).toBe(costOf(price, { inputTokens: tokens }) * 1000n);
      }),
    );
  });
});
