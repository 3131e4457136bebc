import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listMigrations, litellmMigrations, migrate } from '@genai-gateway/litellm';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDatabase } from './database.ts';
import { type RunningPostgres, startPostgres } from './postgres.ts';
import { keyHash } from './secrets.ts';
import { cacheDir, temporaryFolder, temporaryState } from './testing/temporary-state.ts';

/** The tables that the data plane or the Admin UI's figures need. */
const tables = [
  'LiteLLM_AccessGroupTable',
  'LiteLLM_BudgetTable',
  'LiteLLM_Config',
  'LiteLLM_CredentialsTable',
  'LiteLLM_DailyAgentSpend',
  'LiteLLM_DailyEndUserSpend',
  'LiteLLM_DailyOrganizationSpend',
  'LiteLLM_DailyTagSpend',
  'LiteLLM_DailyTeamSpend',
  'LiteLLM_DailyUserSpend',
  'LiteLLM_EndUserTable',
  'LiteLLM_ModelTable',
  'LiteLLM_ObjectPermissionTable',
  'LiteLLM_OrganizationMembership',
  'LiteLLM_OrganizationTable',
  'LiteLLM_ProjectTable',
  'LiteLLM_ProxyModelTable',
  'LiteLLM_SpendLogs',
  'LiteLLM_TeamMembership',
  'LiteLLM_TeamTable',
  'LiteLLM_UserTable',
  'LiteLLM_VerificationToken',
];

const signal = new AbortController().signal;
let kept: ReturnType<typeof temporaryState>;
let postgres: RunningPostgres;
beforeAll(async () => {
  kept = temporaryState();
  postgres = await startPostgres({ state: kept.state, cacheDir, signal });
}, 60_000);
afterAll(async () => {
  await postgres?.stop();
  kept?.remove();
});

async function query(sql: string, values: unknown[] = [], database = 'litellm'): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: postgres.url.replace(/litellm$/, database) });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

async function freshDatabase(name: string): Promise<string> {
  await query(`CREATE DATABASE ${name}`);
  return postgres.url.replace(/litellm$/, name);
}

