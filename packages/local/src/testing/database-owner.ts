import { chownSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { localhostCertificate } from './localhost-certificate.ts';

/** As RDS's master user: owns its databases and makes roles, and is no superuser. */
const owner = { name: 'owner', password: 'of the tables' };

/** A new database of that owner's, who is made with the first one. Gives the owner's URL. */
export async function databaseOfOwner(superuserUrl: string, name: string): Promise<string> {
  const [found] = await asked(superuserUrl, [`SELECT 1 FROM pg_roles WHERE rolname = '${owner.name}'`]);
  const password = pg.escapeLiteral(owner.password);
  if (found === undefined) {
    await asked(superuserUrl, [`CREATE ROLE ${owner.name} LOGIN CREATEROLE CREATEDB PASSWORD ${password}`]);
  }
  await asked(superuserUrl, [`CREATE DATABASE ${name} OWNER ${owner.name}`]);
  return as(superuserUrl, owner.name, owner.password, name);
}

/** The URL of another login, to the same server. */
export function as(url: string, user: string, password: string, database?: string): string {
  const changed = new URL(url);
  changed.username = user;
  changed.password = encodeURIComponent(password);
  if (database !== undefined) changed.pathname = `/${database}`;
  return changed.href;
}

/**
 * Has a running Postgres speak TLS with a certificate for `localhost`, and take nothing else. Gives the certificate of the
 * authority that signed it.
 */
export async function demandTls(superuserUrl: string): Promise<string> {
  const { key, certificate, authority } = localhostCertificate('Test authority of a database');
  const [row] = await asked(superuserUrl, ['SHOW data_directory']);
  const folder = String(row?.['data_directory']);
  const { uid, gid } = statSync(folder);
  for (const [file, text] of [
    ['server.crt', certificate],
    ['server.key', key],
    ['pg_hba.conf', 'hostssl all all 127.0.0.1/32 scram-sha-256\nhostnossl all gateway 127.0.0.1/32 scram-sha-256\n'],
  ] as const) {
    writeFileSync(join(folder, file), text, { mode: 0o600 });
    chownSync(join(folder, file), uid, gid);
  }
  await asked(superuserUrl, ["ALTER SYSTEM SET ssl = 'on'"]);
  await asked(superuserUrl, ['SELECT pg_reload_conf()']);
  return authority;
}

/** Runs statements one by one in one connection, and gives the rows of the last one. */
export async function asked(url: string, statements: readonly string[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const each of statements) rows = (await client.query<Record<string, unknown>>(each)).rows;
    return rows;
  } finally {
    await client.end();
  }
}
