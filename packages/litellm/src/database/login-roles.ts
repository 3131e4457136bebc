import pg from 'pg';
import { MigrationFailure } from './migration-failure.ts';
import { scramVerifier } from './scram.ts';

/** A role that a service logs in as. */
export interface LoginRole {
  readonly name: string;
  /** Printable ASCII. */
  readonly password: string;
}

/**
 * Makes roles that may read and write every row of LiteLLM's tables, now and of those to come, and change no table; the
 * record of migrations they may only read. A role that is there already gets the given password, which may be a new one.
 * The connection's own role has to own the tables and to have the right to make roles. All in one transaction. Throws
 * {@link MigrationFailure} for a role that is that one, a superuser, or may make roles too.
 */
export async function prepareLoginRoles(client: pg.Client, roles: readonly LoginRole[]): Promise<void> {
  await refuseOwners(client, roles);
  const statements: string[] = ['REVOKE CREATE ON SCHEMA public FROM PUBLIC'];
  for (const role of roles) statements.push(...statementsFor(role, await exists(client, role.name), client.database));
  await client.query(['BEGIN', ...statements, 'COMMIT'].join(';\n')).catch(async (error: unknown) => {
    await client.query('ROLLBACK');
    throw error;
  });
}

/** The owner's password would be another one from then on, and the service would be the owner. */
async function refuseOwners(client: pg.Client, roles: readonly LoginRole[]): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT rolname AS name FROM pg_roles WHERE rolname = ANY($1) AND (rolname = current_user OR rolsuper OR rolcreaterole)',
    [roles.map(({ name }) => name)],
  );
  const [first] = rows;
  if (first === undefined) return;
  throw new MigrationFailure(`The role ${first.name} is no login for a service: it owns the tables, or makes roles.`, {
    mend: 'Name another role in GATEWAY_DATABASE_USER or LITELLM_DATABASE_USER.',
  });
}

async function exists(client: pg.Client, name: string): Promise<boolean> {
  return (await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name])).rows.length > 0;
}

function statementsFor({ name, password }: LoginRole, isThere: boolean, database: string | undefined): string[] {
  const role = pg.escapeIdentifier(name);
  const verifier = pg.escapeLiteral(scramVerifier(password));
  const rows = 'SELECT, INSERT, UPDATE, DELETE';
  const sequences = 'USAGE, SELECT, UPDATE';
  return [
    `${isThere ? 'ALTER' : 'CREATE'} ROLE ${role} WITH LOGIN PASSWORD ${verifier}`,
    `GRANT CONNECT ON DATABASE ${pg.escapeIdentifier(database ?? '')} TO ${role}`,
    `GRANT USAGE ON SCHEMA public TO ${role}`,
    `GRANT ${rows} ON ALL TABLES IN SCHEMA public TO ${role}`,
    `GRANT ${sequences} ON ALL SEQUENCES IN SCHEMA public TO ${role}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ${rows} ON TABLES TO ${role}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ${sequences} ON SEQUENCES TO ${role}`,
    `REVOKE INSERT, UPDATE, DELETE ON "_prisma_migrations" FROM ${role}`,
  ];
}
