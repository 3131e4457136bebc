import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkReadTables, connectPostgres } from '@genai-gateway/litellm';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepareDatabase } from './database.ts';
import { type RunningPostgres, startPostgres } from './postgres.ts';
import { StateFolder } from './state-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-columns-'));
const signal = AbortSignal.timeout(600_000);
let state: StateFolder;
let postgres: RunningPostgres;
let pool: pg.Pool;

beforeAll(async () => {
  state = StateFolder.open(join(folder, 'state'));
  postgres = await startPostgres({ state, cacheDir: join(folder, 'cache'), signal });
  await prepareDatabase(postgres.url, [], signal);
  pool = connectPostgres({ url: postgres.url, max: 1 });
}, 180_000);

afterAll(async () => {
  await pool.end();
  await postgres.stop();
  state.release();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

describe('keys and models are read', () => {
  test('of a database after LiteLLM’s migrations', async () => {
    await expect(checkReadTables(pool, signal)).resolves.toBeUndefined();
  });

  test.each([
    [
      'that has lost a column',
      '"LiteLLM_TeamTable" RENAME COLUMN budget_limits TO budgets',
      '"LiteLLM_TeamTable" RENAME COLUMN budgets TO budget_limits',
      'LiteLLM_TeamTable.budget_limits (jsonb) is not there',
    ],
    [
      'whose column has another type',
      '"LiteLLM_VerificationToken" ALTER max_parallel_requests TYPE bigint',
      '"LiteLLM_VerificationToken" ALTER max_parallel_requests TYPE integer',
      'LiteLLM_VerificationToken.max_parallel_requests is bigint, not integer',
    ],
  ])('not of one %s, and that is said with how to mend it', async (_what, change, undo, says) => {
    await pool.query(`ALTER TABLE ${change}`);
    try {
      await expect(checkReadTables(pool, signal)).rejects.toThrow(says);
      await expect(checkReadTables(pool, signal)).rejects.toThrow('LiteLLM 1.106.2');
    } finally {
      await pool.query(`ALTER TABLE ${undo}`);
    }
  });
});
