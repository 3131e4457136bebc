import { setTimeout as sleep } from 'node:timers/promises';
import type { UsageEvent } from '@genai-gateway/governance';
import fc from 'fast-check';
import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { BookWriter, type BookWriterOptions } from './book-writer.ts';
import type { Books } from './books.ts';
import type { Journal } from './journal.ts';
import { usageEvents } from './test-support/usage-events.ts';

/** Books in memory, which fail as they are told. */
class MemoryBooks implements Books {
  readonly batches: string[][] = [];
  /** What the next writes reject with. */
  readonly failures: Error[] = [];
  readonly bad = new Set<string>();
  refusal: Error = refusal();
  delayMs = 0;

  async write(events: readonly UsageEvent[], signal: AbortSignal): Promise<void> {
    await sleep(this.delayMs, undefined, { signal });
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    if (events.some((event) => this.bad.has(event.requestId))) throw this.refusal;
    this.batches.push(events.map((event) => event.requestId));
  }

  get written(): readonly string[] {
    return this.batches.flat();
  }
}

/** A journal in memory. */
class MemoryJournal implements Journal {
  readonly confirmed: string[] = [];
  left: readonly UsageEvent[] = [];

  async confirm(requestIds: readonly string[]): Promise<void> {
    this.confirmed.push(...requestIds);
  }

  async adopt(book: (events: readonly UsageEvent[]) => void): Promise<void> {
    book(this.left);
  }
}

function refusal(): pg.DatabaseError {
  const error = new pg.DatabaseError('too large', 10, 'error');
  error.code = '54000';
  return error;
}

const writers: BookWriter[] = [];
afterEach(() => Promise.all(writers.splice(0).map((writer) => writer.close())));

function start(options: Partial<BookWriterOptions> = {}) {
  const books = new MemoryBooks();
  const journal = new MemoryJournal();
  const lines: string[] = [];
  const log = {
    info: (line: string) => void lines.push(`info ${line}`),
    warn: (line: string) => void lines.push(`warn ${line}`),
    error: (line: string) => void lines.push(`error ${line}`),
  };
  const writer = new BookWriter({ books, journals: [journal], log, batchSize: 10, lingerMs: 20, ...options });
  writers.push(writer);
  return { books, journal, lines, writer };
}

const some = (count: number): readonly UsageEvent[] => fc.sample(usageEvents, count);
const idsOf = (events: readonly UsageEvent[]) => events.map((event) => event.requestId);
const soon = () => AbortSignal.timeout(5_000);

describe('events are written', () => {
  test('together, after a moment, once each', async () => {
    const { books, journal, writer } = start();
    const events = some(5);
    for (const event of [...events, ...events]) writer.enqueue(event);
    expect(writer.pending).toBe(5);
    await expect.poll(() => writer.pending).toBe(0);
    expect(books.batches).toEqual([idsOf(events)]);
    expect(journal.confirmed).toEqual(idsOf(events));
  });

  test('at once when a batch is full, and never more than that together', async () => {
    const { books, writer } = start({ lingerMs: 60_000 });
    const events = some(25);
    for (const event of events) writer.enqueue(event);
    await expect.poll(() => books.batches.map((batch) => batch.length)).toEqual([10, 10]);
    await writer.flush(soon());
    expect(books.written).toEqual(idsOf(events));
  });

  test('that come while others are written, too', async () => {
    const { books, writer } = start();
    books.delayMs = 30;
    const events = some(8);
    for (const event of events) {
      writer.enqueue(event);
      await sleep(10);
    }
    await expect.poll(() => books.written).toEqual(idsOf(events));
  });

  test('that a dead process has left', async () => {
    const { books, journal } = start({ adoptEveryMs: 10 });
    journal.left = some(3);
    await expect.poll(() => journal.confirmed.length).toBeGreaterThanOrEqual(3);
    expect(new Set(books.written)).toEqual(new Set(idsOf(journal.left)));
  });
});

describe('while the store is down', () => {
  test('events wait, and that is told once', async () => {
    const { books, lines, writer } = start();
    for (let n = 0; n < 3; n++) books.failures.push(new Error('no connection'));
    const events = some(3);
    for (const event of events) writer.enqueue(event);
    await writer.flush(soon());
    expect(books.written).toEqual(idsOf(events));
    expect(lines).toEqual([
      'error Usage cannot be booked: no connection. It waits, and calls go on.',
      expect.stringMatching(/^info Usage is booked again, after \d+ s; 0 calls still wait\.$/),
    ]);
  });

  test('it is full at a number of events, and at a number of bytes', () => {
    for (const limit of [{ maxEvents: 3 }, { maxBytes: 3_000 }]) {
      const { writer } = start({ lingerMs: 60_000, ...limit });
      const full = some(3).map((event) => {
        writer.enqueue(event);
        return writer.isFull();
      });
      expect(full.at(0)).toBe(false);
      expect(full.at(-1)).toBe(true);
      writer.enqueue(some(1)[0] as UsageEvent);
      expect(writer.pending).toBe(4);
    }
  });

  test('a flush is given up with its signal, and the writer can be closed', async () => {
    const { books, writer } = start();
    books.delayMs = 60_000;
    writer.enqueue(some(1)[0] as UsageEvent);
    await expect(writer.flush(AbortSignal.timeout(20))).rejects.toThrow('timeout');
    await writer.close();
    expect([writer.pending, books.written]).toEqual([1, []]);
  });
});

test.each([
  ['by Postgres', refusal()],
  ['because no row can be made of it', new RangeError('Invalid time value')],
])('what is refused %s stays in the journal, is told once, and stops no other', async (_why, error) => {
  const { books, journal, lines, writer } = start();
  books.refusal = error;
  const events = some(9);
  const bad = events.filter((_, index) => index === 2 || index === 7);
  for (const event of bad) books.bad.add(event.requestId);
  for (const event of events) writer.enqueue(event);
  await writer.flush(soon());
  const good = idsOf(events.filter((event) => !bad.includes(event)));
  expect(new Set(books.written)).toEqual(new Set(good));
  expect(new Set(journal.confirmed)).toEqual(new Set(good));
  for (const event of bad) writer.enqueue(event);
  expect([writer.pending, writer.refused, lines.length]).toEqual([0, 2, 2]);
  for (const { requestId } of bad) expect(lines.some((line) => line.includes(requestId))).toBe(true);
});
