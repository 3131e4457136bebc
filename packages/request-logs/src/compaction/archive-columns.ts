/** How the values of a column are kept; `json` is a text that holds JSON. */
export type ColumnKind = 'text' | 'json' | 'integer' | 'number' | 'boolean' | 'time';

export interface ArchiveColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Where its value stands in the payload; undefined: compaction knows it. A `time` is in seconds there. */
  readonly from: readonly string[] | undefined;
}

/**
 * Written into every row and every manifest. A new column goes to the end and counts this up by one: readers find columns
 * by name, and files from before have none of it. Until then a new field of LiteLLM is in `other`.
 */
export const archiveSchemaVersion = 1;

/**
 * The columns of an archived call, by what LiteLLM 1.106.2 puts into `StandardLoggingPayload` (litellm/types/utils.py, read
 * 2026-11-23), in snake case. `metadata` and `error_information` are whole beside the columns that are taken out of them.
 */
export const archiveColumns: readonly ArchiveColumn[] = [
  own('schema_version', 'integer'),
  own('source', 'text'),
  own('source_key', 'text'),
  own('source_line', 'integer'),
  own('row_hash', 'text'),
  field('id', 'text'),
  field('trace_id', 'text'),
  field('session_id', 'text'),
  field('litellm_call_id', 'text'),
  field('call_type', 'text'),
  field('stream', 'boolean'),
  field('status', 'text'),
  field('started_at', 'time', 'startTime'),
  field('ended_at', 'time', 'endTime'),
  field('completion_started_at', 'time', 'completionStartTime'),
  field('response_time', 'number'),
  field('custom_llm_provider', 'text'),
  field('model', 'text'),
  field('model_id', 'text'),
  field('model_group', 'text'),
  field('api_base', 'text'),
  field('prompt_tokens', 'integer'),
  field('completion_tokens', 'integer'),
  field('total_tokens', 'integer'),
  field('response_cost', 'number'),
  field('cost_breakdown', 'json'),
  field('cache_hit', 'boolean'),
  field('cache_key', 'text'),
  field('saved_cache_cost', 'number'),
  field('api_key_hash', 'text', 'metadata', 'user_api_key_hash'),
  field('api_key_alias', 'text', 'metadata', 'user_api_key_alias'),
  field('user_id', 'text', 'metadata', 'user_api_key_user_id'),
  field('user_email', 'text', 'metadata', 'user_api_key_user_email'),
  field('team_id', 'text', 'metadata', 'user_api_key_team_id'),
  field('team_alias', 'text', 'metadata', 'user_api_key_team_alias'),
  field('org_id', 'text', 'metadata', 'user_api_key_org_id'),
  field('end_user', 'text'),
  field('requester_ip_address', 'text'),
  field('user_agent', 'text'),
  field('request_tags', 'json'),
  field('error_code', 'text', 'error_information', 'error_code'),
  field('error_class', 'text', 'error_information', 'error_class'),
  field('error_str', 'text'),
  field('error_information', 'json'),
  field('guardrail_information', 'json'),
  field('model_parameters', 'json'),
  field('hidden_params', 'json'),
  field('metadata', 'json'),
  field('messages', 'json'),
  field('response', 'json'),
  own('other', 'json'),
];

function own(name: string, kind: ColumnKind): ArchiveColumn {
  return { name, kind, from: undefined };
}

function field(name: string, kind: ColumnKind, ...from: readonly string[]): ArchiveColumn {
  return { name, kind, from: from.length === 0 ? [name] : from };
}
