import { hash } from 'node:crypto';
import { connectPostgres } from '@genai-gateway/litellm';
import { prepareDatabase } from '../../packages/local/src/database.ts';
import { startPostgres } from '../../packages/local/src/postgres.ts';
import { cacheDir, temporaryState } from '../../packages/local/src/testing/temporary-state.ts';

/** A Postgres with LiteLLM's tables and the key `sk-bench`. */
export async function testDatabaseUrl(): Promise<{ readonly url: string; readonly end: () => Promise<void> }> {
  const temporary = temporaryState();
  const signal = AbortSignal.timeout(600_000);
  const postgres = await startPostgres({ state: temporary.state, cacheDir, signal });
  await prepareDatabase(postgres.url, [], signal);
  const pool = connectPostgres({ url: postgres.url, max: 1 });
  await pool.query('INSERT INTO "LiteLLM_VerificationToken" (token) VALUES ($1)', [hash('sha256', 'sk-bench', 'hex')]);
  await pool.end();
  return {
    url: postgres.url,
    end: async () => {
      await postgres.stop();
      temporary.remove();
    },
  };
}
