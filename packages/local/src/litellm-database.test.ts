import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectPostgres, PostgresKeyStore, PostgresUsers, prepareLitellmDatabase } from '@genai-gateway/litellm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningPostgres, startPostgres } from './postgres.ts';
import { as, asked, databaseOfOwner, demandTls } from './testing/database-owner.ts';
import { cacheDir, temporaryState } from './testing/temporary-state.ts';

let kept: ReturnType<typeof temporaryState>;
let postgres: RunningPostgres;
beforeAll(async () => {
  kept = temporaryState();
  postgres = await startPostgres({ state: kept.state, cacheDir, signal: new AbortController().signal });
}, 60_000);
afterAll(async () => {
  await postgres?.stop();
  kept?.remove();
}, 60_000);

/** What a shell, a URL or SQL could take for something of its own. */
const strange = `p@ss/w:o?r#d%20 '"\\$&;--`;
const reader = { name: 'rows_gateway', password: 'one' };
const writer = { name: 'rows_litellm', password: strange };
const prepare = (url: string, more: Partial<Parameters<typeof prepareLitellmDatabase>[0]> = {}) => {
  const lines: string[] = [];
  const options = { url, logins: [reader, writer], log: (line: string) => void lines.push(line), patienceMs: 30_000 };
  return prepareLitellmDatabase({ ...options, ...more }).then(() => lines);
};

