import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type pg from 'pg';
import { dataFolder } from '../data-folder.ts';

const folder = new URL('views/', dataFolder);

/** Makes the views that LiteLLM would make at its first start, those that are not there. Gives how many that were. */
export async function createMissingViews(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT viewname AS name FROM pg_views WHERE schemaname = 'public'",
  );
  const there = new Set(rows.map(({ name }) => name));
  const missing = readdirSync(folder).filter((file) => file.endsWith('.sql') && !there.has(basename(file, '.sql')));
  for (const file of missing) await client.query(readFileSync(new URL(file, folder), 'utf8'));
  return missing.length;
}
