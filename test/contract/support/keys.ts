import { createKeys, keyHash, randomKey } from '@genai-gateway/local';
import pg from 'pg';
import type { Keys } from './world.ts';

/** Runs SQL against the tables of LiteLLM, over a connection of its own. */
export async function sql(databaseUrl: string, text: string, values: readonly unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(text, [...values]);
  } finally {
    await client.end();
  }
}

/** Makes a virtual key with some columns of LiteLLM's key table set. Column names are the test's own, never input. */
export async function makeKey(databaseUrl: string, columns: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const key = randomKey();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await createKeys(client, [key]);
    for (const [column, value] of Object.entries(columns)) {
      const update = `UPDATE "LiteLLM_VerificationToken" SET "${column}" = $1 WHERE token = $2`;
      await client.query(update, [value, keyHash(key)]);
    }
  } finally {
    await client.end();
  }
  return key;
}

/** The keys that every stack of these tests has. */
export async function makeKeys(databaseUrl: string): Promise<Keys> {
  return {
    good: await makeKey(databaseUrl),
    blocked: await makeKey(databaseUrl, { blocked: true }),
    expired: await makeKey(databaseUrl, { expires: '2020-01-01T00:00:00Z' }),
    novaOnly: await makeKey(databaseUrl, { models: ['nova-lite'] }),
  };
}
