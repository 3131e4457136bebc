/** A column as Glue's data catalogue has it. */
export interface TableColumn {
  readonly name: string;
  readonly type: 'string' | 'bigint' | 'double' | 'boolean' | 'timestamp';
}

/** A table of the data catalogue over files in a bucket. */
export interface CatalogTable {
  readonly name: string;
  readonly description: string;
  /** In the order of the files' schema; readers find them by name. */
  readonly columns: readonly TableColumn[];
  readonly partitionKeys: readonly TableColumn[];
  readonly inputFormat: string;
  readonly outputFormat: string;
  readonly serializationLibrary: string;
  location(bucket: string): string;
  parameters(bucket: string): Readonly<Record<string, string>>;
}

const FOLDER = 'requests';
/** Athena looks for no partition before it. */
const FIRST_DAY = '2024-01-01';

/**
 * What the compaction of request logs writes, one row a call. Athena works the partitions out by itself: no crawler, and
 * nothing to add when an hour begins.
 * Source: https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html (read 2026-11-23).
 */
export const requestLogTable: CatalogTable = {
  name: 'request_log',
  description: 'Calls through the gateway and LiteLLM, as the log compaction has archived them.',
  columns: [
    ...columns('bigint', 'schema_version'),
    ...columns('string', 'source', 'source_key'),
    ...columns('bigint', 'source_line'),
    ...columns('string', 'row_hash', 'id', 'trace_id', 'session_id', 'litellm_call_id', 'call_type'),
    ...columns('boolean', 'stream'),
    ...columns('string', 'status'),
    ...columns('timestamp', 'started_at', 'ended_at', 'completion_started_at'),
    ...columns('double', 'response_time'),
    ...columns('string', 'custom_llm_provider', 'model', 'model_id', 'model_group', 'api_base'),
    ...columns('bigint', 'prompt_tokens', 'completion_tokens', 'total_tokens'),
    ...columns('double', 'response_cost'),
    ...columns('string', 'cost_breakdown'),
    ...columns('boolean', 'cache_hit'),
    ...columns('string', 'cache_key'),
    ...columns('double', 'saved_cache_cost'),
    ...columns('string', 'api_key_hash', 'api_key_alias', 'user_id', 'user_email', 'team_id', 'team_alias', 'org_id'),
    ...columns('string', 'end_user', 'requester_ip_address', 'user_agent', 'request_tags'),
    ...columns('string', 'error_code', 'error_class', 'error_str', 'error_information', 'guardrail_information'),
    ...columns('string', 'model_parameters', 'hidden_params', 'metadata', 'messages', 'response', 'other'),
  ],
  partitionKeys: columns('string', 'date', 'hour'),
  inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
  outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
  serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
  location: (bucket) => `s3://${bucket}/${FOLDER}/`,
  parameters: (bucket) => ({
    EXTERNAL: 'TRUE',
    classification: 'parquet',
    'projection.enabled': 'true',
    'projection.date.type': 'date',
    'projection.date.format': 'yyyy-MM-dd',
    'projection.date.range': `${FIRST_DAY},NOW+1DAYS`,
    'projection.date.interval': '1',
    'projection.date.interval.unit': 'DAYS',
    'projection.hour.type': 'integer',
    'projection.hour.range': '0,23',
    'projection.hour.digits': '2',
    'storage.location.template': `s3://${bucket}/${FOLDER}/date=\${date}/hour=\${hour}/`,
  }),
};

/** A view over the table, as a SELECT in words that both Athena and DuckDB take, `approx_percentile` apart. */
export interface CatalogView {
  readonly name: string;
  readonly description: string;
  readonly sql: string;
}

/** In the order in which they must be made: the later ones read the first. */
export const requestLogViews: readonly CatalogView[] = [
  {
    name: 'calls',
    description: 'The table with each call once: what a writer sent again after a lost answer has the same row_hash.',
    sql: `SELECT * FROM (
  SELECT *, row_number() OVER (PARTITION BY "date", hour, row_hash ORDER BY source_key, source_line) AS copy FROM request_log
) AS copies WHERE copy = 1`,
  },
  {
    name: 'spend_by_team',
    description: 'Per day and team: calls, failures, tokens and US dollars. Limit it by "date".',
    sql: `SELECT "date", team_id, max(team_alias) AS team_alias, count(*) AS calls,
  sum(CASE WHEN status = 'failure' THEN 1 ELSE 0 END) AS failures, sum(prompt_tokens) AS prompt_tokens,
  sum(completion_tokens) AS completion_tokens, sum(response_cost) AS spend_usd
FROM calls GROUP BY "date", team_id`,
  },
  {
    name: 'latency_by_model',
    description: 'Per day and model, of calls that succeeded: seconds to the end, milliseconds to the first token.',
    sql: `SELECT "date", model_group, model, count(*) AS calls,
  approx_percentile(response_time, 0.5) AS p50_seconds, approx_percentile(response_time, 0.95) AS p95_seconds,
  approx_percentile(response_time, 0.99) AS p99_seconds,
  approx_percentile(CASE WHEN stream THEN date_diff('millisecond', started_at, completion_started_at) END, 0.5) AS p50_first_token_ms,
  approx_percentile(CASE WHEN stream THEN date_diff('millisecond', started_at, completion_started_at) END, 0.95) AS p95_first_token_ms
FROM calls WHERE status = 'success' GROUP BY "date", model_group, model`,
  },
  {
    name: 'errors',
    description: 'Per hour, model and kind of error: how many calls failed, and when the last one did.',
    sql: `SELECT "date", hour, model_group, error_code, error_class, count(*) AS failures,
  count(DISTINCT api_key_hash) AS keys, max(started_at) AS last_at
FROM calls WHERE status = 'failure' GROUP BY "date", hour, model_group, error_code, error_class`,
  },
];

function columns(type: TableColumn['type'], ...names: readonly string[]): TableColumn[] {
  return names.map((name) => ({ name, type }));
}
