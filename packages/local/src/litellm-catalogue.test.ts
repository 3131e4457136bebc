import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CatalogueWatch,
  connectPostgres,
  keyTables,
  otherTables,
  PostgresEndUserStore,
  storedTables,
  unknownMigrations,
  watchCatalogue,
} from '@genai-gateway/litellm';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from './testing/temporary-state.ts';
import { testDatabase } from './testing/test-database.ts';

const database = testDatabase({ max: 2 });
const signal = AbortSignal.timeout(600_000);
const folder = temporaryFolder();
const configFile = join(folder.path, 'config.yaml');
const nova = 'us.amazon.nova-lite-v1:0';

afterAll(() => folder.remove());

type Values = Readonly<Record<string, unknown>>;

const written = { created_by: 'test', updated_by: 'test' };
const model = (model_name: string, values: Values = {}) =>
  database.insert('LiteLLM_ProxyModelTable', {
    model_id: model_name,
    model_name,
    litellm_params: { model: `bedrock/${nova}` },
    ...written,
    ...values,
  });
const now = '2026-11-23';
const guardrail = (litellm_params: unknown, values: Values = {}) =>
  database.insert('LiteLLM_GuardrailsTable', {
    guardrail_id: 'a187e5eb',
    guardrail_name: 'g1',
    litellm_params,
    updated_at: now,
    ...values,
  });
const groupBudget = async (group: string, max_budget: number | null) => {
  await database.insert('LiteLLM_BudgetTable', { budget_id: 'b', max_budget, ...written });
  await database.insert('LiteLLM_ModelAccessGroupBudgetTable', {
    access_group_name: group,
    budget_id: 'b',
    updated_at: now,
  });
};
const param = (param_name: string, value: unknown) =>
  database.insert('LiteLLM_Config', { param_name, param_value: JSON.stringify(value) });

let watches: CatalogueWatch[] = [];

beforeEach(async () => {
  writeFileSync(configFile, `model_list: [{ model_name: in-file, litellm_params: { model: bedrock/${nova} } }]\n`);
  const tables = Object.keys(storedTables).map((each) => `"${each}"`);
  await database.pool.query(`TRUNCATE ${tables.join(', ')}, "LiteLLM_BudgetTable" CASCADE`);
});

afterEach(async () => {
  for (const each of watches) await each.close();
  watches = [];
});

async function watch(env: Record<string, string> = { STORE_MODEL_IN_DB: 'True' }, pollMs = 20) {
  const lines: string[] = [];
  const log = {
    info: (line: string) => void lines.push(`info ${line}`),
    warn: (line: string) => void lines.push(`warn ${line}`),
  };
  const watching = await watchCatalogue({
    pool: database.pool,
    configFile,
    env,
    defaultRegion: 'us-east-1',
    log,
    pollMs,
  });
  watches.push(watching);
  const names = () => [...watching.current().catalogue.aliases.keys()];
  const kinds = () => watching.current().catalogue.settings.map((each) => each.kind);
  return { watching, lines, names, kinds };
}

/** Long enough for several looks at the database. */
const severalLooks = () => sleep(150);

describe('before the database was read', () => {
  test('every call is kept from the hot path, and the master key is known', async () => {
    writeFileSync(configFile, 'general_settings: { master_key: sk-1 }\n');
    const { watching, kinds } = await watch();
    expect(kinds()).toEqual(['unknown-option']);
    expect(watching.current().masterKey).toBe('sk-1');
    await watching.loaded;
    expect(kinds()).toEqual([]);
    expect(watching.current().masterKey).toBe('sk-1');
  });

  test('a file that cannot be used is an error', async () => {
    writeFileSync(configFile, 'model_list: {}\n');
    await expect(watch()).rejects.toThrow("'model_list' has to be a list");
  });

  test('closed: nobody waits for ever', async () => {
    const held = [await database.pool.connect(), await database.pool.connect()];
    const { watching } = await watch();
    await watching.close();
    await expect(watching.loaded).rejects.toThrow('closed');
    for (const client of held) client.release();
    await expect.poll(() => database.pool.totalCount - database.pool.idleCount).toBe(0);
  });
});

