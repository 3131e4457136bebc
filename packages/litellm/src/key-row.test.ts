import type { AdminSetting } from '@genai-gateway/core';
import { describe, expect, test } from 'vitest';
import { keyTables } from './key-columns.ts';
import { metadataRules, metadataScopes } from './key-metadata.ts';
import { virtualKeyFromRow } from './key-row.ts';

const token = 'a'.repeat(64);
const keyOf = (row: Record<string, unknown>) => virtualKeyFromRow({ 'v.token': token, ...row });
const shown = ({ scope, kind, name }: AdminSetting) => `${scope} ${kind} ${name}`;
const settingsOf = (row: Record<string, unknown>) => keyOf(row).settings.map(shown);

describe('columns', () => {
  const rows: readonly (readonly [column: string, value: unknown, setting: string | undefined])[] = [
    ['v.budget_limits', [{ budget_duration: '1d', max_budget: 1 }], undefined],
    ['v.budget_limits', [{ budget_duration: 'soon', max_budget: 1 }], 'key budget budget_limits'],
    ['v.budget_limits', [{ budget_duration: '1d' }], 'key budget budget_limits'],
    ['v.budget_limits', [], undefined],
    ['v.budget_fallbacks', { a: ['b'] }, 'key model-budget budget_fallbacks'],
    ['v.budget_fallbacks', {}, undefined],
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
    ['u.policies', ['p'], 'user policies policies'],
    ['t.budget_limits', [{ max_budget: 1 }], 'team budget budget_limits'],
    ['t.router_settings', { num_retries: 1 }, 'team router-settings router_settings'],
    ['t.policies', ['p'], 'team policies policies'],
    ['p.model_rpm_limit', { a: 1 }, 'project model-rate-limit model_rpm_limit'],
    ['p.model_tpm_limit', { a: 1 }, 'project model-rate-limit model_tpm_limit'],
  ];

  test.each(rows)('%s = %j gives %s', (column, value, setting) => {
    expect(settingsOf({ [column]: value })).toEqual(setting === undefined ? [] : [setting]);
  });

  test('every rule that asks for something has a row', () => {
    const tried = new Set(rows.map(([column]) => column));
    const missing = keyTables.flatMap(({ prefix, rules }) =>
      Object.entries(rules)
        .filter(([column, rule]) => rule.use === 'setting' && !tried.has(`${prefix}.${column}`))
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
    ['model_rpm_limit', { a: 0 }, undefined],
    ['model_rpm_limit', {}, undefined],
    ['model_rpm_limit', { a: 'many' }, 'model-rate-limit'],
    ['model_tpm_limit', { a: '7', b: null }, undefined],
    ['model_tpm_limit', 5, 'model-rate-limit'],
    ['tag_rpm_limit', { a: 1 }, undefined],
    ['tag_rpm_limit', { a: {} }, 'rate-limit'],
    ['rpm_limit_type', 'dynamic', 'rate-limit'],
    ['rpm_limit_type', 'guaranteed_throughput', undefined],
    ['tpm_limit_type', 'dynamic', 'rate-limit'],
    ['throttle_on_budget_exceeded', true, 'budget'],
    ['throttle_on_budget_exceeded', false, undefined],
    ['tags', ['a'], undefined],
    ['end_user_budget_id', 'b', undefined],
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
    const ofKeys = ([name]: readonly [string, unknown]) => metadataScopes[name]?.includes('key') ?? true;
    const asking = Object.entries(metadataRules).filter((each) => each[1].use === 'setting' && ofKeys(each));
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

  test.each(['model_itpm_limit', 'model_otpm_limit'])('%s is read of projects only', (name) => {
    const metadata = { [name]: { a: 1 } };
    expect(settingsOf({ 'p.metadata': metadata })).toEqual([`project model-rate-limit metadata.${name}`]);
    expect(settingsOf({ 'v.metadata': metadata, 't.metadata': metadata, 'o.metadata': metadata })).toEqual([]);
  });
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
