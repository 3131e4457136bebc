import type { Budget, RateLimit } from '@genai-gateway/core';
import { describe, expect, test } from 'vitest';
import { keyAllowance, keyTags } from './key-allowance.ts';

const nowMs = Date.UTC(2026, 10, 23, 12);
const token = 'K';
type Values = Readonly<Record<string, unknown>>;
const allowanceOf = (row: Values) => keyAllowance({ 'v.token': token, nowMs, ...row });

const shownLimit = (limit: RateLimit) =>
  [limit.scope, limit.counter, limit.requestsPerMinute, limit.tokensPerMinute, limit.maxParallelRequests]
    .map((each) => each ?? '-')
    .join(' ');
const shownBudget = (budget: Budget) =>
  `${budget.scope} ${budget.counter} ${budget.refusesWhen} ${budget.maxNanoUsd} of which ${budget.spentNanoUsd}`;

const user = { 'v.user_id': 'U', 'u.user_id': 'U' };
const team = { 'v.team_id': 'T', 't.team_id': 'T' };
const member = { ...user, ...team };
const organization = { 'o.organization_id': 'O' };
const project = { 'p.project_id': 'P' };

describe('limits', () => {
  // Counters as the limiter of LiteLLM 1.106.2 was seen to name them in Valkey on 2026-11-23.
  const rows: [string, Values, string[]][] = [
    ['of nobody', { ...member, ...organization, ...project }, []],
    [
      'of the key',
      { 'v.rpm_limit': '50', 'v.tpm_limit': '5000', 'v.max_parallel_requests': 4 },
      ['key api_key:K 50 5000 4'],
    ],
    ['of zero let nothing through', { 'v.rpm_limit': '0' }, ['key api_key:K 0 - -']],
    ['of the row of budgets of the key', { 'vb.rpm_limit': '6', 'vb.tpm_limit': '600' }, ['key api_key:K 6 600 -']],
    [
      'of the key go before that row, each for itself',
      { 'v.rpm_limit': '5', 'vb.rpm_limit': '6', 'vb.tpm_limit': '600' },
      ['key api_key:K 5 600 -'],
    ],
    ['of the user, with a team too', { ...member, 'u.rpm_limit': '3', 'u.tpm_limit': '30' }, ['user user:U 3 30 -']],
    ['of the team', { ...team, 't.rpm_limit': '200', 't.tpm_limit': '2000' }, ['team team:T 200 2000 -']],
    ['of the member', { ...member, 'mb.rpm_limit': '7', 'mb.tpm_limit': '70' }, ['team-member team_member:T:U 7 70 -']],
    ['of the organisation', { ...organization, 'ob.rpm_limit': '300' }, ['organization organization:O 300 - -']],
    [
      'of one model for the organisation',
      { ...organization, 'o.metadata': { model_rpm_limit: { m: 33 } } },
      ['organization model_per_organization:O:m 33 - -'],
    ],
    [
      'of one model for the project',
      { ...project, 'p.metadata': { model_tpm_limit: { m: 44 } } },
      ['project model_per_project:P:m - 44 -'],
    ],
    [
      'of one model for the key',
      { 'v.metadata': { model_rpm_limit: { m: 5 }, model_tpm_limit: { m: 50, n: 60 } } },
      ['key model_per_key:K:m 5 50 -', 'key model_per_key:K:n - 60 -'],
    ],
    [
      'of one model beside its budget',
      { 'v.model_max_budget': { m: { rpm_limit: 8 } } },
      ['key model_per_key:K:m 8 - -'],
    ],
    [
      'of one model in the metadata go before those',
      { 'v.metadata': { model_rpm_limit: { n: 1 } }, 'v.model_max_budget': { m: { rpm_limit: 8 } } },
      ['key model_per_key:K:n 1 - -'],
    ],
    [
      'of one model for the team, and for each key',
      { ...team, 't.metadata': { model_rpm_limit: { m: 70 } } },
      ['team model_per_key:K:m 70 - -', 'team model_per_team:T:m 70 - -'],
    ],
    [
      'of one model for the team, where the key has some itself',
      {
        ...team,
        'v.metadata': { model_rpm_limit: { m: 30 } },
        't.metadata': { model_rpm_limit: { m: 70 }, model_tpm_limit: { m: 7000 } },
      },
      ['key model_per_key:K:m 30 - -', 'team model_per_key:K:m - 7000 -', 'team model_per_team:T:m 70 7000 -'],
    ],
  ];
  test.each(rows)('%s', (_whose, row, expected) => {
    expect(allowanceOf(row).limits.map(shownLimit)).toEqual(expected);
  });
});