test('without a file the database is all there is', async () => {
  await model('m');
  const log = { info: () => {}, warn: () => {} };
  const watching = await watchCatalogue({
    pool: database.pool,
    configFile: undefined,
    env: { STORE_MODEL_IN_DB: 'True', LITELLM_MASTER_KEY: 'sk-2' },
    defaultRegion: 'us-east-1',
    log,
  });
  watches.push(watching);
  await watching.loaded;
  expect([...watching.current().catalogue.aliases.keys()]).toEqual(['m']);
  expect(watching.current().masterKey).toBe('sk-2');
});

/*
 * The rows that LiteLLM 1.106.2 wrote on 2026-11-23 for POST /model/new, /guardrails, /policies,
 * /policies/attachments and /cache/settings and PATCH /update/ui_settings with LITELLM_SALT_KEY=sk-salt-of-h3
 * (of the guardrail's 160 parameters the few that say something).
 */
describe('what LiteLLM wrote', () => {
  const params = {
    model: 'JIU2B5xgKMNha4GtV7pLp7tB2-ZmL6j5sNDc3CSYEN9zG7fuco1iQVv5yyhmSUT_eMBtU4pGUu21zdOPvRmmetj6bJ8OzbOLTw==',
    use_xai_oauth: false,
    aws_region_name: 'xICe1_hIMT2Etly1Iu9ojuc34tyafFKGbw20R8nqLFa27FpJhSB1tGZdWmHdEt7u7Q==',
    use_litellm_proxy: false,
    use_in_pass_through: false,
    allow_client_keepalive_override: false,
    merge_reasoning_content_in_choices: false,
  };
  const info = { id: '98235a42', db_model: false, access_groups: ['cheap'], member_auto_router: false };
  const add = () => model('nova-db', { litellm_params: params, model_info: info });

  test('a model is served', async () => {
    await add();
    const { watching, lines } = await watch({ STORE_MODEL_IN_DB: 'True', LITELLM_SALT_KEY: 'sk-salt-of-h3' });
    await watching.loaded;
    expect(watching.current().catalogue.aliases.get('nova-db')).toMatchObject({
      accessGroups: ['cheap'],
      settings: [],
      deployments: [{ deployment: { modelId: 'us.amazon.nova-micro-v1:0', region: 'us-west-2' }, settings: [] }],
    });
    expect(lines).toEqual([
      "info LiteLLM's configuration has changed: 2 names of models, 1 models in the database, 0 settings for every call.",
    ]);
  });

  test('the master key is the salt where there is no other', async () => {
    await add();
    writeFileSync(configFile, 'general_settings: { master_key: sk-salt-of-h3, store_model_in_db: true }\n');
    const { watching } = await watch({});
    await watching.loaded;
    expect(watching.current().catalogue.aliases.get('nova-db')?.deployments[0]?.settings).toEqual([]);
  });

  test('with another salt it is not, and the log says why, once', async () => {
    await add();
    const { watching, lines } = await watch({ STORE_MODEL_IN_DB: 'True', LITELLM_SALT_KEY: 'sk-other' });
    await watching.loaded;
    await model('another');
    await expect.poll(() => watching.current().catalogue.aliases.size).toBe(3);
    expect(watching.current().catalogue.aliases.get('nova-db')?.deployments[0]?.deployment).toBeUndefined();
    const warnings = lines.filter((line) => line.startsWith('warn'));
    expect(warnings).toEqual([expect.stringMatching(/nova-db.*LITELLM_SALT_KEY/)]);
  });

  test('guardrails, policies, the cache and switches hold for every call', async () => {
    await guardrail({ guardrail: 'bedrock', mode: 'pre_call', default_on: true, guardrailIdentifier: 'gr-1' });
    await database.insert('LiteLLM_PolicyTable', { policy_id: '73affadd', policy_name: 'p1', guardrails_add: ['g1'] });
    await database.insert('LiteLLM_PolicyAttachmentTable', {
      attachment_id: 'c121c457',
      policy_name: 'p1',
      scope: '*',
    });
    await database.insert('LiteLLM_CacheConfig', {
      cache_settings: { type: 't_QbpazDKH_ypyT2bXdBXNpOUhJSt2boBsy0F-Dow2-ymsrn2rwkVu9r0RDv' },
      updated_at: now,
    });
    await database.insert('LiteLLM_UISettings', {
      ui_settings: { forward_client_headers_to_llm_api: true },
      updated_at: now,
    });
    const { watching } = await watch({ STORE_MODEL_IN_DB: 'True', LITELLM_SALT_KEY: 'sk-salt-of-h3' });
    await watching.loaded;
    const settings = watching.current().catalogue.settings.map(({ kind, name }) => `${kind} ${name}`);
    expect(settings.toSorted()).toEqual([
      'guardrails guardrails',
      'policies policies',
      'policies policy_attachments',
      'response-cache litellm_settings.cache',
      'router-settings general_settings.forward_client_headers_to_llm_api',
    ]);
  });
});

