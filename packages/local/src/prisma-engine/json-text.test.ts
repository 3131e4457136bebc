import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEngineJson } from './json-text.ts';

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

describe('JSON for the engine', () => {
  // Each was tried on the engine of 5.17.0.
  it.each([
    'null',
    '-0',
    ' 1 ',
    '"\\u0000"',
    '{"a":1,"a":2}',
    '123456789012345678901234567890',
    '"\\ud83d\\ude00"',
    nested(127),
  ])('may be %s', (text) => {
    expect(isEngineJson(text)).toBe(true);
  });

  it.each([
    '',
    'hello',
    '{',
    'NaN',
    '\ufeff1',
    '1e400',
    '"\\ud800"',
    '{"\\udc00":1}',
    '[{"a":["\\ud800"]}]',
    nested(128),
  ])('is not %s', (text) => {
    expect(isEngineJson(text)).toBe(false);
  });

  it('is whatever JSON.stringify writes of sound values', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        expect(isEngineJson(JSON.stringify(value))).toBe(true);
      }),
      { seed: 1 },
    );
  });
});
