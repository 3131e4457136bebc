import { hash } from 'node:crypto';
import { noAllowance } from '@genai-gateway/core';
import { noTags } from '@genai-gateway/identity';
import { connectPostgres, keyTables, PostgresKeyStore } from '@genai-gateway/litellm';
import type pg from 'pg';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testDatabase } from './testing/test-database.ts';

const idleErrors: Error[] = [];
const database = testDatabase({ max: 2, onIdleError: (error) => idleErrors.push(error) });
const open = AbortSignal.timeout(600_000);
let store: PostgresKeyStore;

beforeAll(() => {
  store = new PostgresKeyStore(database.pool);
});

const sha256 = (text: string) => hash('sha256', text, 'hex');
const token = sha256('sk-test');

type Values = Readonly<Record<string, unknown>>;

const addKey = (values: Values = {}) => database.insert('LiteLLM_VerificationToken', { token, ...values });
const written = { created_by: 'test', updated_by: 'test' };
const addBudget = (budget_id: string, values: Values) =>
  database.insert('LiteLLM_BudgetTable', { budget_id, ...written, ...values });

beforeEach(async () => {
  await database.pool.query(`TRUNCATE ${[...new Set(keyTables.map((each) => `"${each.table}"`))].join(', ')},
    "LiteLLM_ModelTable", "LiteLLM_AccessGroupTable", "LiteLLM_DeprecatedVerificationToken" CASCADE`);
});

test('a hash that is not there is no key', async () => {
  expect(await store.findByHash(sha256('sk-other'), open)).toBeUndefined();
});

test('a plain key has nothing set', async () => {
  await addKey({ key_alias: 'mine', models: ['a'], aliases: { x: 'y' }, allowed_routes: ['/chat/completions'] });
  expect(await store.findByHash(token, open)).toEqual({
    keyHash: token,
    keyAlias: 'mine',
    userId: undefined,
    userEmail: undefined,
    userRole: undefined,
    teamId: undefined,
    teamAlias: undefined,
    organizationId: undefined,
    projectId: undefined,
    blocked: false,
    teamBlocked: false,
    projectBlocked: false,
    expiresAtMs: undefined,
    allowedRoutes: ['/chat/completions'],
    modelScopes: [{ scope: 'key', models: ['a'], groupModels: [] }],
    grantedNames: ['a'],
    teamAliases: {},
    keyAliases: { x: 'y' },
    settings: [],
    allowance: noAllowance,
    tags: noTags,
    endUserBudgetId: undefined,
  });
});

test('an expiry is UTC, whatever the zone of this machine', async () => {
  const before = process.env['TZ'];
  process.env['TZ'] = 'America/New_York';
  try {
    await database.pool.query(
      `INSERT INTO "LiteLLM_VerificationToken" (token, expires) VALUES ($1, '2026-11-22 10:30:00.250')`,
      [token],
    );
    const key = await store.findByHash(token, open);
    expect(key?.expiresAtMs).toBe(Date.UTC(2026, 10, 22, 10, 30, 0, 250));
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  }
});