describe('the migration of a deployment', { timeout: 60_000 }, () => {
  it('makes tables, views, indexes and logins in an empty database, and the next time nothing', async () => {
    const owner = await databaseOfOwner(postgres.url, 'first');
    expect(await prepare(owner)).toEqual([
      'Migrations: 213 of 213 applied, the others were in place.',
      'Views: 8 made. Indexes: 2 made.',
      'Logins: rows_gateway, rows_litellm.',
    ]);
    expect((await prepare(owner)).slice(0, 2)).toEqual([
      'Migrations: 0 of 213 applied, the others were in place.',
      'Views: 0 made. Indexes: 0 made.',
    ]);
  });

  it.each([reader, writer])('lets $name read and write rows, also of later tables, and change none', async (login) => {
    const owner = await databaseOfOwner(postgres.url, `rights_${login.name}`);
    await prepare(owner);
    await asked(owner, ['CREATE TABLE later (id serial, text text)']);
    const url = as(owner, login.name, login.password);
    await asked(url, [
      `INSERT INTO "LiteLLM_TeamTable" (team_id) VALUES ('t')`,
      `UPDATE "LiteLLM_TeamTable" SET team_alias = 'a'`,
      'SELECT * FROM "LiteLLM_VerificationTokenView"',
      'DELETE FROM "LiteLLM_TeamTable"',
      "INSERT INTO later (text) VALUES ('x')",
      'SELECT * FROM "_prisma_migrations"',
    ]);
    for (const change of [
      'CREATE TABLE mine (a int)',
      'ALTER TABLE "LiteLLM_TeamTable" ADD COLUMN mine int',
      'DROP TABLE "LiteLLM_TeamTable"',
      'TRUNCATE "LiteLLM_SpendLogs"',
      'DELETE FROM "_prisma_migrations"',
      'CREATE ROLE other',
      "ALTER ROLE owner PASSWORD 'x'",
    ]) {
      await expect(asked(url, [change]), change).rejects.toMatchObject({ code: '42501' });
    }
  });

  it('gives a login that is there its new password, and the old one opens nothing any more', async () => {
    const owner = await databaseOfOwner(postgres.url, 'rotated');
    await prepare(owner);
    await prepare(owner, { logins: [{ ...reader, password: 'two' }, writer] });
    await asked(as(owner, reader.name, 'two'), ['SELECT 1']);
    await expect(asked(as(owner, reader.name, 'one'), ['SELECT 1'])).rejects.toMatchObject({ code: '28P01' });
    await prepare(owner);
  });

  it('is done once by two at the same time', async () => {
    const owner = await databaseOfOwner(postgres.url, 'twice');
    const [one, two] = await Promise.all([prepare(owner), prepare(owner)]);
    const all = [...(one ?? []), ...(two ?? [])];
    expect(all.filter((line) => line.startsWith('Migrations')).sort()).toEqual([
      'Migrations: 0 of 213 applied, the others were in place.',
      'Migrations: 213 of 213 applied, the others were in place.',
    ]);
    expect(all).toContain('Another migration is at it. Waiting for its end.');
  });

  it('waits for a database that is not there yet, and not for one that it may not open', async () => {
    const owner = await databaseOfOwner(postgres.url, 'closed');
    const begun = Date.now();
    await expect(prepare(as(owner, 'owner', 'wrong'))).rejects.toMatchObject({ code: '28P01' });
    expect(Date.now() - begun).toBeLessThan(5_000);
    await expect(prepare('postgresql://u:p@127.0.0.1:1/none', { patienceMs: 1_500 })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    expect(Date.now() - begun).toBeGreaterThan(1_500);
  });

  it('refuses to make the owner a login', async () => {
    const owner = await databaseOfOwner(postgres.url, 'owned');
    const itself = { name: 'owner', password: 'x' };
    await expect(prepare(owner, { logins: [itself] })).rejects.toThrow(/The role owner is no login for a service/);
  });

  it('refuses to make a login of the role that all logins are members of, before anything is done', async () => {
    const owner = await databaseOfOwner(postgres.url, 'grouped');
    const group = { name: 'litellm_rows', password: 'x' };
    await expect(prepare(owner, { logins: [reader, group] })).rejects.toMatchObject({
      name: 'MigrationFailure',
      message: expect.stringContaining('The role litellm_rows is no login for a service'),
      mend: expect.stringContaining('GATEWAY_DATABASE_USER'),
    });
    const tables = await asked(owner, ["SELECT 1 FROM pg_tables WHERE schemaname = 'public'"]);
    expect(tables).toEqual([]);
  });

  it('shows no password to who reads the statements of the server', async () => {
    const owner = await databaseOfOwner(postgres.url, 'logged');
    await asked(postgres.url, ["ALTER SYSTEM SET log_statement = 'all'", 'SELECT pg_reload_conf()']);
    await prepare(owner, { logins: [{ ...reader, password: 'readable-by-nobody' }] });
    await asked(postgres.url, ['ALTER SYSTEM RESET log_statement', 'SELECT pg_reload_conf()']);
    const log = readFileSync(kept.state.file('postgres.log'), 'utf8');
    expect(log).toContain('ALTER ROLE "rows_gateway" WITH LOGIN PASSWORD');
    expect(log).not.toContain('readable-by-nobody');
  });
});

describe('a login whose secret rotates', { timeout: 60_000 }, () => {
  const signal = AbortSignal.timeout(60_000);
  const usersOf = (owner: string) =>
    new PostgresUsers({
      urlOf: ({ username, password }) => as(owner, username, password),
      owner: async () => ({ username: 'owner', password: decodeURIComponent(new URL(owner).password) }),
    });
  const second = { username: 'rows_gateway_b', password: 'two' };

  it('is made beside the first one, with the same rights, and gets a new password later', async () => {
    const owner = await databaseOfOwner(postgres.url, 'turns');
    const users = usersOf(owner);
    await prepare(owner);
    await users.set(second, signal);
    await users.set(second, signal);
    await users.check(second, signal);
    await users.check({ username: reader.name, password: reader.password }, signal);
    await asked(owner, ['CREATE TABLE later (id serial)']);
    await users.check(second, signal);
    await users.set({ ...second, password: 'three' }, signal);
    await users.check({ ...second, password: 'three' }, signal);
    await expect(users.check(second, signal)).rejects.toMatchObject({ code: '28P01' });
    const changes = asked(as(owner, second.username, 'three'), ['DROP TABLE "LiteLLM_TeamTable"']);
    await expect(changes).rejects.toMatchObject({ code: '42501' });
  });

  it('is found out when it lacks a right, or opens another database', async () => {
    const owner = await databaseOfOwner(postgres.url, 'poor');
    const users = usersOf(owner);
    await prepare(owner);
    await users.set(second, signal);
    await asked(owner, ['REVOKE UPDATE ON "LiteLLM_SpendLogs" FROM litellm_rows']);
    await expect(users.check(second, signal)).rejects.toThrow(
      /rows_gateway_b may not read and write LiteLLM_SpendLogs/,
    );
    const empty = usersOf(await databaseOfOwner(postgres.url, 'bare'));
    await expect(empty.check(second, signal)).rejects.toMatchObject({ code: '42P01' });
  });

  it('is never the owner', async () => {
    const owner = await databaseOfOwner(postgres.url, 'refused');
    const itself = { username: 'owner', password: 'x' };
    await expect(usersOf(owner).set(itself, signal)).rejects.toThrow(/The role owner is no login for a service/);
    await asked(owner, ['SELECT 1']);
  });
});

describe('a database that demands TLS', { timeout: 60_000 }, () => {
  it('is opened by its authority and its own name, and by nothing else', async () => {
    const owner = new URL(await databaseOfOwner(postgres.url, 'guarded'));
    const folder = mkdtempSync(join(tmpdir(), 'gateway-ca-'));
    const file = join(folder, 'ca of the database.pem');
    // Behind others in one file, with remarks between them.
    const ofRds = new URL('../../../containers/litellm/rds-ca.pem', import.meta.url);
    writeFileSync(file, `${readFileSync(ofRds, 'utf8')}\n# Ours\n${await demandTls(postgres.url)}`);
    const trusting = (host: string, query: Readonly<Record<string, string>>) => {
      const url = new URL(owner);
      url.hostname = host;
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      return url.href;
    };
    const verified = { sslmode: 'verify-full', sslrootcert: file };
    expect(await prepare(trusting('localhost', verified))).toHaveLength(3);

    const url = as(trusting('localhost', verified), writer.name, writer.password);
    const pool = connectPostgres({ url, max: 2 });
    expect(await new PostgresKeyStore(pool).findByHash('0'.repeat(64), AbortSignal.timeout(5_000))).toBeUndefined();
    const { rows } = await pool.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    expect(rows).toEqual([{ ssl: true }]);
    await pool.end();

    await expect(prepare(owner.href)).rejects.toMatchObject({ code: '28000' });
    await expect(prepare(trusting('localhost', { sslmode: 'verify-full' }))).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
    await expect(prepare(trusting('localhost.localdomain', verified), { patienceMs: 0 })).rejects.toThrow();
    await expect(prepare(trusting('127.0.0.1', verified))).rejects.toThrow();
    rmSync(folder, { recursive: true });
  });
});
