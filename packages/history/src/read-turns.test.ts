import { beforeEach, expect, it } from 'vitest';
import { MemorySessionStore } from './memory-session-store.ts';
import { readTurns } from './read-turns.ts';
import { sampleTurn } from './test-support/sample-turn.ts';
import type { SessionRef } from './turn.ts';

const signal = new AbortController().signal;
const ref: SessionRef = { owner: 'me', sessionId: 'trip' };

let store: MemorySessionStore;
/** Turns of about so many characters each, known by their number. */
async function save(sizes: readonly number[]): Promise<void> {
  for (const [index, size] of sizes.entries()) {
    const answer = {
      api: 'converse' as const,
      message: { role: 'assistant' as const, content: [{ text: 'x'.repeat(size) }] },
    };
    await store.append(ref, sampleTurn({ turnId: `${index + 1}`, messages: [], answer }), signal);
  }
}
beforeEach(() => {
  store = new MemorySessionStore({ now: Date.now, retentionDays: 1 });
});

/** All pages, by the numbers of their turns. */
async function pages(limit: number, maxChars: number): Promise<readonly string[]> {
  const read: string[] = [];
  let after: number | undefined;
  do {
    const page = await readTurns(store, ref, { limit, after }, maxChars, signal);
    if (page === undefined) throw new Error('no such session');
    read.push(page.turns.map(({ turnId }) => turnId).join(' '));
    after = page.next;
  } while (after !== undefined);
  return read;
}

const rows: readonly (readonly [string, readonly number[], number, number, readonly string[]])[] = [
  ['as long as was asked for', [1, 1, 1, 1, 1], 2, 1e6, ['1 2', '3 4', '5']],
  ['whole where all of it fits', [1, 1, 1], 3, 1e6, ['1 2 3']],
  ['as long as all there is', Array.from({ length: 25 }, () => 1), Number.POSITIVE_INFINITY, 1e6, [numbersTo(25)]],
  [
    'longer than one step',
    Array.from({ length: 25 }, () => 1),
    12,
    1e6,
    [numbersTo(12), '13 14 15 16 17 18 19 20 21 22 23 24', '25'],
  ],
  ['shorter where turns are large', [400, 400, 400, 400, 400], 10, 1_100, ['1 2', '3 4', '5']],
  ['of one turn where it is larger than a page', [5_000, 1, 5_000, 5_000], 10, 1_100, ['1', '2', '3', '4']],
  ['shorter behind a step', Array.from({ length: 12 }, () => 400), 12, 5_600, [numbersTo(11), '12']],
];

it.each(rows)('a page is %s', async (_what, sizes, limit, maxChars, expected) => {
  await save(sizes);
  expect(await pages(limit, maxChars)).toEqual(expected);
});

it('a session that is not there has none', async () => {
  expect(await readTurns(store, ref, { limit: 1, after: undefined }, 1, signal)).toBeUndefined();
});

function numbersTo(last: number): string {
  return Array.from({ length: last }, (_, index) => index + 1).join(' ');
}
