import type { AdminSetting } from '@genai-gateway/core';
import { describe, expect, test } from 'vitest';
import { keyTables } from './key-columns.ts';
import { metadataRules } from './key-metadata.ts';
import { virtualKeyFromRow } from './key-row.ts';

const token = 'a'.repeat(64);
const keyOf = (row: Record<string, unknown>) => virtualKeyFromRow({ 'v.token': token, ...row });
const shown = ({ scope, kind, name }: AdminSetting) => `${scope} ${kind} ${name}`;
const settingsOf = (row: Record<string, unknown>) => keyOf(row).settings.map(shown);

describe('columns', () => {
  const rows: readonly (readonly [column: string, value: unknown, setting: string | undefined])[] = [
    ['v.max_budget', 10, 'key budget max_budget'],
    ['v.max_budget', 0, 'key budget max_budget'],
    ['v.max_budget', Number.NaN, undefined],
    ['v.max_budget', Number.POSITIVE_INFINITY, undefined],
    ['v.max_budget', null, undefined],
    ['v.budget_limits', [{ budget_duration: '1d', max_budget: 1 }], 'key budget budget_limits'],
    ['v.budget_limits', [], undefined],
    ['v.model_max_budget', { a: { max_budget: 1 } }, 'key model-budget model_max_budget'],
    ['v.model_max_budget', {}, undefined],
    ['v.budget_fallbacks', { a: ['b'] }, 'key model-budget budget_fallbacks'],
    ['v.budget_fallbacks', {}, undefined],
    ['v.rpm_limit', '0', 'key rate-limit rpm_limit'],
    ['v.tpm_limit', '1000', 'key rate-limit tpm_limit'],
    ['v.tpd_limit', '1000', 'key rate-limit tpd_limit'],
    ['v.rpm_limit', null, undefined],
    ['v.max_parallel_requests', 1, 'key parallel-limit max_parallel_requests'],
    ['v.config', { model_list: [{ model_name: 'x' }] }, 'key router-settings config'],
    ['v.config', {}, undefined],
    ['v.router_settings', { fallbacks: [{ a: ['b'] }] }, 'key router-settings router_settings'],
    ['v.router_settings', { fallbacks: [], timeout: null }, undefined],
    ['v.policies', ['p'], 'key policies policies'],
    ['v.policies', [], undefined],
    ['v.permissions', { lakera: true }, 'key guardrails permissions'],
    ['v.permissions', { lakera: false }, undefined],
    ['v.permissions', { get_spend_routes: true, allow_pii_controls: true }, undefined],
    ['v.agent_id', 'agent', 'key unknown-option agent_id'],
    ['vb.max_budget', 1, 'key budget max_budget'],
    ['vb.rpm_limit', '1', 'key rate-limit rpm_limit'],
    ['vb.model_max_budget', { a: 1 }, 'key model-budget model_max_budget'],
    ['u.max_budget', 1, 'user budget max_budget'],
    ['u.model_max_budget', { a: 1 }, 'user model-budget model_max_budget'],
    ['u.rpm_limit', '1', 'user rate-limit rpm_limit'],
    ['u.tpm_limit', '1', 'user rate-limit tpm_limit'],
    ['u.max_parallel_requests', 1, 'user parallel-limit max_parallel_requests'],
    ['u.policies', ['p'], 'user policies policies'],
    ['t.max_budget', 0, 'team budget max_budget'],
    ['t.budget_limits', [{ max_budget: 1 }], 'team budget budget_limits'],
    ['t.model_max_budget', { a: 1 }, 'team model-budget model_max_budget'],
    ['t.rpm_limit', '1', 'team rate-limit rpm_limit'],
    ['t.tpm_limit', '1', 'team rate-limit tpm_limit'],
    ['t.tpd_limit', '1', 'team rate-limit tpd_limit'],
    ['t.max_parallel_requests', 1, 'team parallel-limit max_parallel_requests'],
    ['t.router_settings', { num_retries: 1 }, 'team router-settings router_settings'],
    ['t.policies', ['p'], 'team policies policies'],
    ['mb.max_budget', 0, 'team-member budget max_budget'],
    ['mb.rpm_limit', '1', 'team-member rate-limit rpm_limit'],
    ['p.model_rpm_limit', { a: 1 }, 'project model-rate-limit model_rpm_limit'],
    ['p.model_tpm_limit', { a: 1 }, 'project model-rate-limit model_tpm_limit'],
    ['pb.max_budget', 1, 'project budget max_budget'],
    ['ob.max_budget', 1, 'organization budget max_budget'],
    ['ob.tpm_limit', '1', 'organization rate-limit tpm_limit'],
  ];

  test.each(rows)('%s = %j gives %s', (column, value, setting) => {
    expect(settingsOf({ [column]: value })).toEqual(setting === undefined ? [] : [setting]);
  });

  test('every rule that asks for something has a row', () => {
    const tried = new Set(rows.map(([column]) => column));
    // The budget rows of member, project and organisation share one table with the key's.
    const shared = new Set(['mb', 'pb', 'ob', 'vb']);
    const missing = keyTables.flatMap(({ prefix, rules }) =>
      Object.entries(rules)
        .filter(([column, rule]) => rule.use === 'setting' && !tried.has(`${prefix}.${column}`) && !shared.has(prefix))
        .map(([column]) => `${prefix}.${column}`),
    );
    expect(missing).toEqual([]);
  });
});