test('everything around a key is joined', async () => {
  await addBudget('of-key', { rpm_limit: 7 });
  await addBudget('of-member', { max_budget: 0, allowed_models: ['m1'] });
  await addBudget('of-project', { tpm_limit: '9007199254740993' });
  await addBudget('of-organization', { max_budget: 100, model_max_budget: JSON.stringify({ a: { max_budget: 1 } }) });
  await database.insert('LiteLLM_OrganizationTable', {
    organization_id: 'o1',
    organization_alias: 'o',
    budget_id: 'of-organization',
    models: ['o-model'],
    ...written,
  });
  await database.insert('LiteLLM_ModelTable', { id: 5, aliases: JSON.stringify({ fast: 'nova' }), ...written });
  await database.insert('LiteLLM_TeamTable', {
    team_id: 't1',
    team_alias: 'Team',
    organization_id: 'o1',
    models: ['t-model'],
    model_id: 5,
    blocked: true,
    metadata: { guardrails: ['g'], note: 'x' },
    access_group_ids: ['ag-team'],
  });
  await database.insert('LiteLLM_UserTable', {
    user_id: 'u1',
    user_email: 'u@x.example',
    user_role: 'proxy_admin_viewer',
    models: ['u-model'],
    max_budget: 5,
    rpm_limit: 3,
  });
  await database.insert('LiteLLM_TeamMembership', { user_id: 'u1', team_id: 't1', budget_id: 'of-member' });
  await database.insert('LiteLLM_ProjectTable', {
    project_id: 'p1',
    models: ['p-model'],
    blocked: true,
    budget_id: 'of-project',
    ...written,
  });
  const group = (access_group_id: string, model: string, more: Values = {}) =>
    database.insert('LiteLLM_AccessGroupTable', {
      access_group_id,
      access_group_name: access_group_id,
      access_model_names: [model],
      ...more,
    });
  await group('ag-team', 'of-team-group');
  await group('ag-key', 'of-key-group');
  await group('ag-given-team', 'given-to-team', { assigned_team_ids: ['t1'] });
  await group('ag-given-key', 'given-to-key', { assigned_key_ids: [token] });
  await group('ag-foreign', 'foreign', { assigned_team_ids: ['t1'], assigned_key_ids: [token] });
  await addKey({
    user_id: 'u1',
    team_id: 't1',
    project_id: 'p1',
    budget_id: 'of-key',
    models: ['k-model'],
    max_budget: Number.NaN,
    access_group_ids: ['ag-key', 'ag-given-team', 'ag-given-key'],
  });
  const key = await store.findByHash(token, open);
  expect(key).toMatchObject({
    userId: 'u1',
    userEmail: 'u@x.example',
    userRole: 'proxy_admin_viewer',
    teamId: 't1',
    teamAlias: 'Team',
    projectId: 'p1',
    organizationId: 'o1',
    blocked: false,
    teamBlocked: true,
    projectBlocked: true,
    teamAliases: { fast: 'nova' },
  });
  const scopes = key?.modelScopes.map((each) => ({ ...each, groupModels: each.groupModels.toSorted() }));
  expect(scopes).toEqual([
    { scope: 'key', models: ['k-model'], groupModels: ['given-to-key', 'given-to-team', 'of-key-group'] },
    { scope: 'team', models: ['t-model'], groupModels: ['given-to-key', 'given-to-team', 'of-team-group'] },
    { scope: 'team-member', models: ['m1'], groupModels: [] },
    { scope: 'project', models: ['p-model'], groupModels: [] },
  ]);
  expect(key?.grantedNames).toEqual(['k-model', 't-model', 'm1', 'p-model', 'o-model']);
  expect(key?.settings.map((each) => `${each.scope} ${each.kind} ${each.name}`).toSorted()).toEqual([
    'team guardrails metadata.guardrails',
  ]);
  expect(key?.allowance.limits.map((each) => `${each.counter} ${each.requestsPerMinute}`)).toEqual([
    `api_key:${token} 7`,
    'user:u1 3',
  ]);
  expect(key?.allowance.budgets.map((each) => `${each.counter} ${each.maxNanoUsd}`)).toEqual([
    'spend:team_member:u1:t1 0',
    'spend:org:o1 100000000000',
  ]);
});

describe('rotation', () => {
  const old = sha256('sk-old');
  const rotate = (interval: string) =>
    database.pool.query(
      `INSERT INTO "LiteLLM_DeprecatedVerificationToken" (id, token, active_token_id, revoke_at)
       VALUES ('1', $1, $2, (now() AT TIME ZONE 'UTC') + $3::interval)`,
      [old, token, interval],
    );

  test('within its grace the old key is the new one', async () => {
    await addKey({ key_alias: 'rotated' });
    await rotate('1 minute');
    expect(await store.findByHash(old, open)).toMatchObject({ keyHash: token, keyAlias: 'rotated' });
  });

  test('after its grace the old key is none', async () => {
    await addKey();
    await rotate('-1 second');
    expect(await store.findByHash(old, open)).toBeUndefined();
  });
});

