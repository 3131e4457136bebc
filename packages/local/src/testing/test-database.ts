import { connectPostgres } from '@genai-gateway/litellm';
import type pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { prepareDatabase } from '../database.ts';
import { type RunningPostgres, startPostgres } from '../postgres.ts';
import { cacheDir, temporaryState } from './temporary-state.ts';

const signal = AbortSignal.timeout(600_000);

/** A Postgres with LiteLLM's tables, for one file of tests. */
class TestDatabase {
  readonly #temporary = temporaryState();
  #postgres: RunningPostgres | undefined;
  #pool: pg.Pool | undefined;

  get postgres(): RunningPostgres {
    if (this.#postgres === undefined) throw new Error('Postgres was not started');
    return this.#postgres;
  }

  get pool(): pg.Pool {
    if (this.#pool === undefined) throw new Error('Postgres was not started');
    return this.#pool;
  }

  /** Starts the server; again, after a test has stopped or killed it. */
  async start(): Promise<void> {
    this.#postgres = await startPostgres({ state: this.#temporary.state, cacheDir, signal });
  }

  /** Makes LiteLLM's tables and the pool of the tests. */
  async prepare(options: Omit<Parameters<typeof connectPostgres>[0], 'url'>): Promise<void> {
    await prepareDatabase(this.postgres.url, [], signal);
    this.#pool = connectPostgres({ url: this.postgres.url, ...options });
  }

  async insert(table: string, values: Readonly<Record<string, unknown>>): Promise<void> {
    const names = Object.keys(values);
    const list = names.map((name) => `"${name}"`).join(', ');
    const places = names.map((_, index) => `$${index + 1}`).join(', ');
    await this.pool.query(`INSERT INTO "${table}" (${list}) VALUES (${places})`, Object.values(values));
  }

  /** Runs something while a table is another one than LiteLLM's: `change` and `undo` follow on `ALTER TABLE`. */
  async whileAltered(change: string, undo: string, run: () => Promise<void>): Promise<void> {
    await this.pool.query(`ALTER TABLE ${change}`);
    try {
      await run();
    } finally {
      await this.pool.query(`ALTER TABLE ${undo}`);
    }
  }

  async end(): Promise<void> {
    await this.#pool?.end();
    await this.#postgres?.stop();
    this.#temporary.remove();
  }
}

/** One that is started before the first test of a file and gone after its last. */
export function testDatabase(options: Parameters<TestDatabase['prepare']>[0]): TestDatabase {
  const database = new TestDatabase();
  beforeAll(async () => {
    await database.start();
    await database.prepare(options);
  }, 180_000);
  afterAll(() => database.end(), 60_000);
  return database;
}