describe('metadata of a key', () => {
  const rows: readonly (readonly [name: string, value: unknown, kind: string | undefined])[] = [
    ['guardrails', ['pii'], 'guardrails'],
    ['guardrails', [], undefined],
    ['policies', ['p'], 'policies'],
    ['logging', [{ callback_name: 'langfuse' }], 'callbacks'],
    ['logging', [], undefined],
    ['callback_settings', { success_callback: ['langfuse'] }, 'callbacks'],
    ['callback_settings', { success_callback: [], callback_vars: {} }, undefined],
    ['model_rpm_limit', { a: 0 }, 'model-rate-limit'],
    ['model_rpm_limit', {}, undefined],
    ['model_tpm_limit', { a: 1 }, 'model-rate-limit'],
    ['model_itpm_limit', { a: 1 }, 'model-rate-limit'],
    ['model_otpm_limit', { a: 1 }, 'model-rate-limit'],
    ['tag_rpm_limit', { a: 1 }, 'rate-limit'],
    ['tags', ['a'], 'budget'],
    ['tags', [], undefined],
    ['end_user_budget_id', 'b', 'budget'],
    ['max_budget_per_session', 0, 'budget'],
    ['max_iterations', 3, 'rate-limit'],
    ['enforced_params', ['user'], 'enforced-parameters'],
    ['allowed_tools', ['t'], 'tool-allow-list'],
    ['allowed_tools', [], undefined],
    ['prompts', ['p'], 'prompt-management'],
    ['enable_prompt_caching', true, 'default-parameters'],
    ['enable_prompt_caching', false, undefined],
    ['cache', { 'no-cache': true }, 'response-cache'],
    ['model_config', { a: { bedrock: { litellm_credentials: 'c' } } }, 'credentials'],
    ['denied_passthrough_routes', ['/bedrock'], 'unknown-option'],
    ['team_member_budget_id', 'b', undefined],
    ['temp_budget_increase', 5, undefined],
    ['disable_global_guardrails', true, undefined],
    ['service_account_id', 'ci', undefined],
    ['note', 'anything an administrator writes', undefined],
    ['constructor', 'is no rule', undefined],
  ];

  test.each(rows)('%s = %j gives %s', (name, value, kind) => {
    expect(settingsOf({ 'v.metadata': { [name]: value } })).toEqual(
      kind === undefined ? [] : [`key ${kind} metadata.${name}`],
    );
  });

  test('every rule that asks for something has a row', () => {
    const tried = new Set(rows.map(([name]) => name));
    const asking = Object.entries(metadataRules).filter(([, rule]) => rule.use === 'setting');
    expect(asking.map(([name]) => name).filter((name) => !tried.has(name))).toEqual([]);
  });

  test('metadata that was stored as JSON text counts too', () => {
    expect(settingsOf({ 'v.metadata': '{"guardrails":["pii"]}' })).toEqual(['key guardrails metadata.guardrails']);
  });
});

