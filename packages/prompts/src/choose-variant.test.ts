import type { GatewayError } from '@genai-gateway/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseVariant } from './choose-variant.ts';
import type { Prompt } from './prompt.ts';
import { prompt, variant } from './test-support/prompts.ts';

/** A prompt of variants a, b, c, … with these weights. */
const weighted = (weights: readonly (number | undefined)[], change: Partial<Prompt> = {}): Prompt =>
  prompt({
    variants: weights.map((weight, at) => variant('abcdefgh'.charAt(at), 'Hello', { weight })),
    ...change,
  });
const chosen = (of: Prompt, stickTo = 'ada', name?: string) => {
  const { variant: each, how } = chooseVariant(of, { name, stickTo });
  return `${each.name} ${how}`;
};

describe('one variant is chosen', () => {
  test.each<[string, Prompt, string | undefined, string]>([
    ['the only one', weighted([undefined]), undefined, 'a default'],
    ['the first, without a default', weighted([undefined, undefined]), undefined, 'a default'],
    ['the default', weighted([undefined, undefined], { defaultVariant: 'b' }), undefined, 'b default'],
    [
      'the first, with a default that is not there',
      weighted([undefined], { defaultVariant: 'z' }),
      undefined,
      'a default',
    ],
    ['the one that is asked for', weighted([undefined, undefined]), 'b', 'b by-name'],
    ['the one that is asked for, whatever its weight', weighted([1, 0]), 'b', 'b by-name'],
    ['the only one with a weight, though not the default', weighted([undefined, 3]), undefined, 'b weighted'],
    ['none without a weight, and none with 0', weighted([0, 0.5, undefined]), undefined, 'b weighted'],
    ['the default, when every weight is 0', weighted([0, 0], { defaultVariant: 'b' }), undefined, 'b default'],
  ])('%s', (_rule, of, name, expected) => {
    expect(chosen(of, 'ada', name)).toBe(expected);
  });

  test.each<[string, Prompt, string | undefined, Partial<GatewayError>]>([
    [
      'a name that it does not have',
      weighted([1, 2]),
      'B',
      { message: "The prompt has no variant 'B'. It has: 'a', 'b'.", param: 'promptVariant' },
    ],
    ['an empty name', weighted([1, 2]), '', { param: 'promptVariant' }],
    ['a prompt without any', weighted([]), undefined, { param: 'model' }],
  ])('%s is refused', (_rule, of, name, expected) => {
    expect(() => chosen(of, 'ada', name)).toThrow(expect.objectContaining({ code: 'invalid-request', ...expected }));
  });
});

const callers = Array.from({ length: 10_000 }, (_, at) => `user-${at}`);
const weights = fc.array(fc.oneof(fc.integer({ min: 0, max: 100 }), fc.double({ min: 0.01, max: 1, noNaN: true })), {
  minLength: 2,
  maxLength: 3,
});

describe('of several weighted ones', () => {
  test('each gets its share, within what chance allows', () => {
    fc.assert(
      fc.property(weights, fc.string(), (each, salt) => {
        const total = each.reduce((sum, weight) => sum + weight, 0);
        fc.pre(total > 0);
        const of = weighted(each);
        const counts = new Map<string, number>();
        for (const caller of callers) {
          const name = chooseVariant(of, { name: undefined, stickTo: salt + caller }).variant.name;
          counts.set(name, (counts.get(name) ?? 0) + 1);
        }
        each.forEach((weight, at) => {
          const share = weight / total;
          // Five standard deviations: one run in a million is further off, and the seed is fixed.
          const spread = 5 * Math.sqrt(callers.length * share * (1 - share));
          const count = counts.get('abcdefgh'.charAt(at)) ?? 0;
          expect(Math.abs(count - callers.length * share)).toBeLessThanOrEqual(spread);
        });
      }),
      { seed: 6, numRuns: 12 },
    );
  });

  test('everybody gets the same again, in whatever order the variants are listed, and by another version', () => {
    fc.assert(
      fc.property(weights, fc.string({ unit: 'grapheme' }), (each, caller) => {
        fc.pre(each.some((weight) => weight > 0));
        const of = weighted(each);
        const first = chosen(of, caller);
        expect(chosen(of, caller)).toBe(first);
        expect(chosen({ ...of, version: '2', variants: of.variants.toReversed() }, caller)).toBe(first);
      }),
      { seed: 6 },
    );
  });

  test('a change of weights moves callers only to what grew or away from what shrank', () => {
    const before = callers.map((caller) => chosen(weighted([1, 1, 1]), caller));
    const grown = callers.map((caller) => chosen(weighted([1, 1, 2]), caller));
    const moved = callers.flatMap((_, at) => (before[at] === grown[at] ? [] : [`${before[at]} to ${grown[at]}`]));
    expect(new Set(moved)).toEqual(new Set(['a weighted to c weighted', 'b weighted to c weighted']));
    // From a third to a half: a sixth of all, and not one more than that needs.
    expect(Math.abs(moved.length - callers.length / 6)).toBeLessThan(200);
    const without = callers.map((caller) => chosen(weighted([1, 1, 0]), caller));
    expect(callers.filter((_, at) => before[at] !== without[at] && before[at] !== 'c weighted')).toEqual([]);
  });

  test('two prompts do not give everybody the same half', () => {
    const other = weighted([1, 1], { promptId: 'KLMNOPQRST', arn: prompt({ promptId: 'KLMNOPQRST' }).arn });
    const same = callers.filter((caller) => chosen(weighted([1, 1]), caller) === chosen(other, caller));
    expect(Math.abs(same.length - callers.length / 2)).toBeLessThan(250);
  });
});
