import { hash, randomUUID } from 'node:crypto';
import { nanoUsd, type Payer } from '@genai-gateway/core';
import type { UsageEvent } from '@genai-gateway/governance';
import { checkLedgerTables, PostgresBooks } from '@genai-gateway/litellm';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { testDatabase } from './testing/test-database.ts';

const database = testDatabase({ max: 8 });
const signal = AbortSignal.timeout(600_000);
let books: PostgresBooks;

beforeAll(() => {
  books = new PostgresBooks(database.pool, { isMasterKey: (keyHash) => keyHash === 'master' });
});

const key = hash('sha256', 'sk-books', 'hex');
const everybody: Payer = {
  keyHash: key,
  keyAlias: 'full',
  userId: 'u1',
  teamId: 't1',
  teamAlias: 'Team One',
  organizationId: 'o1',
  projectId: 'p1',
  endUserId: 'end-1',
  tags: ['tag-a', 'tag-b'],
  accessGroups: ['g1'],
};
const nobody: Payer = {
  keyHash: hash('sha256', 'sk-nobody', 'hex'),
  keyAlias: undefined,
  userId: undefined,
  teamId: undefined,
  teamAlias: undefined,
  organizationId: undefined,
  projectId: undefined,
  endUserId: undefined,
  tags: [],
  accessGroups: [],
};

function call(change: Partial<UsageEvent> = {}): UsageEvent {
  return {
    requestId: `chatcmpl-${randomUUID()}`,
    payer: everybody,
    operation: 'chat',
    endpoint: '/v1/chat/completions',
    stream: false,
    requestedModel: 'nova-lite',
    modelId: 'amazon.nova-lite-v1:0',
    region: 'us-east-1',
    deploymentId: 'd1',
    startedAtMs: Date.UTC(2026, 10, 23, 6, 16, 1, 922),
    firstByteAtMs: Date.UTC(2026, 10, 23, 6, 16, 2, 165),
    endedAtMs: Date.UTC(2026, 10, 23, 6, 16, 2, 166),
    end: 'delivered',
    errorCode: undefined,
    errorMessage: undefined,
    usage: { inputTokens: 2, outputTokens: 3, cacheReadTokens: 5, cacheWriteTokens: 7 },
    isEstimate: false,
    costNanoUsd: 600n,
    ...change,
  };
}

async function rows(sql: string, values: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
  return (await database.pool.query<Record<string, unknown>>(sql, [...values])).rows;
}

const tables = [
  'SpendLogs',
  'UserTable',
  'EndUserTable',
  'VerificationToken',
  'TeamTable',
  'TeamMembership',
  'OrganizationTable',
  'OrganizationMembership',
  'ProjectTable',
  'TagTable',
  'ModelAccessGroupBudgetTable',
  'DailyUserSpend',
  'DailyTeamSpend',
  'DailyOrganizationSpend',
  'DailyEndUserSpend',
  'DailyTagSpend',
  'DailyModelUsage',
  'DailyGatewayRequests',
  'BudgetWindowSpend',
];

const windows = JSON.stringify([
  { budget_duration: '1d', max_budget: 5, reset_at: '2026-11-24T00:00:00+00:00' },
  { budget_duration: '30d', max_budget: 50 },
]);

beforeEach(async () => {
  await database.pool.query(
    `TRUNCATE ${tables.map((each) => `"LiteLLM_${each}"`).join(', ')}, "LiteLLM_BudgetTable" CASCADE`,
  );
  await database.pool.query(`
    INSERT INTO "LiteLLM_BudgetTable" (budget_id, created_by, updated_by) VALUES ('b', 't', 't');
    INSERT INTO "LiteLLM_UserTable" (user_id, spend) VALUES ('u1', 1), ('u2', 0), ('default_user_id', 0);
    INSERT INTO "LiteLLM_OrganizationTable" (organization_id, organization_alias, budget_id, models, created_by, updated_by)
      VALUES ('o1', 'o', 'b', '{}', 't', 't');
    INSERT INTO "LiteLLM_OrganizationMembership" (organization_id, user_id) VALUES ('o1', 'u1');
    INSERT INTO "LiteLLM_ProjectTable" (project_id, created_by, updated_by) VALUES ('p1', 't', 't');
    INSERT INTO "LiteLLM_TagTable" (tag_name, models) VALUES ('tag-a', '{}');
    INSERT INTO "LiteLLM_ModelAccessGroupBudgetTable" (access_group_name) VALUES ('g1');`);
  await database.pool.query(
    `INSERT INTO "LiteLLM_TeamTable" (team_id, members_with_roles, budget_limits)
     VALUES ('t1', '[{"role": "user", "user_id": "u1"}]', $1)`,
    [windows],
  );
  await database.pool.query(
    `INSERT INTO "LiteLLM_VerificationToken" (token, spend, budget_limits) VALUES ($1, 2, $2)`,
    [key, windows],
  );
});

