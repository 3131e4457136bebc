import { setTimeout as sleep } from 'node:timers/promises';
import type { UsageEvent } from '@genai-gateway/governance';
import type pg from 'pg';
import type { BookedPayerOptions } from './booked-payer.ts';
import { type Books, isGivenUpForOthers } from './books.ts';
import { findWindowsSql, windowAdditions, windowEntities } from './budget-windows.ts';
import { dailyAdditions } from './daily-tables.ts';
import { postedCalls } from './posted-calls.ts';
import { type Posting, postingsOf, spendLogDocument } from './posting.ts';
import { type Addition, spendColumns } from './spend-columns.ts';
import { insertSpendLogsSql } from './spend-log-sql.ts';

export type PostgresBooksOptions = BookedPayerOptions;

/** How often a transaction is tried when Postgres gives it up for another one. */
const ATTEMPTS = 5;

/**
 * A lock that is waited for longer than LiteLLM's own writer would is given up; the whole transaction may be long,
 * because the first booking in a budget window adds up a part of the spend log. A server that answers before a commit
 * is written must not do so here: the journal forgets what is committed.
 */
const BEGIN = `BEGIN; SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '30s';
  SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'`;

/**
 * LiteLLM's tables as the books: the spend log, the spend columns of all who pay, and the sums per day, in one
 * transaction. The spend log's key is what makes a booking happen once: only rows that were not there are added to
 * the sums. Its statements are as many for one event as for five hundred.
 */
export class PostgresBooks implements Books {
  readonly #pool: pg.Pool;
  readonly #options: PostgresBooksOptions;

  /** A write holds one connection of the pool. */
  constructor(pool: pg.Pool, options: PostgresBooksOptions = {}) {
    this.#pool = pool;
    this.#options = options;
  }

  async write(events: readonly UsageEvent[], signal: AbortSignal): Promise<void> {
    const postings = postingsOf(events, this.#options);
    if (postings.length === 0) return;
    const rows = spendLogDocument(postings);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#transaction(postings, rows, signal);
      } catch (error) {
        if (attempt >= ATTEMPTS || !isGivenUpForOthers(error)) throw error;
        // Two that were in each other's way must not come back at the same moment.
        await sleep(Math.random() * 50 * 2 ** attempt, undefined, { signal });
      }
    }
  }

  async #transaction(postings: readonly Posting[], rows: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const client = await this.#pool.connect();
    let failure: Error | undefined;
    // Breaks the statement under way, and with it the transaction, on both sides.
    const onAbort = () => void client.end().catch(() => undefined);
    signal.addEventListener('abort', onAbort, { once: true });
    // A connection that is lost between two statements says so here only; the next statement rejects.
    const onError = () => {};
    client.on('error', onError);
    try {
      signal.throwIfAborted();
      await client.query(BEGIN);
      await this.#book(client, postings, rows);
      await client.query('COMMIT');
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      await client.query('ROLLBACK').then(
        () => {
          failure = undefined;
        },
        () => undefined,
      );
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener('abort', onAbort);
      client.removeListener('error', onError);
      client.release(failure ?? signal.aborted);
    }
  }

  async #book(client: pg.PoolClient, postings: readonly Posting[], rows: string): Promise<void> {
    const inserted = await client.query<{ request_id: string }>(insertSpendLogsSql, [rows]);
    if (inserted.rows.length === 0) return;
    const ids = new Set(inserted.rows.map((row) => row.request_id));
    const fresh = postedCalls(postings.filter(({ row }) => ids.has(row.request_id)));
    for (const addition of spendColumns(fresh)) await add(client, addition);
    for (const addition of dailyAdditions(fresh)) await add(client, addition);
    const spent = windowEntities(fresh);
    const { rows: windows } = await client.query(findWindowsSql, [JSON.stringify(spent)]);
    for (const addition of windowAdditions(spent, windows, Date.now())) await add(client, addition);
  }
}

async function add(client: pg.PoolClient, { text, rows }: Addition): Promise<void> {
  if (rows.length > 0) await client.query(text, [JSON.stringify(rows)]);
}
