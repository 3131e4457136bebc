import { asObject, jsonObject, strings } from './values.ts';

/*
 * What LiteLLM keeps in its database and reads in addition to its file.
 * Source: LiteLLM 1.106.2, proxy/proxy_server.py (ProxyConfig: add_deployment, _init_non_llm_objects_in_db),
 * proxy/guardrails/guardrail_registry.py, proxy/policy_engine, proxy/schema.prisma,
 * https://github.com/BerriAI/litellm (read 2026-11-23).
 */

/** Rows of LiteLLM's tables, as much as bears on a model call. Values may still be encrypted. */
export interface StoredTables {
  /** Rows of LiteLLM_ProxyModelTable. */
  readonly models: readonly unknown[];
  /** LiteLLM_Config: the name of a section → its options. */
  readonly sections: Readonly<Record<string, unknown>>;
  /** The one row of LiteLLM_UISettings. */
  readonly uiSettings: Readonly<Record<string, unknown>>;
  /** The one row of LiteLLM_CacheConfig, the Admin UI's page for the response cache. */
  readonly cacheSettings: Readonly<Record<string, unknown>>;
  /** LiteLLM_GuardrailsTable, what is approved, in the form of the file. */
  readonly guardrails: readonly unknown[];
  /** LiteLLM_PolicyTable, what is in production, in the form of the file. */
  readonly policies: Readonly<Record<string, unknown>>;
  /** LiteLLM_PolicyAttachmentTable, in the form of the file. */
  readonly attachments: readonly unknown[];
  /** Access groups of models that calls are booked on, LiteLLM_ModelAccessGroupBudgetTable. */
  readonly bookedGroups: readonly string[];
  /** Tags with a budget or with limits, LiteLLM_TagTable. */
  readonly budgetedTags: readonly string[];
  /** Whether the calls of some key, team or user are copied to a model under trial, LiteLLM_ShadowEvalJob. */
  readonly shadowEvaluation: boolean;
}

const sections = `param_name IN ('general_settings', 'router_settings', 'litellm_settings', 'environment_variables')`;

/** Tables of which any change counts, and which of their rows. */
const sources = [
  { table: 'LiteLLM_ProxyModelTable', where: 'true' },
  { table: 'LiteLLM_Config', where: sections },
  { table: 'LiteLLM_UISettings', where: `id = 'ui_settings'` },
  { table: 'LiteLLM_CacheConfig', where: `id = 'cache_config'` },
  { table: 'LiteLLM_GuardrailsTable', where: 'true' },
  { table: 'LiteLLM_PolicyTable', where: 'true' },
  { table: 'LiteLLM_PolicyAttachmentTable', where: 'true' },
];

/** Changes with every row that is written, updated or deleted, by whatever way: each version of a row has its own. */
const rowVersions = sources.map(
  ({ table, where }) =>
    `(SELECT count(*) || ':' || coalesce(sum(hashtextextended(ctid::text || xmin::text, 0)), 0) FROM "${table}" WHERE ${where})`,
);

// Their rows change with every call that is booked, so what is asked of them is compared itself.
const bookedGroups = `(SELECT coalesce(json_agg(access_group_name ORDER BY access_group_name), '[]')
  FROM "LiteLLM_ModelAccessGroupBudgetTable")`;
const budgetedTags = `(SELECT coalesce(json_agg(t.tag_name ORDER BY t.tag_name), '[]')
  FROM "LiteLLM_TagTable" t JOIN "LiteLLM_BudgetTable" b ON b.budget_id = t.budget_id
  WHERE b.max_budget IS NOT NULL OR b.rpm_limit IS NOT NULL OR b.tpm_limit IS NOT NULL)`;
const shadowEvaluation = `(SELECT EXISTS (SELECT 1 FROM "LiteLLM_ShadowEvalJob"
  WHERE stopped_at IS NULL AND ends_at > (now() AT TIME ZONE 'UTC')))`;

/**
 * One row: `print`, which is another one after any change, and `content`, which is null when $1 is the print
 * of now. Both are of one moment. The content has none of the secrets of guardrails.
 */
export const storedSql = `WITH now AS (
  SELECT concat_ws(' ', ${rowVersions.join(', ')}, ${bookedGroups}::text, ${budgetedTags}::text, ${shadowEvaluation}::text) AS print)
SELECT print, CASE WHEN print IS DISTINCT FROM $1::text THEN json_build_object(
  'models', (SELECT coalesce(json_agg(json_build_object('model_id', model_id, 'model_name', model_name,
      'litellm_params', litellm_params, 'model_info', model_info, 'blocked', blocked) ORDER BY created_at, model_id), '[]')
    FROM "LiteLLM_ProxyModelTable"),
  'sections', (SELECT coalesce(json_object_agg(param_name, param_value), '{}') FROM "LiteLLM_Config" WHERE ${sections}),
  'uiSettings', (SELECT ui_settings FROM "LiteLLM_UISettings" WHERE id = 'ui_settings'),
  'cacheSettings', (SELECT cache_settings FROM "LiteLLM_CacheConfig" WHERE id = 'cache_config'),
  'guardrails', (SELECT coalesce(json_agg(json_build_object('guardrail_name', guardrail_name, 'litellm_params',
      json_build_object('default_on', CASE jsonb_typeof(litellm_params) WHEN 'object' THEN litellm_params -> 'default_on'
        ELSE 'true' END)) ORDER BY guardrail_name), '[]')
    FROM "LiteLLM_GuardrailsTable" WHERE status = 'active'),
  'policies', (SELECT coalesce(json_object_agg(policy_name, json_build_object('inherit', inherit, 'pipeline', pipeline,
      'guardrails', json_build_object('add', guardrails_add, 'remove', guardrails_remove))), '{}')
    FROM "LiteLLM_PolicyTable" WHERE version_status = 'production'),
  'attachments', (SELECT coalesce(json_agg(json_build_object('policy', policy_name) ORDER BY policy_name), '[]')
    FROM "LiteLLM_PolicyAttachmentTable"),
  'bookedGroups', ${bookedGroups},
  'budgetedTags', ${budgetedTags},
  'shadowEvaluation', ${shadowEvaluation}
)::text END AS content FROM now`;

/** The content that {@link storedSql} gives. */
export function parseStored(content: string): StoredTables {
  const tables = asObject(JSON.parse(content)) ?? {};
  return {
    models: rows(tables['models']),
    sections: asObject(tables['sections']) ?? {},
    uiSettings: jsonObject(tables['uiSettings']),
    cacheSettings: jsonObject(tables['cacheSettings']),
    guardrails: rows(tables['guardrails']),
    policies: asObject(tables['policies']) ?? {},
    attachments: rows(tables['attachments']),
    bookedGroups: strings(tables['bookedGroups']),
    budgetedTags: strings(tables['budgetedTags']),
    shadowEvaluation: tables['shadowEvaluation'] === true,
  };
}

function rows(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
