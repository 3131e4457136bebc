import type { OpenRequest } from '@genai-gateway/governance';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { usageEvents } from '../ledger/test-support/usage-events.ts';
import { countedFor } from './counted.ts';

const spendOf = (counter: string): OpenRequest['budgets'][number] => ({
  scope: 'key',
  counter,
  name: 'max_budget',
  model: undefined,
  maxNanoUsd: 1n,
  spentNanoUsd: 0n,
  refusesWhen: 'reached',
  counterTtlSeconds: 60,
});

test('calls of a payer share where they are counted, until their limits or budgets change', () => {
  const [event] = fc.sample(usageEvents, 1);
  if (event === undefined) return expect.fail('there is no event');
  const counter = `spend:key:${event.payer.keyHash}`;
  const [limits, budgets] = [[], [spendOf(counter)]];
  const request = { limits, budgets, requestId: 'a', estimatedTokens: 1, estimatedNanoUsd: 1n, ifLost: event };
  const first = countedFor(request);
  expect(first.unbudgeted).not.toContain(counter);
  expect(countedFor({ ...request, requestId: 'b', ifLost: { ...event, requestId: 'b' } })).toBe(first);
  const others = countedFor({ ...request, budgets: [spendOf('spend:key:other')] });
  expect(others.written.map((each) => each.counter)).toEqual(['spend:key:other']);
  expect(others.unbudgeted).toContain(counter);
  expect(
    countedFor({ ...request, ifLost: { ...event, payer: { ...event.payer, keyHash: 'z' } } }).unbudgeted,
  ).toContain('spend:key:z');
});
