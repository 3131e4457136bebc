import type { AdminScope, AdminSetting } from '@genai-gateway/core';
import type { ModelScope, VirtualKey } from '@genai-gateway/identity';
import { keyAllowance, keyTags } from './key-allowance.ts';
import { keyTables } from './key-columns.ts';
import { metadataRules, metadataScopes } from './key-metadata.ts';
import type { KeyRow } from './key-query.ts';
import { jsonObject, stringMap, strings, text } from './values.ts';

/** The virtual key of a row that `findKeySql` gave. */
export function virtualKeyFromRow(row: KeyRow): VirtualKey {
  const userDeactivated = jsonObject(row['u.metadata'])['scim_active'] === false;
  const expires = row['v.expires'];
  return {
    keyHash: String(row['v.token']),
    keyAlias: text(row['v.key_alias']),
    userId: text(row['v.user_id']),
    userEmail: text(row['u.user_email']),
    userRole: text(row['u.user_role']),
    teamId: text(row['v.team_id']),
    teamAlias: text(row['t.team_alias']),
    organizationId: text(row['v.organization_id']) ?? text(row['t.organization_id']),
    projectId: text(row['v.project_id']),
    // LiteLLM refuses every key of a user whom the company's directory deactivated.
    blocked: row['v.blocked'] === true || userDeactivated,
    teamBlocked: row['t.blocked'] === true,
    projectBlocked: row['p.blocked'] === true,
    expiresAtMs: typeof expires === 'number' ? expires : undefined,
    allowedRoutes: strings(row['v.allowed_routes']),
    modelScopes: modelScopes(row),
    grantedNames: grantedNames(row),
    teamAliases: stringMap(row['a.aliases']),
    keyAliases: stringMap(row['v.aliases']),
    settings: settings(row),
    allowance: keyAllowance(row),
    tags: keyTags(row),
    endUserBudgetId: text(jsonObject(row['v.metadata'])['end_user_budget_id']),
  };
}

/** The lists that LiteLLM checks a call against; an organisation's it does not, and the user's only without a team. */
function modelScopes(row: KeyRow): ModelScope[] {
  const scopes: ModelScope[] = [{ scope: 'key', models: strings(row['v.models']), groupModels: strings(row['g.key']) }];
  if (text(row['t.team_id']) !== undefined) {
    const groupModels = [...new Set([...strings(row['g.team']), ...strings(row['g.key-in-team'])])];
    scopes.push({ scope: 'team', models: strings(row['t.models']), groupModels });
    const memberModels = strings(row['mb.allowed_models']);
    if (memberModels.length > 0) scopes.push({ scope: 'team-member', models: memberModels, groupModels: [] });
  }
  if (text(row['v.team_id']) === undefined && text(row['u.user_id']) !== undefined) {
    scopes.push({ scope: 'user', models: strings(row['u.models']), groupModels: [] });
  }
  const projectModels = strings(row['p.models']);
  if (projectModels.length > 0) scopes.push({ scope: 'project', models: projectModels, groupModels: [] });
  return scopes;
}

/** A list of the user's grants nothing here, one of the organization's does, though it allows and forbids nothing. */
function grantedNames(row: KeyRow): readonly string[] {
  const own = strings(row['v.models']);
  const others = ['t.models', 'mb.allowed_models', 'p.models', 'o.models'].flatMap((column) => strings(row[column]));
  return [...new Set([...(own.includes('all-team-models') ? [] : own), ...others])];
}

function settings(row: KeyRow): AdminSetting[] {
  return keyTables.flatMap(({ prefix, scope, rules }): AdminSetting[] => [
    ...Object.entries(rules).flatMap(([column, rule]): AdminSetting[] =>
      rule.use === 'setting' && rule.counts(row[`${prefix}.${column}`])
        ? [{ scope, kind: rule.kind, name: column }]
        : [],
    ),
    ...(rules['metadata'] === undefined ? [] : metadataSettings(scope, row[`${prefix}.metadata`])),
  ]);
}

function metadataSettings(scope: AdminScope, metadata: unknown): AdminSetting[] {
  return Object.entries(jsonObject(metadata)).flatMap(([name, value]): AdminSetting[] => {
    const rule = Object.hasOwn(metadataRules, name) ? metadataRules[name] : undefined;
    if (rule?.use !== 'setting' || !rule.counts(value)) return [];
    const scopes = metadataScopes[name];
    if (scopes !== undefined && !scopes.includes(scope)) return [];
    return [{ scope, kind: rule.kind, name: `metadata.${name}` }];
  });
}
