import { readFile } from 'node:fs/promises';
import { dataFolder } from './data-folder.ts';

const orderFile = new URL('migrations/ORDER', dataFolder);
/** What stands in front of a name in ORDER: the SHA-256 and two spaces. */
const CHECKSUM_LENGTH = 66;

/** A pool or a connection of `pg`, as much of it as is asked. */
interface Database {
  query(text: string): Promise<{ readonly rows: readonly Readonly<Record<string, unknown>>[] }>;
}

/**
 * The migrations in a database that the pinned version of LiteLLM does not have, by name, in order: its
 * tables were made by a newer LiteLLM, and may mean what nobody here has decided about. None in a database
 * that was never migrated. Rejects with the database's error.
 */
export async function unknownMigrations(database: Database): Promise<readonly string[]> {
  const table = await database.query(`SELECT to_regclass('"_prisma_migrations"') IS NOT NULL AS found`);
  if (table.rows[0]?.['found'] !== true) return [];
  const order = await readFile(orderFile, 'utf8');
  const known = new Set(order.split('\n').map((line) => line.slice(CHECKSUM_LENGTH)));
  const { rows } = await database.query(
    'SELECT DISTINCT migration_name AS name FROM "_prisma_migrations" WHERE rolled_back_at IS NULL ORDER BY 1',
  );
  return rows.flatMap(({ name }) => (typeof name === 'string' && !known.has(name) ? [name] : []));
}