describe('rows that do not count', () => {
  test.each<[string, () => Promise<void>]>([
    ['a guardrail that waits for approval', () => guardrail({ default_on: true }, { status: 'pending_review' })],
    [
      'a draft of a policy',
      () =>
        database.insert('LiteLLM_PolicyTable', {
          policy_id: 'p',
          policy_name: 'p',
          guardrails_add: ['g'],
          version_status: 'draft',
        }),
    ],
    ['another parameter', () => param('auto_router_tuning_baseline_v3', { callbacks: ['x'] })],
    ['an access group with a budget that limits nothing', () => groupBudget('g', null)],
    ['an evaluation that is over', () => evaluation("now() - interval '1 minute'")],
    ['an evaluation that was stopped', () => evaluation("now() + interval '1 hour'", 'now()')],
  ])('%s', async (_name, add) => {
    await add();
    const { watching, kinds } = await watch();
    await watching.loaded;
    expect(kinds()).toEqual([]);
  });
});

async function evaluation(ends: string, stopped = 'NULL'): Promise<void> {
  await database.pool.query(
    `INSERT INTO "LiteLLM_ShadowEvalJob" (id, group_id, target_id, router_name, judge_model, shadow_percentage, max_turns, ends_at, stopped_at)
     VALUES ('1', '1', 'k', 'r', 'j', 1, 5, (${ends})::timestamptz AT TIME ZONE 'UTC', (${stopped})::timestamptz AT TIME ZONE 'UTC')`,
  );
}

test('a guardrail whose parameters cannot be understood counts as on', async () => {
  await guardrail('"text"');
  const { watching, kinds } = await watch();
  await watching.loaded;
  expect(kinds()).toEqual(['guardrails']);
});

test('a running evaluation and the budget of an access group are seen', async () => {
  await evaluation("now() + interval '1 hour'");
  await groupBudget('g', 0);
  const { watching, kinds } = await watch();
  await watching.loaded;
  expect(kinds()).toEqual(['callbacks']);
  expect([...watching.current().catalogue.bookedGroups]).toEqual(['g']);
});

async function budget(id: string, maxBudget: number | null): Promise<void> {
  await database.insert('LiteLLM_BudgetTable', {
    budget_id: id,
    max_budget: maxBudget,
    created_by: 't',
    updated_by: 't',
  });
}

test('tags that have a budget are seen, and when they lose it', async () => {
  await budget('b1', 5);
  await budget('b2', null);
  await database.insert('LiteLLM_TagTable', { tag_name: 'red', budget_id: 'b1', models: [] });
  await database.insert('LiteLLM_TagTable', { tag_name: 'unlimited', budget_id: 'b2', models: [] });
  await database.insert('LiteLLM_TagTable', { tag_name: 'blue', models: [] });
  const { watching } = await watch();
  await watching.loaded;
  expect([...watching.current().catalogue.budgetedTags]).toEqual(['red']);
  await database.pool.query(`UPDATE "LiteLLM_TagTable" SET budget_id = NULL`);
  await expect.poll(() => watching.current().catalogue.budgetedTags.size).toBe(0);
});

describe('an end user', () => {
  const store = () => new PostgresEndUserStore(database.pool);
  const noted = async (columns: Record<string, unknown>) => {
    await database.insert('LiteLLM_EndUserTable', { user_id: 'u', ...columns });
    const { settings } = await store().limitsOf('u', [], signal);
    return settings.map(({ scope, kind, name }) => `${scope} ${kind} ${name}`);
  };
  test.each<[string, Record<string, unknown>, string[]]>([
    ['who only spends', { spend: 3 }, []],
    ['who is blocked', { blocked: true }, ['end-user access-restriction blocked']],
    ['who may call some models', { models: ['m'] }, ['end-user access-restriction models']],
    ['who is bound to a region', { allowed_model_region: 'eu' }, ['end-user access-restriction allowed_model_region']],
  ])('%s', async (_who, columns, expected) => {
    expect(await noted(columns)).toEqual(expected);
  });
});

