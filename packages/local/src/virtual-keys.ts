import type pg from 'pg';
import { keyHash } from './secrets.ts';

/** Where LiteLLM keeps its virtual keys; its columns are those of LiteLLM 1.106. */
const insert = `INSERT INTO "LiteLLM_VerificationToken" (token, key_name, key_alias, models, created_by, updated_by)
  VALUES ($1, $2, $3, '{}', 'launcher', 'launcher') ON CONFLICT (token) DO NOTHING`;

/**
 * Writes virtual keys as LiteLLM would: no limits, every model. A key that is there already stays as
 * it is, with whatever limits it was given since.
 */
export async function createKeys(client: pg.Client, keys: readonly string[]): Promise<void> {
  for (const [index, key] of keys.entries()) {
    const alias = index === 0 ? 'local' : `local-${index + 1}`;
    await client.query(insert, [keyHash(key), `sk-...${key.slice(-4)}`, alias]);
  }
}
