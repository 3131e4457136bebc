import type { Allowance } from '@genai-gateway/core';
import {
  PostgresAccessGroupStore,
  PostgresEndUserStore,
  PostgresKeyStore,
  PostgresTagStore,
} from '@genai-gateway/litellm';
import { beforeEach, describe, expect, test } from 'vitest';
import { testDatabase } from './testing/test-database.ts';

const database = testDatabase({ max: 2 });
const signal = AbortSignal.timeout(600_000);

type Values = Readonly<Record<string, unknown>>;

const written = { created_by: 'default_user_id', updated_by: 'default_user_id' };
const budget = (budget_id: string, values: Values) =>
  database.insert('LiteLLM_BudgetTable', { budget_id, ...written, ...values });

beforeEach(async () => {
  await database.pool.query(`TRUNCATE "LiteLLM_VerificationToken", "LiteLLM_BudgetTable", "LiteLLM_UserTable", "LiteLLM_TeamTable",
    "LiteLLM_TeamMembership", "LiteLLM_OrganizationTable", "LiteLLM_ProjectTable", "LiteLLM_BudgetWindowSpend",
    "LiteLLM_EndUserTable", "LiteLLM_TagTable" CASCADE`);
});

/** Limits and budgets in one list each: counters and figures. */
function shown({ limits, budgets }: Allowance): { limits: string[]; budgets: string[] } {
  return {
    limits: limits.map((each) =>
      [each.counter, each.requestsPerMinute ?? '-', each.tokensPerMinute ?? '-', each.maxParallelRequests ?? '-'].join(
        ' ',
      ),
    ),
    budgets: budgets.map((each) => `${each.counter} ${each.spentNanoUsd}/${each.maxNanoUsd}`),
  };
}

async function ofKey(token: string): Promise<{ limits: string[]; budgets: string[] }> {
  const key = await new PostgresKeyStore(database.pool).findByHash(token, signal);
  if (key === undefined) throw new Error('there is no such key');
  return shown(key.allowance);
}