describe('changes', () => {
  test.each<[string, string, (names: string[], kinds: string[]) => boolean]>([
    ['a model is renamed', `UPDATE "LiteLLM_ProxyModelTable" SET model_name = 'n'`, (names) => names.includes('n')],
    [
      'a model gets a setting',
      `UPDATE "LiteLLM_ProxyModelTable" SET litellm_params = litellm_params || '{"rpm": 1}'`,
      (names) => names.includes('m'),
    ],
    ['a model is deleted', `DELETE FROM "LiteLLM_ProxyModelTable"`, (names) => !names.includes('m')],
    [
      'an option is changed',
      `UPDATE "LiteLLM_Config" SET param_value = '{"callbacks": ["x"]}'`,
      (_names, kinds) => kinds.includes('callbacks'),
    ],
    [
      'a guardrail is switched on',
      `UPDATE "LiteLLM_GuardrailsTable" SET litellm_params = '{"default_on": true}'`,
      (_names, kinds) => kinds.includes('guardrails'),
    ],
    [
      'a policy is attached',
      `INSERT INTO "LiteLLM_PolicyAttachmentTable" (attachment_id, policy_name) VALUES ('1', 'p')`,
      (_names, kinds) => kinds.includes('policies'),
    ],
    [
      'the cache is switched on',
      `INSERT INTO "LiteLLM_CacheConfig" (cache_settings, updated_at) VALUES ('{"type": "local"}', now())`,
      (_names, kinds) => kinds.includes('response-cache'),
    ],
    [
      'a policy goes into production',
      `INSERT INTO "LiteLLM_PolicyTable" (policy_id, policy_name, guardrails_add) VALUES ('1', 'p', '{g}')`,
      (_names, kinds) => kinds.includes('policies'),
    ],
    [
      'a switch is turned',
      `UPDATE "LiteLLM_UISettings" SET ui_settings = '{"forward_client_headers_to_llm_api": true}'`,
      (_names, kinds) => kinds.includes('router-settings'),
    ],
    [
      'an evaluation begins',
      `UPDATE "LiteLLM_ShadowEvalJob" SET ends_at = now() + interval '1 day'`,
      (_names, kinds) => kinds.includes('callbacks'),
    ],
    [
      'a group gets a budget',
      `INSERT INTO "LiteLLM_ModelAccessGroupBudgetTable" (access_group_name, budget_id, updated_at) VALUES ('h', 'b', now())`,
      () => true,
    ],
  ])('%s', async (_name, sql, seen) => {
    await model('m');
    await param('litellm_settings', { callbacks: [] });
    await guardrail({ default_on: false });
    await database.insert('LiteLLM_UISettings', { ui_settings: {}, updated_at: now });
    await evaluation("now() - interval '1 day'");
    await groupBudget('g', null);
    const { watching, names, kinds } = await watch();
    await watching.loaded;
    const before = watching.current();
    await severalLooks();
    expect(watching.current()).toBe(before);
    await database.pool.query(sql);
    await expect.poll(() => watching.current() !== before).toBe(true);
    expect(seen(names(), kinds())).toBe(true);
  });

  test.each<[string, string]>([
    ['what was spent', `UPDATE "LiteLLM_ModelAccessGroupBudgetTable" SET spend = spend + 1, updated_at = now()`],
    ['a row that is written anew as it was', `UPDATE "LiteLLM_ProxyModelTable" SET updated_at = now()`],
    ['another parameter', `INSERT INTO "LiteLLM_Config" (param_name, param_value) VALUES ('other', '{}')`],
  ])('%s changes nothing', async (_name, sql) => {
    await model('m');
    await groupBudget('g', 5);
    const { watching, lines } = await watch();
    await watching.loaded;
    const before = watching.current();
    await database.pool.query(sql);
    await severalLooks();
    expect(watching.current()).toBe(before);
    expect(lines).toHaveLength(1);
  });

  test('a warning is told again when it comes back', async () => {
    const { watching, lines } = await watch();
    await watching.loaded;
    const bad = () => model('bad', { litellm_params: {} });
    const told = () => lines.filter((line) => line.includes('no litellm_params.model')).length;
    await bad();
    await expect.poll(told).toBe(1);
    await model('good');
    await expect.poll(() => watching.current().catalogue.aliases.size).toBe(3);
    expect(told()).toBe(1);
    await database.pool.query(`DELETE FROM "LiteLLM_ProxyModelTable" WHERE model_name = 'bad'`);
    await expect.poll(() => watching.current().catalogue.aliases.size).toBe(2);
    await bad();
    await expect.poll(told).toBe(2);
  });
});