describe('budgets', () => {
  const day = { budget_duration: '1d', max_budget: 6, reset_at: '2026-11-24T00:00:00+00:00' };
  const rowsOfDay = (startMs: number) => [{ duration: '1d', startMs, spend: 2 }];
  const rows: [string, Values, string[]][] = [
    ['of nobody', { ...member, ...organization, ...project }, []],
    ['of the key', { 'v.max_budget': 10, 'v.spend': 0.5 }, ['key spend:key:K reached 10000000000 of which 500000000']],
    ['of zero for the key', { 'v.max_budget': 0 }, ['key spend:key:K reached 0 of which 0']],
    ['too small to be counted are not zero', { 'v.max_budget': 1e-10 }, ['key spend:key:K reached 1 of which 0']],
    ['that are no number', { 'v.max_budget': Number.NaN }, []],
    ['without end', { 'v.max_budget': Number.POSITIVE_INFINITY }, []],
    ['of more than there is', { 'v.max_budget': 1e300 }, []],
    ['of the row of budgets of the key', { 'vb.max_budget': 8 }, ['key spend:key:K reached 8000000000 of which 0']],
    [
      'of the key go before that row',
      { 'v.max_budget': 1, 'vb.max_budget': 8 },
      ['key spend:key:K reached 1000000000 of which 0'],
    ],
    [
      'raised for a time',
      { 'v.max_budget': 10, 'v.metadata': { temp_budget_increase: 2.5, temp_budget_expiry: '2026-12-24T00:00:00' } },
      ['key spend:key:K reached 12500000000 of which 0'],
    ],
    [
      'raised until just now',
      { 'v.max_budget': 10, 'v.metadata': { temp_budget_increase: 2.5, temp_budget_expiry: '2026-11-23T12:00:00' } },
      ['key spend:key:K reached 10000000000 of which 0'],
    ],
    ['raised from none', { 'v.metadata': { temp_budget_increase: 2, temp_budget_expiry: '2026-12-24T00:00:00Z' } }, []],
    ['over a window', { 'v.budget_limits': [day] }, ['key spend:key:K:window:1d reached 6000000000 of which 0']],
    [
      'over a window, of which the row is of now',
      { 'v.budget_limits': [day], 'windows.key': rowsOfDay(Date.UTC(2026, 10, 23)) },
      ['key spend:key:K:window:1d reached 6000000000 of which 2000000000'],
    ],
    [
      'over a window, of which the row is of the one before',
      { 'v.budget_limits': [day], 'windows.key': rowsOfDay(Date.UTC(2026, 10, 22)) },
      ['key spend:key:K:window:1d reached 6000000000 of which 0'],
    ],
    [
      'over a window for the team',
      { ...team, 't.budget_limits': JSON.stringify([day]), 'windows.team': rowsOfDay(Date.UTC(2026, 10, 23)) },
      ['team spend:team:T:window:1d reached 6000000000 of which 2000000000'],
    ],
    [
      'of the team',
      { ...team, 't.max_budget': 20, 't.spend': 1 },
      ['team spend:team:T reached 20000000000 of which 1000000000'],
    ],
    ['of zero for the team', { ...team, 't.max_budget': 0 }, ['team spend:team:T exceeded 0 of which 0']],
    [
      'of the user',
      { ...user, 'u.max_budget': 5, 'u.spend': 1 },
      ['user spend:user:U reached 5000000000 of which 1000000000'],
    ],
    ['of the user, where there is a team', { ...member, 'u.max_budget': 5 }, []],
    ['of a user who administers the proxy', { ...user, 'u.max_budget': 5, 'u.user_role': 'proxy_admin' }, []],
    [
      'of the member',
      { ...member, 'mb.max_budget': 2, 'm.spend': 1 },
      ['team-member spend:team_member:U:T reached 2000000000 of which 1000000000'],
    ],
    [
      'of zero for the member',
      { ...member, 'mb.max_budget': 0, 'db.max_budget': 4 },
      ['team-member spend:team_member:U:T reached 0 of which 0'],
    ],
    [
      'of members who have none',
      { ...member, 'db.max_budget': 4 },
      ['team-member spend:team_member:U:T reached 4000000000 of which 0'],
    ],
    ['of zero for members who have none', { ...member, 'db.max_budget': 0 }, []],
    ['of a member, where there is no user', { ...team, 'mb.max_budget': 2, 'db.max_budget': 4 }, []],
    [
      'of the member, raised for a time',
      { ...member, 'mb.max_budget': 2, 'mb.temp_budget_increase': 1, 'mb.temp_budget_expiry': nowMs + 1 },
      ['team-member spend:team_member:U:T reached 3000000000 of which 0'],
    ],
    [
      'of members who have none, raised for one of them',
      { ...member, 'db.max_budget': 4, 'mb.temp_budget_increase': 1, 'mb.temp_budget_expiry': nowMs + 1 },
      ['team-member spend:team_member:U:T reached 5000000000 of which 0'],
    ],
    [
      'of the organisation',
      { ...organization, 'ob.max_budget': 30, 'o.spend': 1 },
      ['organization spend:org:O reached 30000000000 of which 1000000000'],
    ],
    [
      'of the project',
      { ...project, 'pb.max_budget': 40, 'p.spend': 1 },
      ['project spend:project:P reached 40000000000 of which 1000000000'],
    ],
  ];
  test.each(rows)('%s', (_whose, row, expected) => {
    expect(allowanceOf(row).budgets.map(shownBudget)).toEqual(expected);
  });
});