test('every column of the tables has been decided about', async () => {
  for (const { table, rules } of keyTables) {
    const { rows } = await database.pool.query<{ name: string }>(
      'SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1',
      [table],
    );
    const known = Object.keys(rules);
    const columns = rows.map((row) => row.name);
    expect({ table, undecided: columns.filter((name) => !known.includes(name)) }).toEqual({ table, undecided: [] });
    expect({ table, gone: known.filter((name) => !columns.includes(name)) }).toEqual({ table, gone: [] });
  }
});

test('a column that changes its type under the prepared statement is no failure', async () => {
  await addKey({ rpm_limit: 5 });
  const clients = [await database.pool.connect(), await database.pool.connect()];
  for (const client of clients) client.release();
  await Promise.all([store.findByHash(token, open), store.findByHash(token, open)]);
  const to = (type: string) => `"LiteLLM_VerificationToken" ALTER COLUMN rpm_limit TYPE ${type}`;
  await database.whileAltered(to('integer'), to('bigint'), async () => {
    const [one, two] = await Promise.all([store.findByHash(token, open), store.findByHash(token, open)]);
    expect(one?.allowance.limits).toHaveLength(1);
    expect(two?.allowance.limits).toHaveLength(1);
  });
});

describe('a caller who leaves', () => {
  test('while the table is locked: the look-up ends with the reason, and the pool is whole', async () => {
    await addKey();
    const locker = connectPostgres({ url: database.postgres.url, max: 1 });
    const lock = await locker.connect();
    try {
      await lock.query('BEGIN; LOCK TABLE "LiteLLM_VerificationToken" IN ACCESS EXCLUSIVE MODE');
      const leave = new AbortController();
      const lookup = store.findByHash(token, leave.signal);
      await expect.poll(() => waiting(lock)).toBe(1);
      const before = database.pool.totalCount;
      leave.abort(new Error('left'));
      await expect(lookup).rejects.toThrow('left');
      // Its connection still waits in the server for the lock: the pool must not hand it to the next caller.
      expect(database.pool.totalCount).toBe(before - 1);
    } finally {
      await lock.query('ROLLBACK');
      lock.release();
      await locker.end();
    }
    expect(database.pool.totalCount - database.pool.idleCount).toBe(0);
    expect(await store.findByHash(token, open)).toMatchObject({ keyHash: token });
  });

  test('while waiting for a connection: none is lost', async () => {
    await addKey();
    const held = [await database.pool.connect(), await database.pool.connect()];
    const leave = new AbortController();
    const lookup = store.findByHash(token, leave.signal);
    leave.abort(new Error('left'));
    await expect(lookup).rejects.toThrow('left');
    for (const client of held) client.release();
    const found = await Promise.all([1, 2, 3].map(() => store.findByHash(token, open)));
    expect(found.every((key) => key?.keyHash === token)).toBe(true);
    expect(database.pool.totalCount - database.pool.idleCount).toBe(0);
  });

  test('before it began: nothing is asked', async () => {
    await expect(store.findByHash(token, AbortSignal.abort(new Error('left')))).rejects.toThrow('left');
  });
});

async function waiting(client: pg.PoolClient): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'`,
  );
  return rows[0]?.n ?? 0;
}

test("a refused statement is the database's own error, and its connection goes on", async () => {
  const table = '"LiteLLM_DeprecatedVerificationToken"';
  await database.whileAltered(`${table} RENAME TO "gone"`, `"gone" RENAME TO ${table}`, async () => {
    await expect(store.findByHash(sha256('sk-none'), open)).rejects.toMatchObject({ code: '42P01' });
  });
  expect(database.pool.totalCount - database.pool.idleCount).toBe(0);
});

test('a restart of Postgres is outlived', async () => {
  await addKey();
  expect(await store.findByHash(token, open)).toBeDefined();
  await database.postgres.stop();
  await expect.poll(() => idleErrors.length).toBeGreaterThan(0);
  await expect(store.findByHash(token, open)).rejects.toThrow();
  await database.start();
  expect(await store.findByHash(token, open)).toMatchObject({ keyHash: token });
}, 60_000);