/** The spend columns, as far as they are not 0. */
async function columns(): Promise<Readonly<Record<string, unknown>>> {
  const found = await rows(`
    SELECT 'user ' || user_id AS name, spend FROM "LiteLLM_UserTable" UNION ALL
    SELECT 'key', spend FROM "LiteLLM_VerificationToken" UNION ALL
    SELECT 'key in total', total_spend FROM "LiteLLM_VerificationToken" UNION ALL
    SELECT 'team', spend FROM "LiteLLM_TeamTable" UNION ALL
    SELECT 'member ' || user_id, spend FROM "LiteLLM_TeamMembership" UNION ALL
    SELECT 'member ' || user_id || ' in total', total_spend FROM "LiteLLM_TeamMembership" UNION ALL
    SELECT 'organization', spend FROM "LiteLLM_OrganizationTable" UNION ALL
    SELECT 'organization member', spend FROM "LiteLLM_OrganizationMembership" UNION ALL
    SELECT 'project', spend FROM "LiteLLM_ProjectTable" UNION ALL
    SELECT 'tag ' || tag_name, spend FROM "LiteLLM_TagTable" UNION ALL
    SELECT 'group', spend FROM "LiteLLM_ModelAccessGroupBudgetTable" UNION ALL
    SELECT 'end user ' || user_id, spend FROM "LiteLLM_EndUserTable" UNION ALL
    SELECT 'window of ' || entity_type || ' ' || window_duration, spend FROM "LiteLLM_BudgetWindowSpend"`);
  return Object.fromEntries(
    found.flatMap(({ name, spend }) => (typeof name === 'string' && spend !== 0 ? [[name, spend]] : [])),
  );
}

describe('a call is booked', () => {
  test('on everybody who pays for it', async () => {
    await books.write([call({ costNanoUsd: nanoUsd(0.25) })], signal);
    expect(await columns()).toEqual({
      'user u1': 1.25,
      key: 2.25,
      'key in total': 0.25,
      team: 0.25,
      'member u1': 0.25,
      'member u1 in total': 0.25,
      organization: 0.25,
      'organization member': 0.25,
      project: 0.25,
      'tag tag-a': 0.25,
      group: 0.25,
      'end user end-1': 0.25,
      'window of key 1d': 0.25,
      'window of team 1d': 0.25,
    });
  });

  test('once, however often it is said', async () => {
    const event = call({ costNanoUsd: nanoUsd(0.25) });
    await books.write([event, event], signal);
    const once = await columns();
    await books.write([event], signal);
    await Promise.all([books.write([event], signal), books.write([event, call({ payer: nobody })], signal)]);
    expect(await columns()).toEqual(once);
    expect(await rows(`SELECT 1 FROM "LiteLLM_SpendLogs"`)).toHaveLength(2);
  });

  test('in the spend log alone when nobody of its payers is left', async () => {
    await database.pool.query(`DELETE FROM "LiteLLM_VerificationToken"`);
    await books.write([call({ payer: { ...nobody, keyHash: key, userId: 'gone', teamId: 'gone' } })], signal);
    expect(await columns()).toEqual({ 'user u1': 1 });
    expect(await rows(`SELECT "user", team_id, api_key FROM "LiteLLM_SpendLogs"`)).toEqual([
      { user: 'gone', team_id: 'gone', api_key: key },
    ]);
  });

  test('not on a member who has left the team', async () => {
    await books.write([call({ payer: { ...everybody, userId: 'u2' } })], signal);
    expect(await rows(`SELECT user_id FROM "LiteLLM_TeamMembership"`)).toEqual([]);
  });

  test('under the name of the master key, and on its administrator', async () => {
    await books.write([call({ payer: { ...nobody, keyHash: 'master' }, costNanoUsd: nanoUsd(3) })], signal);
    expect(await rows(`SELECT api_key, "user" FROM "LiteLLM_SpendLogs"`)).toEqual([
      { api_key: 'litellm_proxy_master_key', user: 'default_user_id' },
    ]);
    expect(await columns()).toMatchObject({ 'user default_user_id': 3 });
  });

  test('though its words could not be stored', async () => {
    const odd = 'a\0b\ud800'.padEnd(4_000, 'é');
    const payer = { ...everybody, endUserId: odd, tags: [odd] };
    await books.write([call({ payer, requestedModel: odd, errorMessage: odd, end: 'cut' })], signal);
    const [row] = await rows(`SELECT end_user, request_tags FROM "LiteLLM_SpendLogs"`);
    expect(row?.['end_user']).toMatch(/^ab�é+$/);
    expect(Buffer.byteLength(String(row?.['end_user']))).toBeLessThanOrEqual(1_000);
  });
});

