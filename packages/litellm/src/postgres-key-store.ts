import type { KeyStore, VirtualKey } from '@genai-gateway/identity';
import pg from 'pg';
import { boundedQuery } from './bounded-query.ts';
import { findKeySql, findRotatedKeySql, type KeyRow } from './key-query.ts';
import { virtualKeyFromRow } from './key-row.ts';

export interface PostgresOptions {
  /** `postgresql://user:password@host:port/database`, LiteLLM's `DATABASE_URL`. */
  readonly url: string;
  /** Connections held at most. */
  readonly max: number;
  /** A connection that was lost while idle; for the log. The pool replaces it by itself. */
  readonly onIdleError?: (error: Error) => void;
}

/** A pool on LiteLLM's database that outlives restarts of Postgres. Nothing is connected until it is used. */
export function connectPostgres(options: PostgresOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    // A look-up that its caller gave up must not go on for ever in the server.
    statement_timeout: 10_000,
    application_name: 'genai-gateway',
  });
  // Without listeners the loss of a connection would end the process: of an idle one, and of one in use, whose query
  // fails as well.
  pool.on('error', (error) => options.onIdleError?.(error));
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** What Postgres says when a table changed under a prepared statement. */
const CACHED_PLAN = 'cached plan must not change result type';

/** Virtual keys in LiteLLM's tables. One statement per key, a second one when there is no such key. */
export class PostgresKeyStore implements KeyStore {
  readonly #pool: pg.Pool;
  /** Part of the statements' names: after a migration every connection has to prepare them anew. */
  #generation = 0;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /**
   * The key, or undefined when there is none; within the grace period after a rotation the key that
   * took its place (so its `keyHash` may be another). Rejects with the database's error as it is, or
   * with the signal's reason.
   */
  async findByHash(keyHash: string, signal: AbortSignal): Promise<VirtualKey | undefined> {
    const row =
      (await this.#find('key', findKeySql, keyHash, signal)) ??
      (await this.#find('rotated-key', findRotatedKeySql, keyHash, signal));
    return row === undefined ? undefined : virtualKeyFromRow(row);
  }

  async #find(name: string, sql: string, keyHash: string, signal: AbortSignal): Promise<KeyRow | undefined> {
    const generation = this.#generation;
    try {
      return await this.#query(`genai-gateway-${name}-${generation}`, sql, keyHash, signal);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes(CACHED_PLAN)) throw error;
      if (this.#generation === generation) this.#generation = generation + 1;
      return this.#query(`genai-gateway-${name}-${this.#generation}`, sql, keyHash, signal);
    }
  }

  async #query(name: string, sql: string, keyHash: string, signal: AbortSignal): Promise<KeyRow | undefined> {
    const [row] = await boundedQuery(this.#pool, { name, text: sql, values: [keyHash] }, signal);
    return row;
  }
}