// The rows that the real LiteLLM 1.106.2 wrote for /user/new, /team/new, /team/member_add, /key/generate and one call,
// and the counters that it then used in Valkey, seen on 2026-11-23.
describe('rows as LiteLLM writes them', () => {
  const token = 'f7c0e517a0a1ae84f17249dfd26475b53787022e5b10f58629e9e0840343fbc6';

  test('of a key of a team, with everything', async () => {
    await database.insert('LiteLLM_UserTable', {
      user_id: 'u',
      user_role: 'internal_user',
      max_budget: 5,
      spend: 6e-7,
      rpm_limit: 100,
      tpm_limit: 100_000,
    });
    await database.insert('LiteLLM_TeamTable', {
      team_id: 't',
      team_alias: 'Team',
      max_budget: 20,
      spend: 6e-7,
      rpm_limit: 200,
      tpm_limit: 200_000,
      metadata: {
        tags: ['team-tag'],
        model_rpm_limit: { 'nova-lite': 70 },
        model_tpm_limit: { 'nova-lite': 7000 },
        team_member_budget_id: 'team-Team-budget-986eda2d4ae946dba4023f450231aac8',
      },
    });
    await budget('team-Team-budget-986eda2d4ae946dba4023f450231aac8', { max_budget: 4 });
    await budget('of-member', { max_budget: 2 });
    await database.insert('LiteLLM_TeamMembership', {
      user_id: 'u',
      team_id: 't',
      budget_id: 'of-member',
      spend: 6e-7,
    });
    await database.insert('LiteLLM_VerificationToken', {
      token,
      user_id: 'u',
      team_id: 't',
      max_budget: 10,
      spend: 6e-7,
      rpm_limit: 50,
      tpm_limit: 50_000,
      tpd_limit: 1_000_000,
      max_parallel_requests: 4,
      // Of now, as the reset job would have written it: the rows below are of the windows that end then.
      budget_limits: JSON.stringify([
        { reset_at: '2026-11-24T00:00:00+00:00', max_budget: 6, budget_duration: '1d' },
        { reset_at: '2026-12-01T00:00:00+00:00', max_budget: 7, budget_duration: '30d' },
      ]),
      metadata: { note: 1, model_rpm_limit: { 'nova-lite': 30 } },
    });
    const window = { entity_type: 'key', entity_id: token, updated_at: '2026-11-23 06:34:23' };
    await database.insert('LiteLLM_BudgetWindowSpend', {
      ...window,
      window_duration: '1d',
      window_start: '2026-11-23 00:00:00',
      spend: 6e-7,
    });
    await database.insert('LiteLLM_BudgetWindowSpend', {
      ...window,
      window_duration: '30d',
      window_start: '2026-10-31 00:00:00',
      spend: 3,
    });
    expect(await ofKey(token)).toEqual({
      limits: [
        `api_key:${token} 50 50000 4`,
        'user:u 100 100000 -',
        'team:t 200 200000 -',
        `model_per_key:${token}:nova-lite 30 - -`,
        `model_per_key:${token}:nova-lite - 7000 -`,
        'model_per_team:t:nova-lite 70 7000 -',
      ],
      budgets: [
        `spend:key:${token} 600/10000000000`,
        `spend:key:${token}:window:1d 600/6000000000`,
        // The row is of the window before.
        `spend:key:${token}:window:30d 0/7000000000`,
        'spend:team:t 600/20000000000',
        'spend:team_member:u:t 600/2000000000',
      ],
    });
  });

  test('of a member without a budget, in an organisation and a project, raised for a time', async () => {
    await budget('of-organization', { max_budget: 30, rpm_limit: 300, tpm_limit: 30_000 });
    await database.insert('LiteLLM_OrganizationTable', {
      organization_id: 'o',
      organization_alias: 'Org',
      budget_id: 'of-organization',
      metadata: { model_rpm_limit: { 'nova-lite': 33 } },
      spend: 1,
      ...written,
    });
    await budget('of-project', { max_budget: 40 });
    await database.insert('LiteLLM_ProjectTable', {
      project_id: 'p',
      budget_id: 'of-project',
      metadata: { model_tpm_limit: { 'nova-lite': 4400 } },
      ...written,
    });
    await budget('of-members', { max_budget: 4 });
    await database.insert('LiteLLM_UserTable', {
      user_id: 'u',
      model_max_budget: { 'nova-lite': { budget_limit: 3, time_period: '7d' } },
    });
    await database.insert('LiteLLM_TeamTable', {
      team_id: 't',
      organization_id: 'o',
      metadata: { team_member_budget_id: 'of-members' },
      model_max_budget: { 'nova-lite': { max_budget: 2, budget_duration: '1d' } },
    });
    await budget('raised', { temp_budget_increase: 1, temp_budget_expiry: '2099-01-01 00:00:00' });
    await database.insert('LiteLLM_TeamMembership', { user_id: 'u', team_id: 't', budget_id: 'raised' });
    await database.insert('LiteLLM_VerificationToken', {
      token,
      user_id: 'u',
      team_id: 't',
      project_id: 'p',
      max_budget: 10,
      metadata: { temp_budget_increase: 2.5, temp_budget_expiry: '2099-12-24T00:00:00' },
    });
    expect(await ofKey(token)).toEqual({
      limits: [
        'organization:o 300 30000 -',
        'model_per_organization:o:nova-lite 33 - -',
        'model_per_project:p:nova-lite - 4400 -',
      ],
      budgets: [
        `spend:key:${token} 0/12500000000`,
        'team_model_spend:t:nova-lite:1d 0/2000000000',
        'spend:team_member:u:t 0/5000000000',
        'user_model_spend:u:nova-lite:7d 0/3000000000',
        'spend:org:o 1000000000/30000000000',
        'spend:project:p 0/40000000000',
      ],
    });
  });

  test('of a key that takes its budget and limits from a row of budgets', async () => {
    await budget('b', { max_budget: 8, rpm_limit: 6, tpm_limit: 600 });
    await database.insert('LiteLLM_VerificationToken', { token, budget_id: 'b' });
    expect(await ofKey(token)).toEqual({
      limits: [`api_key:${token} 6 600 -`],
      budgets: [`spend:key:${token} 0/8000000000`],
    });
  });
});

