import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorMessage } from '@genai-gateway/core';
import pg from 'pg';
import { dataFolder } from '../data-folder.ts';
import { MigrationFailure } from './migration-failure.ts';

/** The migrations of the pinned LiteLLM version, in the folder that scripts/refresh-litellm-migrations.mjs writes. */
export const litellmMigrations = fileURLToPath(new URL('migrations/', dataFolder));

/** One migration: LiteLLM's own name for it, its SQL's SHA-256 in hexadecimal, and the file. */
export interface Migration {
  readonly name: string;
  readonly checksum: string;
  readonly file: string;
}

/** The migrations of a folder, in the order in which they apply. */
export function listMigrations(folder: string): Migration[] {
  return readFileSync(join(folder, 'ORDER'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const name = line.slice(66);
      return {
        name,
        checksum: line.slice(0, 64),
        file: join(folder, `${name.replace(/[^A-Za-z0-9_-]/g, '_')}.sql`),
      };
    });
}

/** What {@link migrate} did. */
export interface MigrationResult {
  readonly applied: number;
  readonly total: number;
}

/**
 * The record of applied migrations in the form of Prisma, which LiteLLM itself uses: a database that
 * LiteLLM has migrated is understood here, and one made here is understood by LiteLLM.
 * https://github.com/prisma/prisma-engines/blob/main/schema-engine/ARCHITECTURE.md (as of 2026-11-22)
 */
const recordTable = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  id varchar(36) PRIMARY KEY NOT NULL,
  checksum varchar(64) NOT NULL,
  finished_at timestamptz,
  migration_name varchar(255) NOT NULL,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`;

/**
 * Brings a database to LiteLLM's tables: applies the migrations that its record does not have, in
 * one connection. An up-to-date database costs two queries. Throws {@link MigrationFailure}.
 */
export async function migrate(client: pg.Client, folder: string = litellmMigrations): Promise<MigrationResult> {
  const all = listMigrations(folder);
  const applied = await appliedMigrations(client);
  if (applied === undefined) {
    if (await hasLitellmTables(client)) {
      throw new MigrationFailure('The database has LiteLLM tables, but no record of how they were made.', {
        mend: 'Give an empty database, or one that LiteLLM has migrated itself (`_prisma_migrations`).',
      });
    }
    await client.query(recordTable);
  }
  const pending = all.filter(({ name }) => applied?.has(name) !== true);
  for (const migration of pending) await apply(client, migration);
  return { applied: pending.length, total: all.length };
}

async function appliedMigrations(client: pg.Client): Promise<Set<string> | undefined> {
  const table = await client.query<{ found: string | null }>(
    `SELECT to_regclass('"_prisma_migrations"')::text AS found`,
  );
  if (table.rows[0]?.found == null) return undefined;
  const rows = await client.query<{ migration_name: string }>(
    'SELECT migration_name FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  return rows.rows.length === 0 ? undefined : new Set(rows.rows.map((row) => row.migration_name));
}

async function hasLitellmTables(client: pg.Client): Promise<boolean> {
  const table = await client.query<{ found: string | null }>(
    `SELECT to_regclass('"LiteLLM_VerificationToken"')::text AS found`,
  );
  return table.rows[0]?.found != null;
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  const sql = readFileSync(migration.file, 'utf8');
  const checksum = createHash('sha256').update(sql).digest('hex');
  if (checksum !== migration.checksum) {
    throw new MigrationFailure(`${migration.file} was changed: its SHA-256 is not the one in ORDER.`, {
      mend: 'Run `git checkout packages/litellm/migrations`, or write the folder anew with scripts/refresh-litellm-migrations.mjs.',
    });
  }
  const record = recordStatement(migration);
  try {
    // Statements sent together are one transaction, so a failed migration leaves neither half its
    // changes nor its record. CREATE INDEX CONCURRENTLY refuses that and goes alone.
    if (/^\s*CREATE\s+(UNIQUE\s+)?INDEX\s+CONCURRENTLY\b/im.test(sql)) {
      await client.query(sql);
      await client.query(record);
    } else {
      await client.query(`${sql}\n;\n${record}`);
    }
  } catch (error) {
    const reason = errorMessage(error);
    throw new MigrationFailure(`Migration "${migration.name}" failed: ${reason}.`, {
      mend: 'The database is as it was before this migration. It must have been empty, or LiteLLM’s own.',
      cause: error,
    });
  }
}

function recordStatement({ name, checksum }: Migration): string {
  return (
    'INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count) ' +
    `VALUES ('${randomUUID()}', ${pg.escapeLiteral(checksum)}, ${pg.escapeLiteral(name)}, now(), 1)`
  );
}
