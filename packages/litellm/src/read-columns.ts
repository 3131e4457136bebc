import type pg from 'pg';
import { type ColumnType, type ColumnTypes, checkColumns } from './column-types.ts';

function columns(type: ColumnType, ...names: readonly string[]): ColumnTypes {
  return Object.fromEntries(names.map((name) => [name, type]));
}

/**
 * Every column that is read of LiteLLM's tables, with its type there: LiteLLM 1.106.2, proxy/schema.prisma and its
 * migrations, https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export const readColumns: Readonly<Record<string, ColumnTypes>> = {
  LiteLLM_AccessGroupTable: {
    ...columns('text', 'access_group_id'),
    ...columns('ARRAY', 'access_model_names', 'assigned_key_ids', 'assigned_team_ids'),
  },
  LiteLLM_BudgetTable: {
    ...columns('text', 'budget_id'),
    ...columns('bigint', 'rpm_limit', 'tpm_limit'),
    ...columns('double precision', 'max_budget', 'temp_budget_increase'),
    ...columns('timestamp without time zone', 'temp_budget_expiry'),
    ...columns('jsonb', 'model_max_budget'),
    ...columns('ARRAY', 'allowed_models'),
  },
  LiteLLM_BudgetWindowSpend: {
    ...columns('text', 'entity_id', 'entity_type', 'window_duration'),
    ...columns('double precision', 'spend'),
    ...columns('timestamp without time zone', 'window_start'),
  },
  LiteLLM_CacheConfig: {
    ...columns('text', 'id'),
    ...columns('jsonb', 'cache_settings'),
  },
  LiteLLM_Config: {
    ...columns('text', 'param_name'),
    ...columns('jsonb', 'param_value'),
  },
  LiteLLM_DeprecatedVerificationToken: {
    ...columns('text', 'active_token_id', 'token'),
    ...columns('timestamp without time zone', 'revoke_at'),
  },
  LiteLLM_EndUserTable: {
    ...columns('text', 'allowed_model_region', 'budget_id', 'default_model', 'object_permission_id', 'user_id'),
    ...columns('double precision', 'spend'),
    ...columns('boolean', 'blocked'),
    ...columns('ARRAY', 'models'),
  },
  LiteLLM_GuardrailsTable: {
    ...columns('text', 'guardrail_name', 'status'),
    ...columns('jsonb', 'litellm_params'),
  },
  LiteLLM_ModelAccessGroupBudgetTable: {
    ...columns('text', 'access_group_name', 'budget_id'),
    ...columns('double precision', 'spend'),
  },
  LiteLLM_ModelTable: {
    ...columns('integer', 'id'),
    ...columns('jsonb', 'aliases'),
  },
  LiteLLM_OrganizationTable: {
    ...columns('text', 'budget_id', 'organization_id'),
    ...columns('double precision', 'spend'),
    ...columns('jsonb', 'metadata'),
    ...columns('ARRAY', 'models'),
  },
  LiteLLM_PolicyAttachmentTable: {
    ...columns('text', 'policy_name'),
  },
  LiteLLM_PolicyTable: {
    ...columns('text', 'inherit', 'policy_name', 'version_status'),
    ...columns('jsonb', 'pipeline'),
    ...columns('ARRAY', 'guardrails_add', 'guardrails_remove'),
  },
  LiteLLM_ProjectTable: {
    ...columns('text', 'budget_id', 'project_id'),
    ...columns('double precision', 'spend'),
    ...columns('boolean', 'blocked'),
    ...columns('jsonb', 'metadata', 'model_rpm_limit', 'model_tpm_limit'),
    ...columns('ARRAY', 'models'),
  },
  LiteLLM_ProxyModelTable: {
    ...columns('text', 'model_id', 'model_name'),
    ...columns('boolean', 'blocked'),
    ...columns('jsonb', 'litellm_params', 'model_info'),
  },
  LiteLLM_ShadowEvalJob: {
    ...columns('timestamp without time zone', 'ends_at', 'stopped_at'),
  },
  LiteLLM_TagTable: {
    ...columns('text', 'budget_id', 'tag_name'),
    ...columns('double precision', 'spend'),
  },
  LiteLLM_TeamMembership: {
    ...columns('text', 'budget_id', 'team_id', 'user_id'),
    ...columns('double precision', 'spend'),
  },
  LiteLLM_TeamTable: {
    ...columns('text', 'organization_id', 'team_alias', 'team_id'),
    ...columns('integer', 'model_id'),
    ...columns('bigint', 'rpm_limit', 'tpm_limit'),
    ...columns('double precision', 'max_budget', 'spend'),
    ...columns('boolean', 'blocked'),
    ...columns('jsonb', 'budget_limits', 'metadata', 'model_max_budget', 'router_settings'),
    ...columns('ARRAY', 'access_group_ids', 'models', 'policies'),
  },
  LiteLLM_UISettings: {
    ...columns('text', 'id'),
    ...columns('jsonb', 'ui_settings'),
  },
  LiteLLM_UserTable: {
    ...columns('text', 'user_email', 'user_id', 'user_role'),
    ...columns('bigint', 'rpm_limit', 'tpm_limit'),
    ...columns('double precision', 'max_budget', 'spend'),
    ...columns('jsonb', 'metadata', 'model_max_budget'),
    ...columns('ARRAY', 'models', 'policies'),
  },
  LiteLLM_VerificationToken: {
    ...columns(
      'text',
      'agent_id',
      'budget_id',
      'key_alias',
      'organization_id',
      'project_id',
      'team_id',
      'token',
      'user_id',
    ),
    ...columns('integer', 'max_parallel_requests'),
    ...columns('bigint', 'rpm_limit', 'tpm_limit'),
    ...columns('double precision', 'max_budget', 'spend'),
    ...columns('boolean', 'blocked'),
    ...columns('timestamp without time zone', 'expires'),
    ...columns(
      'jsonb',
      'aliases',
      'budget_fallbacks',
      'budget_limits',
      'config',
      'metadata',
      'model_max_budget',
      'permissions',
      'router_settings',
    ),
    ...columns('ARRAY', 'access_group_ids', 'allowed_routes', 'models', 'policies'),
  },
};

/** Makes sure that keys and models can be read from this database. Rejects as `checkColumns` does. */
export function checkReadTables(pool: pg.Pool, signal: AbortSignal): Promise<void> {
  return checkColumns(pool, readColumns, 'Keys and models cannot be read', signal);
}
