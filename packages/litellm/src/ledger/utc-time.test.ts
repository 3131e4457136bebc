import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utcTime } from './utc-time.ts';

test('is the time of Date.toISOString without its zone', () => {
  const moments = fc.oneof(fc.integer({ min: -8.64e15, max: 8.64e15 }), fc.double({ min: 0, max: 4e12, noNaN: true }));
  fc.assert(
    fc.property(moments, (ms) => {
      expect(`${utcTime(ms)}Z`).toBe(new Date(ms).toISOString());
    }),
  );
});
