import { describe, expect, it } from 'vitest';
import { least, median } from './stats.ts';

describe('median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[10, 9], 9.5],
    [[], Number.NaN],
  ])('of %j', (values, expected) => {
    expect(median(values)).toBe(expected);
  });
});

describe('least', () => {
  it.each([
    [[3, 1, 2], 1],
    [[], Number.NaN],
  ])('of %j', (values, expected) => {
    expect(least(values)).toBe(expected);
  });
});
