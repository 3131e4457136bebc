import type { UsageEvent } from '@genai-gateway/governance';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { windowEntities } from './budget-windows.ts';
import { dailyAdditions } from './daily-tables.ts';
import { type PostedCalls, postedCalls } from './posted-calls.ts';
import { postingsOf } from './posting.ts';
import { spendColumns } from './spend-columns.ts';
import { usageEvents } from './test-support/usage-events.ts';

type Row = Readonly<Record<string, string | number>>;

/** What the tables are told: rows with texts, by which they are found, and figures to be added. */
function additionsOf(batch: readonly PostedCalls[]): readonly (readonly Row[])[] {
  const additions = [...spendColumns(batch), ...dailyAdditions(batch)];
  return [...additions.map(({ rows }) => rows as readonly Row[]), windowEntities(batch)];
}

/** The ones that stand beside the sums: of the first call that falls on the row. */
const isBeside = (name: string, row: Row) => name === 'request_id' || (name === 'model_group' && 'api_key' in row);

/** The sums by what finds a row; dollars in whole nano-dollars. */
function sumsOf(rows: readonly Row[]): ReadonlyMap<string, Readonly<Record<string, number>>> {
  const sums = new Map<string, Record<string, number>>();
  for (const row of rows) {
    const texts = Object.entries(row).filter(([name, value]) => typeof value === 'string' && !isBeside(name, row));
    const key = JSON.stringify(texts.toSorted());
    const sum = sums.get(key) ?? {};
    sums.set(key, sum);
    for (const [name, value] of Object.entries(row)) {
      if (typeof value !== 'number') continue;
      sum[name] = (sum[name] ?? 0) + (name === 'spend' ? Math.round(value * 1e9) : value);
    }
  }
  return sums;
}

const models = [
  { modelId: 'a', requestedModel: 'x' },
  { modelId: 'b', requestedModel: 'x' },
  { modelId: 'a', requestedModel: 'y' },
  { modelId: undefined, requestedModel: 'x' },
];

/** Few payers, models and days, so that many calls fall on the same rows. */
const batches: fc.Arbitrary<readonly UsageEvent[]> = fc
  .array(usageEvents, { minLength: 1, maxLength: 3 })
  .chain((some) =>
    fc.array(
      fc
        .record({
          event: usageEvents,
          model: fc.constantFrom(...models),
          payer: fc.constantFrom(...some.map(({ payer }) => payer)),
          operation: fc.constantFrom('chat', 'embeddings', 'converse'),
          startedAtMs: fc.constantFrom(0, 1, 86_400_000),
          costNanoUsd: fc.bigInt({ min: 0n, max: 10n ** 6n }),
        })
        .map(({ event, model, ...rest }) => ({ ...event, ...model, ...rest })),
      { maxLength: 30 },
    ),
  );

test('a batch adds to every table what its calls add one by one, and once to each row', () => {
  fc.assert(
    fc.property(batches, (events) => {
      const postings = postingsOf(events, {});
      const together = additionsOf(postedCalls(postings));
      const oneByOne = postings.map((posting) => additionsOf(postedCalls([posting])));
      for (const [table, rows] of together.entries()) {
        const sums = sumsOf(rows);
        expect(sums).toEqual(sumsOf(oneByOne.flatMap((tables) => tables[table] ?? [])));
        expect(sums.size).toBe(rows.length);
      }
    }),
  );
});

test('a user’s day has the figures of all his calls', () => {
  fc.assert(
    fc.property(usageEvents, fc.integer({ min: 1, max: 5 }), (event, times) => {
      const events = Array.from({ length: times }, (_, id) => ({ ...event, requestId: `${event.requestId}-${id}` }));
      const postings = postingsOf(events, {});
      const [row] = postings.map((posting) => posting.row);
      const [{ rows } = { rows: [] }] = dailyAdditions(postedCalls(postings));
      const isSuccess = event.end === 'delivered' ? 1 : 0;
      expect(rows).toEqual([
        expect.objectContaining({
          prompt_tokens: times * (row?.prompt_tokens ?? 0),
          completion_tokens: times * (row?.completion_tokens ?? 0),
          api_requests: times,
          successful_requests: times * isSuccess,
          failed_requests: times * (1 - isSuccess),
          cache_read_input_tokens: times * (event.usage?.cacheReadTokens ?? 0),
          cache_creation_input_tokens: times * (event.usage?.cacheWriteTokens ?? 0),
          total_response_time_ms: times * isSuccess * (row?.request_duration_ms ?? 0),
          timed_requests: times * isSuccess,
          spend: Number(event.costNanoUsd * BigInt(times)) / 1e9,
        }),
      ]);
    }),
  );
});
