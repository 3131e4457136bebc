import type { AdminScope } from '@genai-gateway/core';
import { hasUnreadableWindows } from './budgets.ts';
import { harmless, type Rules, read, setting } from './setting-rule.ts';
import { isFilled, jsonObject } from './values.ts';

/*
 * What every column of the tables behind a virtual key means for the hot path. The SELECT is built
 * from these tables, and a test against the migrated database fails when LiteLLM gets a column that
 * nobody has decided about.
 * Source: LiteLLM 1.106.2, proxy/schema.prisma, proxy/auth/auth_checks.py and
 * proxy/hooks/parallel_request_limiter_v3.py, https://github.com/BerriAI/litellm (read 2026-11-22).
 */

const bookkeeping = 'who wrote the row and when';
const spent = 'what was spent; only a budget makes it matter';
const unheld = 'LiteLLM looks at it nowhere';
const forBatches = 'LiteLLM counts tokens per day for batches only';
const display = 'for people to read';
const alert = 'sends an alert and stops no call';
const budgetClock = 'when a budget starts anew; only a budget makes it matter';
const rotation = 'rotation makes new rows, which are read as any other';
const notInChat = 'vector stores, MCP servers, agents and search tools, which the hot path does not serve';

const amount = 'what may be spent';
const perModel = 'what may be spent per model';
const perMinute = 'a limit per minute';
const windows = (why: string) => setting('budget', hasUnreadableWindows, why);

const key: Rules = {
  token: read('the hash that the key is known by'),
  key_alias: read('name of the key'),
  user_id: read('its user'),
  team_id: read('its team'),
  organization_id: read('its organisation'),
  project_id: read('its project'),
  models: read('a scope of models'),
  access_group_ids: read('more models for the scope'),
  aliases: read('names of the key for models'),
  blocked: read('a blocked key'),
  expires: read('an expired key'),
  allowed_routes: read('routes the key may call'),
  metadata: read('has a table of its own'),
  max_budget: read(amount),
  budget_limits: windows('budgets over several windows are read, where they can be'),
  model_max_budget: read(perModel),
  spend: read('what was spent'),
  budget_fallbacks: setting('model-budget', isFilled, 'another model once the budget of one is spent'),
  rpm_limit: read(perMinute),
  tpm_limit: read(perMinute),
  max_parallel_requests: read('calls at one time'),
  ...harmless(forBatches, 'tpd_limit'),
  config: setting('router-settings', isFilled, 'a model list of the key itself'),
  router_settings: setting('router-settings', isFilled, 'fallbacks and retries of the key itself'),
  policies: setting('policies', isFilled, 'policies name guardrails'),
  permissions: setting(
    'guardrails',
    permissionsMatter,
    'LiteLLM reads them as names of guardrails to run, but for the few that open management routes',
  ),
  agent_id: setting('unknown-option', isFilled, 'agents have models, limits and trace rules of their own'),
  ...harmless(display, 'key_name', 'key_type'),
  ...harmless(spent, 'total_spend', 'model_spend'),
  ...harmless(
    bookkeeping,
    'created_at',
    'created_by',
    'updated_at',
    'updated_by',
    'settings_updated_at',
    'last_active',
  ),
  ...harmless(budgetClock, 'budget_duration', 'budget_reset_at'),
  ...harmless(rotation, 'auto_rotate', 'key_rotation_at', 'last_rotation_at', 'rotation_count', 'rotation_interval'),
  ...harmless(alert, 'soft_budget_cooldown'),
  ...harmless('points to the budget, which is joined', 'budget_id'),
  ...harmless('what a caller may ask of the response cache, which the hot path has not', 'allowed_cache_controls'),
  ...harmless(notInChat, 'object_permission_id'),
};

/** Names in `permissions` that have nothing to do with guardrails. */
const otherPermissions = new Set(['get_spend_routes', 'allow_pii_controls']);

function permissionsMatter(value: unknown): boolean {
  return Object.entries(jsonObject(value)).some(([name, on]) => on !== false && !otherPermissions.has(name));
}

/** A row of budgets, of which each holder reads some columns. */
const budget: Rules = {
  max_budget: read(amount),
  ...harmless(unheld, 'model_max_budget', 'rpm_limit', 'tpm_limit', 'max_parallel_requests'),
  ...harmless(forBatches, 'tpd_limit'),
  ...harmless(alert, 'soft_budget'),
  ...harmless(budgetClock, 'budget_duration', 'budget_reset_at'),
  ...harmless('LiteLLM reads it for team members only', 'allowed_models', 'temp_budget_increase', 'temp_budget_expiry'),
  ...harmless('its own name', 'budget_id'),
  ...harmless(bookkeeping, 'created_at', 'created_by', 'updated_at', 'updated_by'),
};

const organizationBudget: Rules = { ...budget, rpm_limit: read(perMinute), tpm_limit: read(perMinute) };
const keyBudget: Rules = { ...organizationBudget, model_max_budget: read(perModel) };
const memberBudget: Rules = {
  ...organizationBudget,
  allowed_models: read('models of the member within the team'),
  temp_budget_increase: read('adds to what the member may spend'),
  temp_budget_expiry: read('until when it does'),
};

