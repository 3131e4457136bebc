import { describe, expect, test } from 'vitest';
import { estimateCut } from './estimate.ts';
import { estimateGuardrail } from './guardrail-estimate.ts';
import type { Price } from './price.ts';

/** A unit of text costs 1, 2 or nothing by its policy, a picture 10: in nano-dollars. */
const price: Price = {
  name: 'guardrail',
  rates: {},
  guardrailRates: {
    topicPolicyUnits: 1_000_000_000n,
    contentPolicyUnits: 2_000_000_000n,
    wordPolicyUnits: 0n,
    contentPolicyImageUnits: 10_000_000_000n,
  },
  maxOutputTokens: undefined,
};
const text = (length: number) => ({ text: { text: 'x'.repeat(length) } });
const image = { image: { format: 'png', source: { bytes: 'AAAA' } } };

describe('what a check of text may cost', () => {
  test.each<[string, unknown, bigint]>([
    ['a short text is one unit for each policy', [text(5)], 3n],
    ['1000 characters are one', [text(1000)], 3n],
    ['one more are two', [text(1001)], 6n],
    ['every text counts apart', [text(1), text(1)], 6n],
    ['a picture', [image], 10n],
    ['no text', [text(0)], 0n],
    ['nothing', [], 0n],
    ['no list', 'x', 0n],
    ['what is no block', [null, 7, { text: 'x' }], 0n],
  ])('%s', (_rule, content, expected) => {
    const estimate = estimateGuardrail({ content }, price);
    expect([estimate.nanoUsd, estimate.tokens]).toEqual([expected, 0]);
  });

  test('is what it is booked at when nobody says what it used', () => {
    const estimate = estimateGuardrail({ content: [text(5)] }, price);
    expect(estimateCut(estimate, 0, undefined, price).nanoUsd).toBe(3n);
  });
});
