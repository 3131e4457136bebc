import type { Addition } from './spend-columns.ts';
import { type Posting, Tally } from './tally.ts';

/*
 * The sums per day that the Usage page of the Admin UI reads. Days are UTC; a part of the key that is not known is
 * '', because NULL would never be found again.
 * Source: LiteLLM 1.106.2, proxy/db/daily_spend_bulk_upsert.py, model_usage_rollup.py, gateway_request_tracking.py,
 * route_llm_request.py, and rows of a real one (read 2026-11-23).
 */

const keyColumns = ['date', 'api_key', 'model', 'custom_llm_provider', 'mcp_namespaced_tool_name', 'endpoint'] as const;

const counters = [
  'prompt_tokens',
  'completion_tokens',
  'api_requests',
  'successful_requests',
  'failed_requests',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'total_response_time_ms',
  'timed_requests',
] as const;

interface DailyTable {
  readonly table: string;
  readonly entity: string;
  readonly entitiesOf: (posting: Posting) => readonly string[];
  /** LiteLLM keeps the id of one of the requests beside the sums. */
  readonly requestId?: true;
}

/** A call without a user or a team is booked on the one whose name is ''; the others need a name. */
const dailyTables: readonly DailyTable[] = [
  { table: 'LiteLLM_DailyUserSpend', entity: 'user_id', entitiesOf: ({ row }) => [row.user] },
  { table: 'LiteLLM_DailyTeamSpend', entity: 'team_id', entitiesOf: ({ row }) => [row.team_id] },
  {
    table: 'LiteLLM_DailyOrganizationSpend',
    entity: 'organization_id',
    entitiesOf: ({ row }) => (row.organization_id === '' ? [] : [row.organization_id]),
  },
  {
    table: 'LiteLLM_DailyEndUserSpend',
    entity: 'end_user_id',
    entitiesOf: ({ row }) => (row.end_user === '' ? [] : [row.end_user]),
  },
  { table: 'LiteLLM_DailyTagSpend', entity: 'tag', entitiesOf: ({ row }) => row.request_tags, requestId: true },
];

/** LiteLLM names the routes that it has a word for, and leaves the others empty. */
const endpoints: Readonly<Record<string, string>> = {
  acompletion: '/chat/completions',
  aembedding: '/embeddings',
  aresponses: '/responses',
};

/** What a batch adds to the tables per day, in the order of LiteLLM's own writer. */
export function dailyAdditions(postings: readonly Posting[]): readonly Addition[] {
  return [...dailyTables.map((table) => dailySpend(table, postings)), modelUsage(postings), gatewayRequests(postings)];
}

function dailySpend(daily: DailyTable, postings: readonly Posting[]): Addition {
  const tally = new Tally();
  for (const posting of postings) {
    const { row, event } = posting;
    const beside = { model_group: row.model_group, request_id: row.request_id };
    for (const entity of daily.entitiesOf(posting)) {
      const columns = {
        entity,
        date: row.startTime.slice(0, 10),
        api_key: row.api_key,
        model: row.model,
        custom_llm_provider: row.custom_llm_provider,
        mcp_namespaced_tool_name: '',
        endpoint: endpoints[row.call_type] ?? '',
      };
      tally.add(columns, event.costNanoUsd, dailyCounts(posting), beside);
    }
  }
  return { text: dailySql(daily), rows: tally.rows() };
}

function dailyCounts({ row, event }: Posting): Readonly<Record<string, number>> {
  const isSuccess = row.status === 'success';
  return {
    prompt_tokens: row.prompt_tokens,
    completion_tokens: row.completion_tokens,
    api_requests: 1,
    successful_requests: isSuccess ? 1 : 0,
    failed_requests: isSuccess ? 0 : 1,
    cache_read_input_tokens: event.usage?.cacheReadTokens ?? 0,
    cache_creation_input_tokens: event.usage?.cacheWriteTokens ?? 0,
    total_response_time_ms: isSuccess ? row.request_duration_ms : 0,
    timed_requests: isSuccess ? 1 : 0,
  };
}

