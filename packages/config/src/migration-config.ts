import { addressProblems, databaseUrl } from './addresses.ts';
import { unusable } from './gateway-config.ts';

/** What the migration of the database is told: who owns it, and who gets to log in. */
export interface MigrationConfig {
  /** Of the owner, as `pg` takes it. */
  readonly databaseUrl: string;
  readonly logins: readonly { readonly name: string; readonly password: string }[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const logins = ['GATEWAY_DATABASE', 'LITELLM_DATABASE'] as const;

/**
 * Reads the migration's configuration: the database as the gateway's own (its variables, with the owner's login), and
 * `GATEWAY_DATABASE_USER`, `_PASSWORD`, `LITELLM_DATABASE_USER`, `_PASSWORD`. Throws `ConfigError` that names every
 * variable at fault, never its value.
 */
export function readMigrationConfig(env: Environment): MigrationConfig {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined && value !== '') given[name] = value;
  const { DATABASE_PORT: port, ...database } = given;
  const problems = addressProblems(
    Object.fromEntries(Object.entries(given).filter(([name]) => name.startsWith('DATABASE_'))),
  );
  if (port !== undefined && !/^[1-9]\d{0,4}$/.test(port))
    problems.push('DATABASE_PORT has to be the number of a port.');
  if (given['DATABASE_URL'] !== undefined && !URL.canParse(given['DATABASE_URL'])) {
    problems.push('DATABASE_URL must be a URL that starts with postgresql://.');
  }
  const roles = logins.map((prefix) => ({ name: given[`${prefix}_USER`], password: given[`${prefix}_PASSWORD`] }));
  for (const [index, { name, password }] of roles.entries()) {
    if (name === undefined) problems.push(`${logins[index]}_USER is not set. The role that the service logs in as.`);
    if (password === undefined) problems.push(`${logins[index]}_PASSWORD is not set. The password of that role.`);
    else if (!/^[\x20-\x7e]+$/.test(password)) problems.push(`${logins[index]}_PASSWORD has to be printable ASCII.`);
  }
  if (new Set(roles.map(({ name }) => name)).size < roles.length) {
    problems.push(`${logins.map((prefix) => `${prefix}_USER`).join(' and ')} have to be two roles.`);
  }
  if (problems.length > 0) throw unusable('configuration', problems);
  return {
    databaseUrl: databaseUrl({ ...database, ...(port === undefined ? {} : { DATABASE_PORT: Number(port) }) }),
    logins: roles.map(({ name = '', password = '' }) => ({ name, password })),
  };
}
