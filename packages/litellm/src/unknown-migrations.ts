import { listMigrations, litellmMigrations } from './database/migrations.ts';

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
  const known = new Set(listMigrations(litellmMigrations).map(({ name }) => name));
  const { rows } = await database.query(
    'SELECT DISTINCT migration_name AS name FROM "_prisma_migrations" WHERE rolled_back_at IS NULL ORDER BY 1',
  );
  return rows.flatMap(({ name }) => (typeof name === 'string' && !known.has(name) ? [name] : []));
}