describe('an outage', () => {
  test('of Postgres: what is known stays, it is told once, and what came meanwhile is seen after it', async () => {
    await model('m');
    const { watching, lines, names } = await watch();
    await watching.loaded;
    const before = watching.current();
    await database.postgres.stop();
    await expect.poll(() => lines.filter((line) => line.startsWith('warn')).length).toBe(1);
    await severalLooks();
    expect(watching.current()).toBe(before);
    expect(lines.filter((line) => line.startsWith('warn'))).toEqual([
      expect.stringMatching(/^warn LiteLLM's database cannot be read \(.+\)\. What was read before holds/),
    ]);
    await database.start();
    await model('n');
    await expect.poll(names, { timeout: 10_000 }).toEqual(['in-file', 'm', 'n']);
    expect(lines).toContain("info LiteLLM's database can be read again.");
  }, 60_000);

  test('a table that is locked: a look ends by itself, and the pool is whole', async () => {
    const { watching, lines, names } = await watch();
    await watching.loaded;
    const locker = connectPostgres({ url: database.postgres.url, max: 1 });
    const lock = await locker.connect();
    try {
      await lock.query('BEGIN; LOCK TABLE "LiteLLM_ProxyModelTable" IN ACCESS EXCLUSIVE MODE');
      await expect.poll(() => lines.at(-1), { timeout: 8_000 }).toMatch(/^warn LiteLLM's database cannot be read/);
      expect(names()).toEqual(['in-file']);
    } finally {
      await lock.query('ROLLBACK');
      lock.release();
      await locker.end();
    }
    await model('m');
    await expect.poll(names, { timeout: 8_000 }).toEqual(['in-file', 'm']);
    await watching.close();
    expect(database.pool.totalCount - database.pool.idleCount).toBe(0);
  }, 30_000);

  test('a table that is not there yet: it is tried again', async () => {
    await database.pool.query('ALTER TABLE "LiteLLM_UISettings" RENAME TO "gone"');
    const { watching, lines, kinds } = await watch();
    await expect.poll(() => lines).toHaveLength(1);
    expect(kinds()).toEqual(['unknown-option']);
    await database.pool.query('ALTER TABLE "gone" RENAME TO "LiteLLM_UISettings"');
    await watching.loaded;
    expect(kinds()).toEqual([]);
  });
});

describe('the version of the tables', () => {
  const inserted = (name: string, more = '') =>
    database.pool.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, rolled_back_at) VALUES ($1, '', $1, ${more || 'NULL'})`,
      [name],
    );
  afterEach(() => database.pool.query(`DELETE FROM "_prisma_migrations" WHERE checksum = ''`));

  test('of LiteLLM as it is pinned: nothing is unknown', async () => {
    expect(await unknownMigrations(database.pool)).toEqual([]);
  });

  test('of a newer one: its migrations are named, also one that did not end', async () => {
    await inserted('20990102000000_later');
    await inserted('20990101000000_soon');
    await inserted('20990103000000_taken_back', 'now()');
    expect(await unknownMigrations(database.pool)).toEqual(['20990101000000_soon', '20990102000000_later']);
  });

  test('of none', async () => {
    await database.whileAltered(
      '"_prisma_migrations" RENAME TO "gone"',
      '"gone" RENAME TO "_prisma_migrations"',
      async () => {
        expect(await unknownMigrations(database.pool)).toEqual([]);
      },
    );
  });

  test('every table, and every column of those that are read, has been decided about', async () => {
    const { rows } = await database.pool.query<{ table: string; columns: string[] }>(
      `SELECT t.table_name AS "table", array_agg(c.column_name::text) AS columns
       FROM information_schema.tables t JOIN information_schema.columns c USING (table_schema, table_name)
       WHERE t.table_type = 'BASE TABLE' AND t.table_name LIKE 'LiteLLM%' GROUP BY 1`,
    );
    const decided = [...keyTables.map((each) => each.table), ...Object.keys(storedTables), ...Object.keys(otherTables)];
    expect(rows.map((row) => row.table).toSorted()).toEqual([...new Set(decided)].toSorted());
    for (const [table, rules] of Object.entries(storedTables)) {
      const columns = rows.find((row) => row.table === table)?.columns;
      expect({ table, columns: columns?.toSorted() }).toEqual({ table, columns: Object.keys(rules).toSorted() });
    }
  });
});