function dailySql({ table, entity, requestId }: DailyTable): string {
  const texts = ['entity', ...keyColumns, 'model_group', 'request_id'].map((column) => `${column} text`);
  const sums = [...counters.map((column) => `${column} bigint`), 'spend float8'];
  const own = requestId === true ? ', request_id' : '';
  const written = [...keyColumns, 'model_group', ...counters, 'spend'].join(', ');
  const added = [...counters, 'spend'].map((column) => `${column} = d.${column} + EXCLUDED.${column}`).join(', ');
  const order = ['entity', ...keyColumns].map((column) => `x.${column} COLLATE "C"`).join(', ');
  const kept = requestId === true ? ', request_id = coalesce(EXCLUDED.request_id, d.request_id)' : '';
  return `INSERT INTO "${table}" AS d (id, ${entity}, ${written}${own}, updated_at)
  SELECT gen_random_uuid()::text, x.entity, ${written}${own}, now() AT TIME ZONE 'UTC'
  FROM jsonb_to_recordset($1::jsonb) AS x(${[...texts, ...sums].join(', ')}) ORDER BY ${order}
  ON CONFLICT (${[entity, ...keyColumns].join(', ')}) DO UPDATE
  SET ${added}${kept}, updated_at = EXCLUDED.updated_at`;
}

function modelUsage(postings: readonly Posting[]): Addition {
  const tally = new Tally();
  for (const { row, event } of postings) {
    const isSuccess = row.status === 'success';
    const columns = {
      date: row.startTime.slice(0, 10),
      model_group: row.model_group === '' ? row.model : row.model_group,
      model: row.model,
      custom_llm_provider: row.custom_llm_provider === '' ? 'unknown' : row.custom_llm_provider,
    };
    tally.add(columns, event.costNanoUsd, {
      prompt_tokens: row.prompt_tokens,
      completion_tokens: row.completion_tokens,
      request_count: 1,
      successful_requests: isSuccess ? 1 : 0,
      failed_requests: isSuccess ? 0 : 1,
    });
  }
  return { text: modelUsageSql, rows: tally.rows() };
}

const modelUsageSums = [
  'spend',
  'prompt_tokens',
  'completion_tokens',
  'request_count',
  'successful_requests',
  'failed_requests',
];
const modelUsageSql = `INSERT INTO "LiteLLM_DailyModelUsage" AS d
    (date, model_group, model, custom_llm_provider, task_type, ${modelUsageSums.join(', ')}, updated_at)
  SELECT x.date, x.model_group, x.model, x.custom_llm_provider, 'uncategorized', ${modelUsageSums.join(', ')},
    now() AT TIME ZONE 'UTC'
  FROM jsonb_to_recordset($1::jsonb) AS x(date text, model_group text, model text, custom_llm_provider text,
    spend float8, prompt_tokens bigint, completion_tokens bigint, request_count bigint, successful_requests bigint,
    failed_requests bigint)
  ORDER BY x.date COLLATE "C", x.model_group COLLATE "C", x.model COLLATE "C", x.custom_llm_provider COLLATE "C"
  ON CONFLICT (date, model_group, model, custom_llm_provider, task_type) DO UPDATE
  SET ${modelUsageSums.map((column) => `${column} = d.${column} + EXCLUDED.${column}`).join(', ')},
    updated_at = EXCLUDED.updated_at`;

/** Requests as they were answered: one that was cut after its status was sent was a 200. */
function gatewayRequests(postings: readonly Posting[]): Addition {
  const tally = new Tally();
  for (const { row, event } of postings) {
    const isSuccess = event.end === 'delivered' || (event.end === 'cut' && event.firstByteAtMs !== undefined);
    const columns = { date: row.startTime.slice(0, 10), route: endpoints[row.call_type] ?? '/bedrock' };
    tally.add(columns, 0n, { successful_requests: isSuccess ? 1 : 0, failed_requests: isSuccess ? 0 : 1 });
  }
  return { text: gatewayRequestsSql, rows: tally.rows() };
}

const gatewayRequestsSql = `INSERT INTO "LiteLLM_DailyGatewayRequests" AS d
    (date, category, route, successful_requests, failed_requests, updated_at)
  SELECT x.date, 'llm', x.route, x.successful_requests, x.failed_requests, now() AT TIME ZONE 'UTC'
  FROM jsonb_to_recordset($1::jsonb)
    AS x(date text, route text, successful_requests bigint, failed_requests bigint)
  ORDER BY x.date COLLATE "C", x.route COLLATE "C"
  ON CONFLICT (date, category, route) DO UPDATE
  SET successful_requests = d.successful_requests + EXCLUDED.successful_requests,
    failed_requests = d.failed_requests + EXCLUDED.failed_requests, updated_at = EXCLUDED.updated_at`;
