import type { Allowance, Budget, RateLimit } from '@genai-gateway/core';
import type { KeyTags } from '@genai-gateway/identity';
import { instant, limitOf, maxBudget, modelBudgets, windowBudgets } from './budgets.ts';
import type { KeyRow } from './key-query.ts';
import { figuresInBudgets, type ModelFigures, modelFigures, modelRateLimits, rateLimits } from './rate-limits.ts';
import { isFilled, jsonObject, strings, text } from './values.ts';

/*
 * What a key may call and spend, and everybody above it, with the counters by LiteLLM's own names.
 * Source: LiteLLM 1.106.2, proxy/auth/user_api_key_auth.py, proxy/auth/auth_checks.py, proxy/auth/auth_utils.py,
 * proxy/hooks/parallel_request_limiter_v3.py, https://github.com/BerriAI/litellm (read 2026-11-23).
 */

/** The ids in a row, each present where LiteLLM finds the row behind it. */
interface Ids {
  readonly key: string;
  readonly user: string | undefined;
  readonly team: string | undefined;
  readonly organization: string | undefined;
  readonly project: string | undefined;
}

/** The limits and budgets of a row that `findKeySql` gave. */
export function keyAllowance(row: KeyRow): Allowance {
  const ids: Ids = {
    key: String(row['v.token']),
    user: text(row['v.user_id']),
    team: text(row['t.team_id']),
    organization: text(row['o.organization_id']),
    project: text(row['p.project_id']),
  };
  return { limits: limits(row, ids), budgets: budgets(row, ids) };
}

/** The tags of a row's calls. */
export function keyTags(row: KeyRow): KeyTags {
  const tagsIn = (column: string) => strings(jsonObject(row[column])['tags']);
  return {
    own: tagsIn('v.metadata'),
    inherited: [...tagsIn('t.metadata'), ...tagsIn('p.metadata')],
    requestsPerMinute: modelFigures(jsonObject(row['v.metadata'])['tag_rpm_limit']),
  };
}

function limits(row: KeyRow, ids: Ids): RateLimit[] {
  const { key, user, team, organization, project } = ids;
  const found = rateLimits(
    'key',
    `api_key:${key}`,
    { requests: row['v.rpm_limit'] ?? row['vb.rpm_limit'], tokens: row['v.tpm_limit'] ?? row['vb.tpm_limit'] },
    row['v.max_parallel_requests'],
  );
  const of = (prefix: string) => ({ requests: row[`${prefix}.rpm_limit`], tokens: row[`${prefix}.tpm_limit`] });
  if (user !== undefined) found.push(...rateLimits('user', `user:${user}`, of('u')));
  if (team !== undefined) found.push(...rateLimits('team', `team:${team}`, of('t')));
  if (team !== undefined && user !== undefined) {
    found.push(...rateLimits('team-member', `team_member:${team}:${user}`, of('mb')));
  }
  if (organization !== undefined) {
    found.push(...rateLimits('organization', `organization:${organization}`, of('ob')));
    found.push(...perModel('organization', `model_per_organization:${organization}`, row['o.metadata']));
  }
  if (project !== undefined) found.push(...perModel('project', `model_per_project:${project}`, row['p.metadata']));
  found.push(...modelLimitsOfKeyAndTeam(row, key, team));
  return found;
}

function perModel(scope: 'organization' | 'project' | 'team', counter: string, metadata: unknown): RateLimit[] {
  const { model_rpm_limit: requests, model_tpm_limit: tokens } = jsonObject(metadata);
  return modelRateLimits(scope, counter, { requests: modelFigures(requests), tokens: modelFigures(tokens) });
}

/**
 * A key's own limits per model hold for the key. A team's hold for the team, and for each of its keys that has none
 * itself, counted once for each.
 */
function modelLimitsOfKeyAndTeam(row: KeyRow, key: string, team: string | undefined): RateLimit[] {
  const counter = `model_per_key:${key}`;
  const requests = ownFigures(row, 'rpm_limit');
  const tokens = ownFigures(row, 'tpm_limit');
  const found = modelRateLimits('key', counter, { requests: requests ?? {}, tokens: tokens ?? {} });
  if (team === undefined) return found;
  const { model_rpm_limit: teamRequests, model_tpm_limit: teamTokens } = jsonObject(row['t.metadata']);
  const inherited = {
    requests: requests === undefined ? modelFigures(teamRequests) : {},
    tokens: tokens === undefined ? modelFigures(teamTokens) : {},
  };
  found.push(...modelRateLimits('team', counter, inherited));
  found.push(...perModel('team', `model_per_team:${team}`, row['t.metadata']));
  return found;
}

