import type { ColumnType, ColumnTypes } from '../column-types.ts';
import { spendLogColumns } from './spend-log-sql.ts';

const types: Readonly<Record<(typeof spendLogColumns)[keyof typeof spendLogColumns], ColumnType>> = {
  text: 'text',
  integer: 'integer',
  float8: 'double precision',
  timestamp: 'timestamp without time zone',
  jsonb: 'jsonb',
};

const spend = { spend: 'double precision' } as const;
const changed = { updated_at: 'timestamp without time zone' } as const;
const counters = {
  prompt_tokens: 'bigint',
  completion_tokens: 'bigint',
  successful_requests: 'bigint',
  failed_requests: 'bigint',
} as const;

const daily = {
  id: 'text',
  date: 'text',
  api_key: 'text',
  model: 'text',
  model_group: 'text',
  custom_llm_provider: 'text',
  mcp_namespaced_tool_name: 'text',
  endpoint: 'text',
  ...spend,
  ...counters,
  api_requests: 'bigint',
  cache_read_input_tokens: 'bigint',
  cache_creation_input_tokens: 'bigint',
  total_response_time_ms: 'bigint',
  timed_requests: 'bigint',
  ...changed,
} as const;

/**
 * Every column that the books write or look up, with its type in the tables of LiteLLM 1.106.2: what
 * `checkLedgerTables` asks a database for before the first booking.
 */
export const ledgerColumns: Readonly<Record<string, ColumnTypes>> = {
  LiteLLM_SpendLogs: Object.fromEntries(Object.entries(spendLogColumns).map(([name, type]) => [name, types[type]])),
  LiteLLM_UserTable: { user_id: 'text', ...spend },
  LiteLLM_EndUserTable: { user_id: 'text', ...spend, blocked: 'boolean' },
  LiteLLM_VerificationToken: {
    token: 'text',
    ...spend,
    total_spend: 'double precision',
    last_active: 'timestamp without time zone',
    budget_limits: 'jsonb',
  },
  LiteLLM_TeamTable: { team_id: 'text', ...spend, members_with_roles: 'jsonb', budget_limits: 'jsonb' },
  LiteLLM_TeamMembership: { user_id: 'text', team_id: 'text', ...spend, total_spend: 'double precision' },
  LiteLLM_OrganizationTable: { organization_id: 'text', ...spend },
  LiteLLM_OrganizationMembership: { organization_id: 'text', user_id: 'text', ...spend },
  LiteLLM_ProjectTable: { project_id: 'text', ...spend },
  LiteLLM_TagTable: { tag_name: 'text', ...spend },
  LiteLLM_ModelAccessGroupBudgetTable: { access_group_name: 'text', ...spend },
  LiteLLM_DailyUserSpend: { ...daily, user_id: 'text' },
  LiteLLM_DailyTeamSpend: { ...daily, team_id: 'text' },
  LiteLLM_DailyOrganizationSpend: { ...daily, organization_id: 'text' },
  LiteLLM_DailyEndUserSpend: { ...daily, end_user_id: 'text' },
  LiteLLM_DailyTagSpend: { ...daily, tag: 'text', request_id: 'text' },
  LiteLLM_DailyModelUsage: {
    date: 'text',
    model_group: 'text',
    model: 'text',
    custom_llm_provider: 'text',
    task_type: 'text',
    ...spend,
    ...counters,
    request_count: 'bigint',
    ...changed,
  },
  LiteLLM_DailyGatewayRequests: {
    date: 'text',
    category: 'text',
    route: 'text',
    successful_requests: 'bigint',
    failed_requests: 'bigint',
    ...changed,
  },
  LiteLLM_BudgetWindowSpend: {
    entity_type: 'text',
    entity_id: 'text',
    window_duration: 'text',
    window_start: 'timestamp without time zone',
    ...spend,
    ...changed,
  },
};
