import { expect, test } from 'vitest';
import { durationSeconds } from './duration.ts';

const nowMs = Date.UTC(2026, 0, 31, 12, 30);
const day = 86_400;

// What duration_in_seconds of LiteLLM 1.106.2 gives.
test.each<[string, number | undefined]>([
  ['30s', 30],
  ['5m', 300],
  ['1h', 3_600],
  ['1d', day],
  ['2w', 14 * day],
  ['daily', day],
  [' Weekly ', 7 * day],
  ['monthly', 30 * day],
  ['hourly', 3_600],
  ['1mo', 28 * day],
  ['2mo', 59 * day],
  ['12mo', 365 * day],
  ['13mo', (365 + 28) * day],
  ['30', undefined],
  ['soon', undefined],
  ['', undefined],
])('%s is %s seconds', (duration, seconds) => {
  expect(durationSeconds(duration, nowMs)).toBe(seconds);
});