describe('metadata of the others', () => {
  test.each([
    ['t', 'team'],
    ['u', 'user'],
    ['p', 'project'],
    ['o', 'organization'],
  ])('%s.metadata is read', (prefix, scope) => {
    expect(settingsOf({ [`${prefix}.metadata`]: { guardrails: ['g'] } })).toEqual([
      `${scope} guardrails metadata.guardrails`,
    ]);
  });

  test('tags of a user or an organisation are free text', () => {
    expect(settingsOf({ 'u.metadata': { tags: ['x'] }, 'o.metadata': { tags: ['x'] } })).toEqual([]);
  });

  test("the team's budget for members holds for a key that has a user", () => {
    const row = { 't.team_id': 't', 't.metadata': { team_member_budget_id: 'b' } };
    expect(settingsOf({ ...row, 'v.user_id': 'u' })).toEqual(['team-member budget metadata.team_member_budget_id']);
    expect(settingsOf(row)).toEqual([]);
  });
});

test("a user's budget does not hold for the key of a team, the user's limits do", () => {
  const row = { 'v.team_id': 't', 'v.user_id': 'u', 'u.user_id': 'u', 'u.max_budget': 1, 'u.rpm_limit': '1' };
  expect(settingsOf(row)).toEqual(['user rate-limit rpm_limit']);
});

test('the same setting from two places is said once', () => {
  expect(settingsOf({ 'v.max_budget': 1, 'vb.max_budget': 2 })).toEqual(['key budget max_budget']);
});

describe('scopes of models', () => {
  const scopesOf = (row: Record<string, unknown>) => keyOf(row).modelScopes.map((each) => each.scope);

  test.each<[string, Record<string, unknown>, string[]]>([
    ['a key alone', {}, ['key']],
    ['a user, no team', { 'v.user_id': 'u', 'u.user_id': 'u' }, ['key', 'user']],
    ['a user who is not in the table', { 'v.user_id': 'u' }, ['key']],
    [
      'a team takes the place of the user',
      { 'v.user_id': 'u', 'u.user_id': 'u', 'v.team_id': 't', 't.team_id': 't' },
      ['key', 'team'],
    ],
    [
      'a member with models of its own',
      { 'v.team_id': 't', 't.team_id': 't', 'mb.allowed_models': ['m'] },
      ['key', 'team', 'team-member'],
    ],
    ['a member without', { 'v.team_id': 't', 't.team_id': 't', 'mb.allowed_models': [] }, ['key', 'team']],
    ['a project with models', { 'p.project_id': 'p', 'p.models': ['m'] }, ['key', 'project']],
    ['a project without', { 'p.project_id': 'p', 'p.models': [] }, ['key']],
    ['an organisation is not checked', { 'o.organization_id': 'o' }, ['key']],
  ])('%s', (_name, row, scopes) => {
    expect(scopesOf(row)).toEqual(scopes);
  });
});

describe('blocked', () => {
  test.each<[string, Record<string, unknown>, boolean]>([
    ['by the key', { 'v.blocked': true }, true],
    ['not by a null', { 'v.blocked': null }, false],
    ['by a user who was deactivated', { 'u.metadata': { scim_active: false } }, true],
    ['not by an active user', { 'u.metadata': { scim_active: true } }, false],
  ])('%s', (_name, row, blocked) => {
    expect(keyOf(row).blocked).toBe(blocked);
  });
});

test('the organisation of a key is its own before that of its team', () => {
  expect(keyOf({ 'v.organization_id': 'a', 't.organization_id': 'b' }).organizationId).toBe('a');
  expect(keyOf({ 't.organization_id': 'b' }).organizationId).toBe('b');
});

test('names for models are texts only', () => {
  const key = keyOf({ 'v.aliases': { a: 'b', c: 5 }, 'a.aliases': '{"x":"y"}' });
  expect(key.keyAliases).toEqual({ a: 'b' });
  expect(key.teamAliases).toEqual({ x: 'y' });
});
