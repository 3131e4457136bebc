import { type DatabaseUsers, type Login, RotationFailure } from '@genai-gateway/rotation';
import type pg from 'pg';
import { setLoginRole } from './login-roles.ts';
import { MigrationFailure } from './migration-failure.ts';
import { openConnection } from './open-connection.ts';

export interface PostgresUsersOptions {
  /** The database as a login opens it, `postgresql://…`. */
  readonly urlOf: (login: Login) => string;
  /** The role that owns the tables and made the other logins. */
  readonly owner: (signal: AbortSignal) => Promise<Login>;
}

const TIMEOUT_MS = 15_000;

/** Tables of LiteLLM's that a login may not read and write, the record of migrations apart. */
const forbiddenTables = `
  SELECT c.relname AS name FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> '_prisma_migrations'
    AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
      AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'))
  ORDER BY 1 LIMIT 3`;

/** The port `DatabaseUsers` over Postgres. Passwords reach the server as SCRAM verifiers, so no log of it shows one. */
export class PostgresUsers implements DatabaseUsers {
  readonly #options: PostgresUsersOptions;

  constructor(options: PostgresUsersOptions) {
    this.#options = options;
  }

  async set({ username, password }: Login, signal: AbortSignal): Promise<void> {
    const owner = await this.#options.owner(signal);
    await this.#with(owner, signal, async (client) => {
      try {
        await setLoginRole(client, { name: username, password });
      } catch (error) {
        if (error instanceof MigrationFailure) throw new RotationFailure(error.message, error.mend);
        throw error;
      }
    });
  }

  async check(login: Login, signal: AbortSignal): Promise<void> {
    await this.#with(login, signal, async (client) => {
      // There are no tables at all where it is another database.
      await client.query('SELECT 1 FROM "LiteLLM_VerificationToken" LIMIT 1');
      const { rows } = await client.query<{ name: string }>(forbiddenTables);
      if (rows.length === 0) return;
      throw new RotationFailure(
        `The login ${login.username} may not read and write ${rows.map(({ name }) => name).join(', ')}.`,
        'Deploy again: the migration grants what is missing.',
      );
    });
  }

  async #with(login: Login, signal: AbortSignal, use: (client: pg.Client) => Promise<void>): Promise<void> {
    signal.throwIfAborted();
    const client = await openConnection({
      connectionString: this.#options.urlOf(login),
      connectionTimeoutMillis: TIMEOUT_MS,
      statement_timeout: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      application_name: 'genai-gateway-rotation',
    });
    try {
      await use(client);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