describe('the migrations', { timeout: 60_000 }, () => {
  it('are the files that ORDER lists, unchanged', () => {
    const migrations = listMigrations(litellmMigrations);
    expect(migrations.length).toBe(213);
    for (const { checksum, file, name } of migrations) {
      expect(createHash('sha256').update(readFileSync(file)).digest('hex'), name).toBe(checksum);
    }
  });

  it('apply to an empty database, once, and give LiteLLM its tables', async () => {
    expect(await prepareDatabase(postgres.url, [], signal)).toEqual({ applied: 213, total: 213 });
    expect(await prepareDatabase(postgres.url, [], signal)).toEqual({ applied: 0, total: 213 });
    const rows = await query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
    expect(rows.map((row) => row['tablename'])).toEqual(expect.arrayContaining(tables));
  });

  it('of a newer LiteLLM are refused by name before anything is written', async () => {
    const url = await freshDatabase('newer');
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await migrate(client);
      await client.query(`DELETE FROM "_prisma_migrations" WHERE migration_name LIKE '%add_credential_display_name'`);
      await client.query(
        `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count)
         VALUES ('x', 'x', '20991231000000_from_the_future', now(), 1)`,
      );
      const failed = prepareDatabase(url, ['sk-not-written'], signal);
      await expect(failed).rejects.toThrow(/newer than 1\.106\.2[\s\S]*20991231000000_from_the_future/);
      await expect(failed).rejects.toMatchObject({ name: 'LaunchFailure', mend: expect.stringMatching(/--state DIR/) });
      expect((await client.query('SELECT * FROM "LiteLLM_VerificationToken"')).rows).toEqual([]);
      expect((await client.query('SELECT * FROM "_prisma_migrations"')).rowCount).toBe(213);
    } finally {
      await client.end();
    }
  });

  it('that a database lacks are the only ones applied', async () => {
    const url = await freshDatabase('behind');
    await prepareDatabase(url, [], signal);
    const last = listMigrations(litellmMigrations).at(-1)?.name;
    expect(last).toMatch(/add_credential_display_name$/);
    // As an older LiteLLM would have left it: without the last change and its record.
    await query('DELETE FROM "_prisma_migrations" WHERE migration_name = $1', [last], 'behind');
    await query('ALTER TABLE "LiteLLM_CredentialsTable" DROP COLUMN display_name', [], 'behind');
    expect(await prepareDatabase(url, [], signal)).toEqual({ applied: 1, total: 213 });
  });

  it('bring tables of an older LiteLLM, with what is in them, to those of this one', async () => {
    const url = await freshDatabase('older');
    const all = listMigrations(litellmMigrations);
    const half = temporaryFolder();
    cpSync(litellmMigrations, half.path, { recursive: true });
    const order = all.slice(0, 100).map(({ checksum, name }) => `${checksum}  ${name}\n`);
    writeFileSync(join(half.path, 'ORDER'), order.join(''));
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      expect(await migrate(client, half.path)).toEqual({ applied: 100, total: 100 });
      await client.query(`INSERT INTO "LiteLLM_TeamTable" (team_id, team_alias) VALUES ('t1', 'old team')`);
      expect(await prepareDatabase(url, ['sk-older-1'], signal)).toEqual({ applied: 113, total: 213 });
      expect((await client.query('SELECT team_alias FROM "LiteLLM_TeamTable"')).rows).toEqual([
        { team_alias: 'old team' },
      ]);
      expect(await prepareDatabase(url, [], signal)).toEqual({ applied: 0, total: 213 });
    } finally {
      await client.end();
      half.remove();
    }
  });

  it('leave neither a change nor a record when one fails', async () => {
    const url = await freshDatabase('failing');
    const folder = temporaryFolder();
    const sql = 'CREATE TABLE half (a int); SELECT 1/0;';
    writeFileSync(join(folder.path, '1.sql'), sql);
    writeFileSync(join(folder.path, 'ORDER'), `${createHash('sha256').update(sql).digest('hex')}  1\n`);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await expect(migrate(client, folder.path)).rejects.toThrow(/"1" failed: division by zero/);
      expect((await client.query(`SELECT to_regclass('half') AS found`)).rows).toEqual([{ found: null }]);
      expect((await client.query('SELECT * FROM "_prisma_migrations"')).rows).toEqual([]);
    } finally {
      await client.end();
      folder.remove();
    }
  });

  it('are refused when a file is not what ORDER says', async () => {
    const url = await freshDatabase('changed');
    const folder = temporaryFolder();
    cpSync(litellmMigrations, folder.path, { recursive: true });
    writeFileSync(listMigrations(folder.path)[0]?.file ?? '', 'SELECT 1;');
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await expect(migrate(client, folder.path)).rejects.toThrow(/was changed/);
    } finally {
      await client.end();
      folder.remove();
    }
  });

  it('are not applied over tables of unknown making', async () => {
    const url = await freshDatabase('unknown');
    await query('CREATE TABLE "LiteLLM_VerificationToken" (token text)', [], 'unknown');
    await expect(prepareDatabase(url, [], signal)).rejects.toThrow(/no record/);
  });
});

describe('virtual keys', () => {
  it('are stored as LiteLLM stores them, and an existing one keeps its limits', async () => {
    await prepareDatabase(postgres.url, ['sk-first-1234', 'sk-second-5678'], signal);
    await query('UPDATE "LiteLLM_VerificationToken" SET rpm_limit = 7 WHERE token = $1', [keyHash('sk-first-1234')]);
    await prepareDatabase(postgres.url, ['sk-first-1234'], signal);
    const rows = await query(
      'SELECT token, key_name, key_alias, models, rpm_limit::int FROM "LiteLLM_VerificationToken" ORDER BY key_alias',
    );
    expect(rows).toEqual([
      // printf %s sk-first-1234 | sha256sum
      { token: keyHash('sk-first-1234'), key_name: 'sk-...1234', key_alias: 'local', models: [], rpm_limit: 7 },
      { token: keyHash('sk-second-5678'), key_name: 'sk-...5678', key_alias: 'local-2', models: [], rpm_limit: null },
    ]);
    expect(keyHash('sk-1234')).toBe('88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b');
  });

  it('need a database that can be reached', async () => {
    const url = 'postgresql://user:secret@127.0.0.1:1/none';
    const failed = prepareDatabase(url, [], signal);
    await expect(failed).rejects.toThrow(/127\.0\.0\.1:1\/none cannot be opened/);
    await expect(failed).rejects.not.toThrow(/secret/);
  }, 20_000);
});
