import { GatewayError } from '@genai-gateway/core';

/** One list of models that must allow a call; the shape of `ModelScope` in `packages/identity`. */
export interface AllowList {
  readonly scope: string;
  readonly models: readonly string[];
  readonly groupModels: readonly string[];
}

/** What is being called, under every name that a list may know it by. */
export interface RequestedModel {
  /** As the caller wrote it, then as the catalogue or LiteLLM names it (`bedrock/<id>`). */
  readonly names: readonly string[];
  /** Access groups of the alias (`model_info.access_groups`). */
  readonly accessGroups: readonly string[];
  /**
   * For what leads to other models (an application inference profile, a prompt router): each of those, under every
   * name. A list that does not allow the model itself allows it by allowing all of them; none: nobody knows them.
   */
  readonly behind?: readonly (readonly string[])[];
}

const EVERYTHING = new Set(['*', 'all-proxy-models']);

/**
 * Throws `model-not-allowed` unless every list allows the model.
 *
 * The rules are LiteLLM's (1.106.2, `proxy/auth/auth_checks.py`): an empty list, `*` and
 * `all-proxy-models` allow everything; `no-default-models` in a user's list allows nothing;
 * `all-team-models` of a key leaves it to the team's list, which is checked as a scope of its own (a
 * user or a project has no team to leave it to, so there it is a name that no model has); else the
 * name itself, a wildcard (`*` stands for any text), or an access group; last what the scope's access
 * groups add.
 */
export function checkModelAccess(lists: readonly AllowList[], model: RequestedModel): void {
  for (const list of lists) {
    if (!listAllows(list, model)) {
      throw new GatewayError(
        'model-not-allowed',
        `This ${list.scope.replaceAll('-', ' ')} has no access to the model '${model.names[0]?.slice(0, 200) ?? ''}'. GET /v1/models lists what this key may use; an administrator can grant permission for more.`,
        { param: 'model' },
      );
    }
  }
}

/** The same as a question, for listing models. */
export function mayUseModel(lists: readonly AllowList[], model: RequestedModel): boolean {
  return lists.every((list) => listAllows(list, model));
}

/** Scopes that have a team behind them. */
const OF_TEAM = new Set(['key', 'team', 'team-member']);

function listAllows(list: AllowList, model: RequestedModel): boolean {
  if (list.scope === 'user' && list.models.includes('no-default-models')) return false;
  if (allowsByName(list, model)) return true;
  const { behind = [] } = model;
  return behind.length > 0 && behind.every((names) => allowsByName(list, { names, accessGroups: [] }));
}

function allowsByName({ scope, models, groupModels }: AllowList, model: RequestedModel): boolean {
  return allows(scope, models, model) || (groupModels.length > 0 && allows(scope, groupModels, model));
}

function allows(scope: string, allowed: readonly string[], model: RequestedModel): boolean {
  if (allowed.length === 0) return true;
  return allowed.some(
    (entry) =>
      EVERYTHING.has(entry) ||
      (entry === 'all-team-models' && OF_TEAM.has(scope)) ||
      model.names.includes(entry) ||
      model.accessGroups.includes(entry) ||
      (entry.includes('*') && model.names.some((name) => wildcard(entry).test(name))),
  );
}

const patterns = new Map<string, RegExp>();
const MAX_PATTERNS = 10_000;

function wildcard(entry: string): RegExp {
  let pattern = patterns.get(entry);
  if (pattern === undefined) {
    // LiteLLM leaves the other characters as regular expressions; taking them literally is stricter.
    pattern = new RegExp(`^${entry.split('*').map(escapeRegExp).join('.*')}$`);
    if (patterns.size >= MAX_PATTERNS) patterns.clear();
    patterns.set(entry, pattern);
  }
  return pattern;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