const team: Rules = {
  team_id: read('that there is a team'),
  organization_id: read('the organisation of a key that names none itself'),
  models: read('a scope of models'),
  access_group_ids: read('more models for the scope'),
  blocked: read('a blocked team'),
  metadata: read('has a table of its own'),
  model_id: read('points to the names of the team for models'),
  team_alias: read('its name in the books'),
  max_budget: read(amount),
  budget_limits: windows('budgets over several windows are read, where they can be'),
  model_max_budget: read(perModel),
  spend: read('what was spent'),
  rpm_limit: read(perMinute),
  tpm_limit: read(perMinute),
  ...harmless(unheld, 'max_parallel_requests'),
  ...harmless(forBatches, 'tpd_limit'),
  router_settings: setting('router-settings', isFilled, 'fallbacks and retries of the team itself'),
  policies: setting('policies', isFilled, 'policies name guardrails'),
  ...harmless(spent, 'model_spend'),
  ...harmless(alert, 'soft_budget'),
  ...harmless(bookkeeping, 'created_at', 'updated_at'),
  ...harmless(budgetClock, 'budget_duration', 'budget_reset_at'),
  ...harmless('who may manage the team', 'admins', 'members', 'members_with_roles', 'team_member_permissions'),
  ...harmless('lets a caller change guardrails, which sends the call to LiteLLM anyway', 'allow_team_guardrail_config'),
  ...harmless('copied into the budget of each new member', 'default_team_member_models'),
  ...harmless(notInChat, 'object_permission_id'),
};

const membership: Rules = {
  spend: read('what was spent'),
  ...harmless('how the row is found', 'user_id', 'team_id', 'budget_id'),
  ...harmless(spent, 'total_spend'),
};

const user: Rules = {
  user_id: read('that there is a user'),
  models: read('a scope of models for keys without a team'),
  metadata: read('has a table of its own, and tells whether the user was deactivated'),
  user_email: read('the name in the books'),
  user_role: read('an administrator of the proxy spends without a budget, and manages what belongs to all'),
  max_budget: read('what the user may spend with keys of no team'),
  model_max_budget: read(perModel),
  spend: read('what was spent'),
  rpm_limit: read(perMinute),
  tpm_limit: read(perMinute),
  ...harmless(unheld, 'max_parallel_requests'),
  policies: setting('policies', isFilled, 'policies name guardrails'),
  ...harmless(display, 'user_alias'),
  ...harmless(spent, 'model_spend'),
  ...harmless(bookkeeping, 'created_at', 'updated_at'),
  ...harmless(budgetClock, 'budget_duration', 'budget_reset_at'),
  ...harmless('how the user signs in', 'sso_user_id', 'password', 'password_reset_required', 'last_breach_check_at'),
  ...harmless('what the user may manage', 'team_id', 'teams', 'organization_id'),
  ...harmless('what a caller may ask of the response cache, which the hot path has not', 'allowed_cache_controls'),
  ...harmless(notInChat, 'object_permission_id'),
};

const project: Rules = {
  project_id: read('that there is a project'),
  models: read('a scope of models'),
  blocked: read('a blocked project'),
  metadata: read('has a table of its own'),
  model_rpm_limit: setting('model-rate-limit', isFilled, 'requests per minute and model'),
  model_tpm_limit: setting('model-rate-limit', isFilled, 'tokens per minute and model'),
  spend: read('what was spent'),
  ...harmless(display, 'project_alias', 'description'),
  ...harmless(spent, 'model_spend'),
  ...harmless(bookkeeping, 'created_at', 'created_by', 'updated_at', 'updated_by'),
  ...harmless('how the rows hang together', 'team_id', 'budget_id'),
  ...harmless(notInChat, 'object_permission_id'),
};

const organization: Rules = {
  organization_id: read('that there is an organisation'),
  metadata: read('has a table of its own'),
  models: read('access groups that a call is booked on; as a scope it is checked when a team is made only'),
  spend: read('what was spent'),
  ...harmless(display, 'organization_alias'),
  ...harmless(spent, 'model_spend'),
  ...harmless(bookkeeping, 'created_at', 'created_by', 'updated_at', 'updated_by'),
  ...harmless('how the rows hang together', 'budget_id'),
  ...harmless(notInChat, 'object_permission_id'),
};

/** One joined table: its name in the SELECT, its name in the database, whose settings it holds. */
export interface KeyTable {
  readonly prefix: string;
  readonly table: string;
  readonly scope: AdminScope;
  readonly rules: Rules;
}

/** Every table that is joined to a key. */
export const keyTables: readonly KeyTable[] = [
  { prefix: 'v', table: 'LiteLLM_VerificationToken', scope: 'key', rules: key },
  { prefix: 'vb', table: 'LiteLLM_BudgetTable', scope: 'key', rules: keyBudget },
  { prefix: 'u', table: 'LiteLLM_UserTable', scope: 'user', rules: user },
  { prefix: 't', table: 'LiteLLM_TeamTable', scope: 'team', rules: team },
  { prefix: 'm', table: 'LiteLLM_TeamMembership', scope: 'team-member', rules: membership },
  { prefix: 'mb', table: 'LiteLLM_BudgetTable', scope: 'team-member', rules: memberBudget },
  { prefix: 'db', table: 'LiteLLM_BudgetTable', scope: 'team-member', rules: budget },
  { prefix: 'p', table: 'LiteLLM_ProjectTable', scope: 'project', rules: project },
  { prefix: 'pb', table: 'LiteLLM_BudgetTable', scope: 'project', rules: budget },
  { prefix: 'o', table: 'LiteLLM_OrganizationTable', scope: 'organization', rules: organization },
  { prefix: 'ob', table: 'LiteLLM_BudgetTable', scope: 'organization', rules: organizationBudget },
];