describe('an end user', () => {
  const limitsOf = async (...defaults: string[]) => {
    const { allowance } = await new PostgresEndUserStore(database.pool).limitsOf('e', defaults, signal);
    return shown(allowance);
  };
  const own = { limits: ['end_user:e 6 600 -'], budgets: ['spend:end_user:e 600/8000000000'] };

  beforeEach(async () => {
    await budget('own', { max_budget: 8, rpm_limit: 6, tpm_limit: 600 });
    await budget('of-key', { max_budget: 2 });
    await budget('of-all', { max_budget: 1, model_max_budget: { m: { max_budget: 1, budget_duration: '1d' } } });
  });

  test('with a budget of their own', async () => {
    await database.insert('LiteLLM_EndUserTable', { user_id: 'e', budget_id: 'own', spend: 6e-7, blocked: false });
    expect(await limitsOf()).toEqual(own);
    expect(await limitsOf('of-key', 'of-all')).toEqual(own);
  });

  test('without one has the first that there is', async () => {
    await database.insert('LiteLLM_EndUserTable', { user_id: 'e', spend: 0.5, blocked: false });
    expect(await limitsOf()).toEqual({ limits: [], budgets: [] });
    expect(await limitsOf('of-key', 'of-all')).toEqual({
      limits: [],
      budgets: ['spend:end_user:e 500000000/2000000000'],
    });
    expect(await limitsOf('gone', 'of-all')).toEqual({
      limits: [],
      budgets: ['spend:end_user:e 500000000/1000000000', 'end_user_model_spend:e:m:1d 0/1000000000'],
    });
  });

  test('whom nobody knows has it too', async () => {
    expect(await limitsOf('of-key')).toEqual({ limits: [], budgets: ['spend:end_user:e 0/2000000000'] });
    const { settings } = await new PostgresEndUserStore(database.pool).limitsOf("x'; DROP TABLE y", [], signal);
    expect(settings).toEqual([]);
  });
});

test.each<[string, number | null, string[]]>([
  ['its budget', 9, ['spend:model_access_group:beta 1000000000/9000000000']],
  ['no budget by an amount of nothing', 0, []],
  ['no budget without an amount', null, []],
])('an access group has %s', async (_rule, max_budget, expected) => {
  await budget('of-group', { max_budget });
  const row = { access_group_name: 'beta', budget_id: 'of-group', spend: 1, updated_at: '2026-11-23' };
  await database.insert('LiteLLM_ModelAccessGroupBudgetTable', { ...row, created_by: 'test', updated_by: 'test' });
  const store = new PostgresAccessGroupStore(database.pool);
  expect(shown({ limits: [], budgets: await store.budgetsOf('beta', signal) }).budgets).toEqual(expected);
  expect(await store.budgetsOf('gamma', signal)).toEqual([]);
});

test('a tag has its budget and its limits per minute', async () => {
  await budget('of-tag', { max_budget: 9, rpm_limit: 11, tpm_limit: 12 });
  await database.insert('LiteLLM_TagTable', { tag_name: 'red', budget_id: 'of-tag', models: [], spend: 1 });
  const store = new PostgresTagStore(database.pool);
  expect(shown(await store.allowanceOf('red', signal))).toEqual({
    limits: ['tag:red 11 12 -'],
    budgets: ['spend:tag:red 1000000000/9000000000'],
  });
  expect(shown(await store.allowanceOf('blue', signal))).toEqual({ limits: [], budgets: [] });
});
