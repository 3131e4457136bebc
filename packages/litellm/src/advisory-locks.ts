import { GatewayError, unlessAborted } from '@genai-gateway/core';
import type pg from 'pg';

export interface AdvisoryLocksOptions {
  readonly pool: pg.Pool;
  /** Whose locks these are: others with the same names are others. */
  readonly scope: string;
  /** How long a lock is waited for, milliseconds; 5000 unless said. */
  readonly waitMs?: number;
}

const WAIT_MS = 5_000;
/** A process that stands still with a lock loses it: longer than any change takes. */
const LONGEST_MS = 60_000;
/** Where nobody else gets on, this is what Postgres says. */
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Locks by name over all processes that share a Postgres, each for as long as a transaction. One process holds one of
 * them at a time and needs one connection for it, so that what is done meanwhile finds another in a pool of two.
 */
export class AdvisoryLocks {
  readonly #options: AdvisoryLocksOptions;
  /** Settles when the last that came in this process is done. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: AdvisoryLocksOptions) {
    this.#options = options;
  }

  /**
   * Runs `work` while nobody else has the lock; its signal ends when the lock is lost. Rejects as `work` does, with
   * `prompts-unavailable` when the lock cannot be had, and with the signal's reason.
   */
  hold<T>(name: string, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const mine = this.#last.then(() => this.#locked(name, work, signal));
    this.#last = mine.catch(() => {}); // told to whoever asked
    return unlessAborted(mine, signal);
  }

  async #locked<T>(name: string, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const client = await this.#begin(name, signal);
    const lost = new AbortController();
    const onLost = (cause: Error): void => lost.abort(unavailable(cause));
    client.on('error', onLost);
    try {
      return await work(AbortSignal.any([signal, lost.signal]));
    } finally {
      client.off('error', onLost);
      await end(client);
    }
  }

  /** A connection whose transaction has the lock. */
  async #begin(name: string, signal: AbortSignal): Promise<pg.PoolClient> {
    const { pool, scope, waitMs = WAIT_MS } = this.#options;
    signal.throwIfAborted();
    const client = await pool.connect().catch((error: unknown) => {
      throw unavailable(error);
    });
    try {
      const begin = `BEGIN; SET LOCAL lock_timeout = ${Math.round(waitMs)}; SET LOCAL idle_in_transaction_session_timeout = ${LONGEST_MS}`;
      await client.query(begin);
      const lock = client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [keyOf(scope, name)]);
      await unlessAborted(lock, signal);
      return client;
    } catch (error) {
      await end(client, signal.aborted);
      if (signal.aborted) throw error;
      throw (error as { readonly code?: unknown }).code === LOCK_NOT_AVAILABLE ? busy(error) : unavailable(error);
    }
  }
}

/** Postgres takes no NUL; two names that differ in one alone share a lock, which does no harm. */
function keyOf(scope: string, name: string): string {
  return `${scope} ${name}`.replaceAll('\0', ' ');
}

/** Gives the connection back; one that is still busy, or broken, is closed. */
async function end(client: pg.PoolClient, isBusy = false): Promise<void> {
  if (isBusy) return client.release(true);
  await client.query('ROLLBACK').then(
    () => client.release(),
    () => client.release(true),
  );
}

function busy(cause: unknown): GatewayError {
  return new GatewayError(
    'prompts-unavailable',
    'Another change of this prompt is being made and has not come to its end. Nothing was changed. Try again shortly.',
    { cause, retryAfterSeconds: 2 },
  );
}

function unavailable(cause: unknown): GatewayError {
  return new GatewayError(
    'prompts-unavailable',
    'Changes of prompts are made one at a time, and the database that sees to that cannot be reached. Try again shortly.',
    { cause, retryAfterSeconds: 2 },
  );
}
