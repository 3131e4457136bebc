import { expect, test } from 'vitest';
import { firstDifference } from './first-difference.ts';

test.each([
  ['the same', { a: [1, { b: null }] }, { a: [1, { b: null }] }, undefined],
  ['the order of keys', { a: 1, b: 2 }, { b: 2, a: 1 }, undefined],
  ['another value', { a: { b: 1 } }, { a: { b: 2 } }, 'a.b is 1, should be 2'],
  ['a number as a text', [1], ['1'], '0 is 1, should be "1"'],
  ['a list for an object', [], {}, 'the value is [], should be {}'],
  ['a field too few', {}, { a: 1 }, 'a is missing, should be 1'],
  ['a field too many', { a: { b: 'x' } }, { a: {} }, 'a.b should not be there: "x"'],
  ['an item too many', { a: [1, 2] }, { a: [1] }, 'a has 2 items, not 1'],
  ['an item too few', [], [1], 'the value has 0 items, not 1'],
])('%s', (_what, actual, expected, wanted) => {
  expect(firstDifference(actual, expected)).toBe(wanted);
});
