import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attoUsd } from './price.ts';

describe('a price is read exactly', () => {
  test.each<[string, unknown, bigint | undefined]>([
    ['a float of the price map', 6e-8, 60_000_000_000n],
    ['one with a fraction of a nano-dollar', 3.5e-8, 35_000_000_000n],
    ['one below a nano-dollar', 2.5e-10, 250_000_000n],
    ['whole dollars', 2, 2_000_000_000_000_000_000n],
    ['nothing', 0, 0n],
    ['text of a YAML file', '3e-07', 300_000_000_000n],
    ['text with spaces and a plus', ' +0.5 ', 500_000_000_000_000_000n],
    ['half an atto-dollar goes up', '5e-19', 1n],
    ['less goes down', '4e-19', 0n],
    ['a negative one is none', -1, undefined],
    ['infinity is none', Number.POSITIVE_INFINITY, undefined],
    ['NaN is none', Number.NaN, undefined],
    ['words are none', 'free', undefined],
    ['empty text is none', '', undefined],
    ['a dot is none', '.', undefined],
    ['null is none', null, undefined],
    ['true is none', true, undefined],
  ])('%s', (_rule, value, expected) => {
    expect(attoUsd(value)).toBe(expected);
  });

  test('a number and its text are the same price', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 9 }), fc.integer({ min: 0, max: 18 }), (digits, places) => {
        const amount = Number(`${digits}e-${places}`);
        expect(attoUsd(amount)).toBe(BigInt(digits) * 10n ** BigInt(18 - places));
        expect(attoUsd(String(amount))).toBe(attoUsd(amount));
      }),
    );
  });
});
