import type { KeyStore, VirtualKey } from '@genai-gateway/identity';
import type pg from 'pg';
import { boundedQuery } from './bounded-query.ts';
import { findKeySql, findRotatedKeySql, type KeyRow } from './key-query.ts';
import { virtualKeyFromRow } from './key-row.ts';

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
