import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage, Outage, unlessAborted } from '@genai-gateway/core';
import type { UsageEvent } from '@genai-gateway/governance';
import { type Books, isRefusedForData } from './books.ts';
import { usageEventToJson } from './event-json.ts';
import type { Journal } from './journal.ts';

/** Where the writer says what people should know; the lines hold no secrets. */
export interface BookLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

export interface BookWriterOptions {
  readonly books: Books;
  readonly journals: readonly Journal[];
  readonly log: BookLog;
  /** Events that may wait at most; default 300 000: ten minutes at 500 a second. */
  readonly maxEvents?: number;
  /** What may wait at most, bytes, by estimate; default 256 MiB. */
  readonly maxBytes?: number;
  /** Events per transaction at most; default 500. */
  readonly batchSize?: number;
  /** How long an event waits for others to come, ms; default 200. */
  readonly lingerMs?: number;
  /** How often the journals are asked for what others have left, ms; default 5 000. */
  readonly adoptEveryMs?: number;
}

/** A transaction that takes longer is given up, and its connection closed, ms. */
const WRITE_TIMEOUT_MS = 60_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
/** Refused events that are remembered, so that a journal which hands them over again is not listened to. */
const REMEMBERED = 10_000;

/**
 * Writes usage events into the books, many at a time, one transaction at a time, until they are there: while the
 * store is down they wait here. An event that the store will never take is told by the log and stays in the journal.
 */
export class BookWriter {
  readonly #options: Required<BookWriterOptions>;
  /** By request id, in the order they came. */
  readonly #queue = new Map<string, UsageEvent>();
  readonly #refused = new Set<string>();
  #bytes = 0;
  #refusedCount = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #adopting: NodeJS.Timeout;
  #running: Promise<void> | undefined;
  #isAdopting = false;
  readonly #outage: Outage;
  readonly #closing = new AbortController();

  constructor(options: BookWriterOptions) {
    this.#options = {
      maxEvents: 300_000,
      maxBytes: 256 * 1024 * 1024,
      batchSize: 500,
      lingerMs: 200,
      adoptEveryMs: 5_000,
      ...options,
    };
    const { log } = options;
    this.#outage = new Outage({
      now: Date.now,
      begins: (error) => log.error(`Usage cannot be booked: ${errorMessage(error)}. It waits, and calls go on.`),
      isOver: (seconds) => log.info(`Usage is booked again, after ${seconds} s; ${this.#queue.size} calls still wait.`),
    });
    this.#adopting = setInterval(() => void this.#adopt(), this.#options.adoptEveryMs);
    this.#adopting.unref();
    void this.#adopt();
  }

  /** Takes an event, however full the queue is: what was used has to be booked. One that waits already is not taken again. */
  enqueue(event: UsageEvent): void {
    if (this.#queue.has(event.requestId) || this.#refused.has(event.requestId)) return;
    this.#queue.set(event.requestId, event);
    this.#bytes += weight(event);
    this.#schedule();
  }

  /** Whether so much waits that no new call should be let in. */
  isFull(): boolean {
    return this.#queue.size >= this.#options.maxEvents || this.#bytes >= this.#options.maxBytes;
  }

  /** How many events wait. */
  get pending(): number {
    return this.#queue.size;
  }

  /** How many events the store has refused for what is in them. */
  get refused(): number {
    return this.#refusedCount;
  }

  /** Resolves once nothing waits any more; rejects with the signal's reason. */
  async flush(signal: AbortSignal): Promise<void> {
    while (this.#queue.size > 0 && !this.#closing.signal.aborted) {
      signal.throwIfAborted();
      const running = this.#start();
      await unlessAborted(running, signal);
    }
  }

  /** Ends; a transaction under way is broken off. What still waits stays in the journal. */
  async close(): Promise<void> {
    clearInterval(this.#adopting);
    clearTimeout(this.#timer);
    this.#closing.abort(new Error('The gateway stops.'));
    await this.#running;
  }

  #start(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      this.#schedule();
    });
    return this.#running;
  }

  /** Sees to it that what waits is written: at once when it fills a batch, else after a moment for others to come. */
  #schedule(): void {
    if (this.#closing.signal.aborted || this.#running !== undefined || this.#queue.size === 0) return;
    if (this.#queue.size >= this.#options.batchSize) void this.#start();
    else this.#timer ??= setTimeout(() => void this.#start(), this.#options.lingerMs);
  }

  /** Writes one batch, for as long as that takes. */
  async #run(): Promise<void> {
    let waitMs = FIRST_WAIT_MS;
    while (!this.#closing.signal.aborted) {
      try {
        await this.#book([...take(this.#queue.values(), this.#options.batchSize)]);
        return this.#outage.succeeded();
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        this.#outage.failed(error);
        await sleep(waitMs * (0.5 + Math.random()), undefined, { signal: this.#closing.signal }).catch(() => undefined);
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
      }
    }
  }

  /** Books a batch; when something in it is refused, its halves, until it is known what. Rejects when the store is down. */
  async #book(events: readonly UsageEvent[]): Promise<void> {
    try {
      const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(WRITE_TIMEOUT_MS)]);
      await this.#options.books.write(events, signal);
    } catch (error) {
      if (!isRefusedForData(error)) throw error;
      const [first] = events;
      if (events.length === 1 && first !== undefined) return this.#refuse(first, error);
      const middle = Math.ceil(events.length / 2);
      await this.#book(events.slice(0, middle));
      return this.#book(events.slice(middle));
    }
    for (const event of events) this.#leave(event);
    await this.#confirm(events.map((event) => event.requestId));
  }

  #refuse(event: UsageEvent, error: unknown): void {
    this.#leave(event);
    this.#refusedCount += 1;
    if (this.#refused.size >= REMEMBERED) this.#refused.clear();
    this.#refused.add(event.requestId);
    this.#options.log.error(
      `A call could not be booked, and has to be by hand: ${errorMessage(error)}. ${usageEventToJson(event)}`,
    );
  }

  #leave(event: UsageEvent): void {
    if (this.#queue.delete(event.requestId)) this.#bytes -= weight(event);
  }

  /** What a journal cannot forget now it hands over again: that is passed over by the books, and confirmed then. */
  async #confirm(requestIds: readonly string[]): Promise<void> {
    await Promise.all(this.#options.journals.map((journal) => journal.confirm(requestIds).catch(() => undefined)));
  }

  async #adopt(): Promise<void> {
    if (this.#isAdopting) return;
    this.#isAdopting = true;
    for (const journal of this.#options.journals) {
      if (this.#closing.signal.aborted || this.isFull()) break;
      try {
        await journal.adopt((events) => {
          for (const event of events) this.enqueue(event);
        });
      } catch (error) {
        this.#options.log.warn(`A journal of usage could not be read: ${errorMessage(error)}. It is tried again.`);
      }
    }
    this.#isAdopting = false;
  }
}

function* take<T>(values: Iterable<T>, count: number): Generator<T> {
  let taken = 0;
  for (const value of values) {
    if (taken++ >= count) return;
    yield value;
  }
}

/** Roughly what an event holds in memory, bytes. */
function weight(event: UsageEvent): number {
  const { payer, errorMessage, requestedModel } = event;
  const texts = (errorMessage?.length ?? 0) + requestedModel.length + (payer.endUserId?.length ?? 0);
  return 1_000 + 2 * payer.tags.reduce((sum, tag) => sum + tag.length, texts);
}