test('a window begins with what the spend log holds of it, and rolls forward', async () => {
  const day = (date: number, dollars: number) =>
    call({
      startedAtMs: Date.UTC(2026, 10, date, 12),
      endedAtMs: Date.UTC(2026, 10, date, 13),
      costNanoUsd: nanoUsd(dollars),
    });
  await books.write([day(22, 16), day(23, 4)], signal);
  await database.pool.query(`DELETE FROM "LiteLLM_BudgetWindowSpend"`);
  await books.write([day(23, 1)], signal);
  expect(await columns()).toMatchObject({ 'window of key 1d': 5, 'window of team 1d': 5 });
  const next = windows.replace('2026-11-24', '2026-11-25');
  await database.pool.query(`UPDATE "LiteLLM_VerificationToken" SET budget_limits = $1`, [next]);
  await books.write([day(24, 2)], signal);
  expect(await columns()).toMatchObject({ 'window of key 1d': 2, 'window of team 1d': 7 });
});

describe('the days', () => {
  const base = { date: '2026-11-23', api_key: key, model: 'bedrock/amazon.nova-lite-v1:0', model_group: 'nova-lite' };
  const sums = `date, api_key, model, model_group, custom_llm_provider, mcp_namespaced_tool_name, endpoint, spend,
    prompt_tokens::int, completion_tokens::int, cache_read_input_tokens::int, cache_creation_input_tokens::int,
    api_requests::int, successful_requests::int, failed_requests::int, total_response_time_ms::int, timed_requests::int`;
  const counted = {
    ...base,
    custom_llm_provider: 'bedrock',
    mcp_namespaced_tool_name: '',
    endpoint: '/chat/completions',
    spend: 0.75,
    prompt_tokens: 28,
    completion_tokens: 6,
    cache_read_input_tokens: 10,
    cache_creation_input_tokens: 14,
    api_requests: 2,
    successful_requests: 1,
    failed_requests: 1,
    total_response_time_ms: 244,
    timed_requests: 1,
  };

  test.each([
    ['DailyUserSpend', 'user_id', ['u1']],
    ['DailyTeamSpend', 'team_id', ['t1']],
    ['DailyOrganizationSpend', 'organization_id', ['o1']],
    ['DailyEndUserSpend', 'end_user_id', ['end-1']],
    ['DailyTagSpend', 'tag', ['tag-a', 'tag-b']],
  ])('%s has the sums of each', async (table, column, entities) => {
    await books.write([call({ costNanoUsd: nanoUsd(0.25) })], signal);
    await books.write([call({ costNanoUsd: nanoUsd(0.5), end: 'cut', isEstimate: true })], signal);
    expect(await rows(`SELECT ${column} AS entity, ${sums} FROM "LiteLLM_${table}" ORDER BY 1`)).toEqual(
      entities.map((entity) => ({ entity, ...counted })),
    );
  });

  test.each([
    ['DailyUserSpend', ['']],
    ['DailyTeamSpend', ['']],
    ['DailyOrganizationSpend', []],
    ['DailyEndUserSpend', []],
    ['DailyTagSpend', []],
  ])('%s of a call that nobody is named for', async (table, entities) => {
    await books.write([call({ payer: nobody })], signal);
    expect(await rows(`SELECT 1 FROM "LiteLLM_${table}"`)).toHaveLength(entities.length);
  });

  test('models and requests are counted as well', async () => {
    const refused = call({
      end: 'refused',
      modelId: undefined,
      requestedModel: 'no such',
      usage: undefined,
      costNanoUsd: 0n,
    });
    await books.write([call(), call({ operation: 'converse' }), refused], signal);
    expect(
      await rows(`SELECT model, model_group, custom_llm_provider, request_count::int AS n, failed_requests::int AS failed
        FROM "LiteLLM_DailyModelUsage" ORDER BY 1`),
    ).toEqual([
      { model: base.model, model_group: 'nova-lite', custom_llm_provider: 'bedrock', n: 2, failed: 0 },
      { model: 'unknown-model', model_group: 'unknown-model', custom_llm_provider: 'unknown', n: 1, failed: 1 },
    ]);
    expect(
      await rows(`SELECT category, route, successful_requests::int AS ok, failed_requests::int AS failed
        FROM "LiteLLM_DailyGatewayRequests" ORDER BY 2`),
    ).toEqual([
      { category: 'llm', route: '/bedrock', ok: 1, failed: 0 },
      { category: 'llm', route: '/chat/completions', ok: 1, failed: 1 },
    ]);
  });
});

describe('the database is the one that is meant', () => {
  test('after LiteLLM’s migrations', async () => {
    await expect(checkLedgerTables(database.pool, signal)).resolves.toBeUndefined();
  });

  test.each([
    [
      '"LiteLLM_TagTable" RENAME COLUMN spend TO spent',
      '"LiteLLM_TagTable" RENAME COLUMN spent TO spend',
      'LiteLLM_TagTable.spend (double precision) is not there',
    ],
    [
      '"LiteLLM_SpendLogs" ALTER total_tokens TYPE bigint',
      '"LiteLLM_SpendLogs" ALTER total_tokens TYPE integer',
      'LiteLLM_SpendLogs.total_tokens is bigint, not integer',
    ],
  ])('not with %s', async (change, undo, says) => {
    await database.whileAltered(change, undo, async () => {
      await expect(checkLedgerTables(database.pool, signal)).rejects.toThrow(says);
    });
  });
});