/** Of the metadata, else of `model_max_budget`; undefined: the key has none of its own. */
function ownFigures(row: KeyRow, name: 'rpm_limit' | 'tpm_limit'): ModelFigures | undefined {
  const inMetadata = jsonObject(row['v.metadata'])[`model_${name}`];
  if (isFilled(inMetadata)) return modelFigures(inMetadata);
  const inBudgets = figuresInBudgets(modelMaxBudget(row), name);
  return Object.keys(inBudgets).length > 0 ? inBudgets : undefined;
}

/** The key's own, else that of its row of budgets. */
function modelMaxBudget(row: KeyRow): unknown {
  const own = row['v.model_max_budget'];
  return Object.keys(jsonObject(own)).length > 0 ? own : row['vb.model_max_budget'];
}

function budgets(row: KeyRow, { key, user, team, organization, project }: Ids): Budget[] {
  const nowMs = Number(row['nowMs']);
  const ofKey = { scope: 'key', counter: `spend:key:${key}` } as const;
  const found = [
    ...maxBudget(ofKey, keyMaximum(row, nowMs), row['v.spend']),
    ...windowBudgets(ofKey, row['v.budget_limits'], row['windows.key'], nowMs),
    ...modelBudgets('key', key, modelMaxBudget(row), nowMs),
  ];
  if (team !== undefined) {
    const ofTeam = { scope: 'team', counter: `spend:team:${team}` } as const;
    const option = { zeroLetsFirstCallThrough: true };
    found.push(...maxBudget(ofTeam, limitOf(row['t.max_budget']), row['t.spend'], option));
    found.push(...windowBudgets(ofTeam, row['t.budget_limits'], row['windows.team'], nowMs));
    found.push(...modelBudgets('team', team, row['t.model_max_budget'], nowMs));
    if (user !== undefined) found.push(...memberBudget(row, `spend:team_member:${user}:${team}`, nowMs));
  }
  if (user !== undefined) {
    found.push(...userBudget(row, user));
    found.push(...modelBudgets('user', user, row['u.model_max_budget'], nowMs));
  }
  if (organization !== undefined) {
    const holder = { scope: 'organization', counter: `spend:org:${organization}` } as const;
    found.push(...maxBudget(holder, limitOf(row['ob.max_budget']), row['o.spend']));
  }
  if (project !== undefined) {
    const holder = { scope: 'project', counter: `spend:project:${project}` } as const;
    found.push(...maxBudget(holder, limitOf(row['pb.max_budget']), row['p.spend']));
  }
  return found;
}

/** The key's own budget, else that of its row of budgets, and what it was given for a time. */
function keyMaximum(row: KeyRow, nowMs: number): bigint | undefined {
  const max = limitOf(row['v.max_budget'] ?? row['vb.max_budget']);
  const { temp_budget_increase: increase, temp_budget_expiry: expiry } = jsonObject(row['v.metadata']);
  const untilMs = instant(expiry);
  if (max === undefined || untilMs === undefined || untilMs <= nowMs || typeof increase !== 'number') return max;
  return max + (limitOf(increase) ?? 0n);
}

/**
 * Only keys of no team, where the user is no administrator of the proxy. `apply_user_budget_to_team_keys`, by which it
 * would hold for the others, is a setting that sends calls to LiteLLM.
 */
function userBudget(row: KeyRow, user: string): Budget[] {
  if (text(row['v.team_id']) !== undefined || row['u.user_role'] === 'proxy_admin') return [];
  return maxBudget({ scope: 'user', counter: `spend:user:${user}` }, limitOf(row['u.max_budget']), row['u.spend']);
}

/** The member's own, else the team's for its members, of which 0 is none; with what the member was given for a time. */
function memberBudget(row: KeyRow, counter: string, nowMs: number): Budget[] {
  const holder = { scope: 'team-member', counter } as const;
  const untilMs = row['mb.temp_budget_expiry'];
  const isIncreased = typeof untilMs === 'number' && untilMs > nowMs;
  const increase = isIncreased ? (limitOf(row['mb.temp_budget_increase']) ?? 0n) : 0n;
  if (row['mb.max_budget'] !== null && row['mb.max_budget'] !== undefined) {
    const own = limitOf(row['mb.max_budget']);
    return maxBudget(holder, own === undefined ? undefined : own + increase, row['m.spend']);
  }
  const common = limitOf(row['db.max_budget']);
  if (common === undefined || common <= 0n) return [];
  return maxBudget(holder, common + increase, row['m.spend'], { name: 'team_member_budget' });
}