describe('budgets per model', () => {
  const entry = { max_budget: 1, budget_duration: '1d' };
  const rows: [string, Values, Partial<Budget>[]][] = [
    [
      'of the key',
      { 'v.model_max_budget': { m: entry } },
      [
        {
          counter: 'virtual_key_spend:K:m:1d',
          startCounter: 'virtual_key_budget_start_time:K:m:1d',
          counterTtlSeconds: 86_400,
        },
      ],
    ],
    [
      'of the row of budgets of a key that has none',
      { 'v.model_max_budget': {}, 'vb.model_max_budget': { m: entry } },
      [{ counter: 'virtual_key_spend:K:m:1d' }],
    ],
    [
      'of the key before those of that row',
      { 'v.model_max_budget': { m: entry }, 'vb.model_max_budget': { n: entry } },
      [{ model: 'm' }],
    ],
    [
      'of the user, with a team too',
      { ...member, 'u.model_max_budget': { m: { budget_limit: 3, time_period: '7d' } } },
      [
        {
          counter: 'user_model_spend:U:m:7d',
          startCounter: 'user_model_budget_start_time:U:m:7d',
          maxNanoUsd: 3_000_000_000n,
        },
      ],
    ],
    [
      'of the team',
      { ...team, 't.model_max_budget': { m: entry } },
      [{ counter: 'team_model_spend:T:m:1d', startCounter: 'team_model_budget_start_time:T:m:1d' }],
    ],
    ['without a window', { 'v.model_max_budget': { m: { max_budget: 1 } } }, []],
    ['without an amount', { 'v.model_max_budget': { m: { budget_duration: '1d' } } }, []],
    ['below zero', { 'v.model_max_budget': { m: { ...entry, max_budget: -1 } } }, []],
    [
      'of zero',
      { 'v.model_max_budget': { m: { ...entry, max_budget: 0 } } },
      [{ maxNanoUsd: 0n, refusesWhen: 'reached' }],
    ],
    ['that are a bare number', { 'v.model_max_budget': { m: 1 } }, []],
  ];
  test.each(rows)('%s', (_whose, row, expected) => {
    expect(allowanceOf(row).budgets).toMatchObject(expected);
    expect(allowanceOf(row).budgets).toHaveLength(expected.length);
  });
});

test('the tags of a key are its own, those of its team and its project, and its limits for them', () => {
  const row = {
    'v.metadata': { tags: ['own'], tag_rpm_limit: { red: 3, blue: null } },
    't.metadata': '{"tags":["of-team"]}',
    'p.metadata': { tags: ['of-project', 5] },
  };
  expect(keyTags(row)).toEqual({ own: ['own'], inherited: ['of-team', 'of-project'], requestsPerMinute: { red: 3 } });
  expect(keyTags({})).toEqual({ own: [], inherited: [], requestsPerMinute: {} });
});
