import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { supportedLitellmVersion } from '../proxy/version.ts';
import { unknownMigrations } from '../unknown-migrations.ts';
import { type LoginRole, prepareLoginRoles, refuseGroup } from './login-roles.ts';
import { MigrationFailure } from './migration-failure.ts';
import { migrate } from './migrations.ts';
import { openConnection } from './open-connection.ts';
import { createRequestLogIndexes } from './request-log-indexes.ts';
import { createMissingViews } from './views.ts';

export interface PrepareDatabaseOptions {
  /** `postgresql://…` of the role that owns the tables. */
  readonly url: string;
  /** Who reads and writes rows, and changes no table. */
  readonly logins: readonly LoginRole[];
  /** Lines that hold no secrets. */
  readonly log: (message: string) => void;
  /** How long to wait for the database, and then for another that is at it, milliseconds. */
  readonly patienceMs: number;
}

/** The lock that Prisma's own migration takes, so that an old LiteLLM that still migrates is waited for as well. */
const MIGRATION_LOCK = 72_707_369;
/** A change of a table that cannot begin keeps everybody else from the table, so it gives up. */
const LOCK_TIMEOUT_MS = 60_000;
const RETRY_MS = 500;

/**
 * Makes a database ready for LiteLLM and the gateway: tables, views, indexes, and their logins. What is there already
 * stays, so it can be done again at any time, also by two at once. Throws {@link MigrationFailure}, or what Postgres says.
 */
export async function prepareLitellmDatabase({ url, logins, log, patienceMs }: PrepareDatabaseOptions): Promise<void> {
  refuseGroup(logins);
  const client = await connected(url, Date.now() + patienceMs, log);
  try {
    await locked(client, Date.now() + patienceMs, log);
    await refuseNewer(client);
    await client.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`);
    const { applied, total } = await migrate(client);
    log(`Migrations: ${applied} of ${total} applied, the others were in place.`);
    log(`Views: ${await createMissingViews(client)} made. Indexes: ${await createRequestLogIndexes(client)} made.`);
    await prepareLoginRoles(client, logins);
    log(`Logins: ${logins.map(({ name }) => name).join(', ')}.`);
  } finally {
    // With the session its lock ends.
    await client.end().catch(() => undefined);
  }
}

/** Rejects when a newer LiteLLM has been at the tables. Nothing is written. */
export async function refuseNewer(client: pg.Client): Promise<void> {
  const unknown = await unknownMigrations(client);
  if (unknown.length === 0) return;
  const shown = unknown.slice(0, 5).join(', ');
  const more = unknown.length > 5 ? ` and ${unknown.length - 5} more` : '';
  throw new MigrationFailure(
    `The database was migrated by a LiteLLM newer than ${supportedLitellmVersion}, the one that this gateway works with. ` +
      `It does not know: ${shown}${more}.`,
    { mend: 'Nothing was written to it. Use a gateway made for that LiteLLM, or another database.' },
  );
}

async function connected(url: string, deadlineMs: number, log: (message: string) => void): Promise<pg.Client> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await openConnection({
        connectionString: url,
        connectionTimeoutMillis: 10_000,
        keepAlive: true,
        application_name: 'genai-gateway-migration',
      });
    } catch (error) {
      if (Date.now() > deadlineMs || isFinal(error)) throw error;
      if (failures % 20 === 0) log(`The database cannot be opened yet: ${(error as Error).message}`);
      await sleep(RETRY_MS);
    }
  }
}

/** A wrong login, no such database: time does not mend these, nor a certificate that is not trusted. */
function isFinal(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return ['28P01', '28000', '3D000'].includes(code) || /CERT|SELF_SIGNED|VERIFY/.test(code);
}

/**
 * By asking again and again, never by waiting in the database: who waits there holds a snapshot, and an index that is made
 * beside running calls waits for all of those.
 */
async function locked(client: pg.Client, deadlineMs: number, log: (message: string) => void): Promise<void> {
  for (let failures = 0; ; failures += 1) {
    const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [MIGRATION_LOCK]);
    if (rows[0]?.held === true) return;
    if (Date.now() > deadlineMs) {
      throw new MigrationFailure('Another migration of this database does not come to an end.', {
        mend: 'Look in pg_locks for who holds the advisory lock 72707369, and end it if it does nothing any more.',
      });
    }
    if (failures === 0) log('Another migration is at it. Waiting for its end.');
    await sleep(RETRY_MS);
  }
}
