import pg from 'pg';
import { MigrationFailure } from './migration-failure.ts';
import { scramVerifier } from './scram.ts';

/** A role that a service logs in as. */
export interface LoginRole {
  readonly name: string;
  /** Printable ASCII. */
  readonly password: string;
}

/** All rights of the services: a role that nobody logs in as. Logins are members of it, so all of them may do the same. */
const ROWS = 'litellm_rows';

const mend = 'Name another role in GATEWAY_DATABASE_USER or LITELLM_DATABASE_USER.';

/**
 * Makes roles that may read and write every row of LiteLLM's tables, now and of those to come, and change no table; the
 * record of migrations they may only read. A role that is there already gets the given password, which may be a new one.
 * The connection's own role has to own the tables and to have the right to make roles. All in one transaction. Throws
 * {@link MigrationFailure} for a role that is that one, a superuser, or may make roles too, and for the role of all rights.
 */
export async function prepareLoginRoles(client: pg.Client, roles: readonly LoginRole[]): Promise<void> {
  refuseGroup(roles);
  await refuseOwners(client, roles);
  const group = pg.escapeIdentifier(ROWS);
  const statements: string[] = ['REVOKE CREATE ON SCHEMA public FROM PUBLIC'];
  if (!(await exists(client, ROWS))) statements.push(`CREATE ROLE ${group} NOLOGIN`);
  statements.push(...rightsOf(group, client.database));
  for (const role of roles) statements.push(...(await loginStatements(client, role)));
  await inTransaction(client, statements);
}

/**
 * Makes one such role beside those that are there, or gives it this password. Throws {@link MigrationFailure} as
 * `prepareLoginRoles` does, and where that was never run.
 */
export async function setLoginRole(client: pg.Client, role: LoginRole): Promise<void> {
  refuseGroup([role]);
  await refuseOwners(client, [role]);
  if (!(await exists(client, ROWS))) {
    throw new MigrationFailure(`The database has no role ${ROWS}, whose members the logins of the services are.`, {
      mend: 'Deploy again: the migration makes it.',
    });
  }
  await inTransaction(client, await loginStatements(client, role));
}

async function inTransaction(client: pg.Client, statements: readonly string[]): Promise<void> {
  await client.query(['BEGIN', ...statements, 'COMMIT'].join(';\n')).catch(async (error: unknown) => {
    await client.query('ROLLBACK');
    throw error;
  });
}

/** Throws {@link MigrationFailure} where a login has the name of the role that all logins are members of. */
export function refuseGroup(roles: readonly LoginRole[]): void {
  if (roles.every(({ name }) => name !== ROWS)) return;
  throw new MigrationFailure(`The role ${ROWS} is no login for a service: it has the rights of all logins.`, { mend });
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
    mend,
  });
}

async function exists(client: pg.Client, name: string): Promise<boolean> {
  return (await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name])).rows.length > 0;
}

async function loginStatements(client: pg.Client, { name, password }: LoginRole): Promise<string[]> {
  const role = pg.escapeIdentifier(name);
  const verifier = pg.escapeLiteral(scramVerifier(password));
  return [
    `${(await exists(client, name)) ? 'ALTER' : 'CREATE'} ROLE ${role} WITH LOGIN PASSWORD ${verifier}`,
    `GRANT ${pg.escapeIdentifier(ROWS)} TO ${role}`,
  ];
}

function rightsOf(group: string, database: string | undefined): string[] {
  const rows = 'SELECT, INSERT, UPDATE, DELETE';
  const sequences = 'USAGE, SELECT, UPDATE';
  return [
    `GRANT CONNECT ON DATABASE ${pg.escapeIdentifier(database ?? '')} TO ${group}`,
    `GRANT USAGE ON SCHEMA public TO ${group}`,
    `GRANT ${rows} ON ALL TABLES IN SCHEMA public TO ${group}`,
    `GRANT ${sequences} ON ALL SEQUENCES IN SCHEMA public TO ${group}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ${rows} ON TABLES TO ${group}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ${sequences} ON SEQUENCES TO ${group}`,
    `REVOKE INSERT, UPDATE, DELETE ON "_prisma_migrations" FROM ${group}`,
  ];
}
