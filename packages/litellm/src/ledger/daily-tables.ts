import type { PostedCalls } from './posted-calls.ts';
import type { Addition } from './spend-columns.ts';
import { Tally } from './tally.ts';

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
  readonly entitiesOf: (calls: PostedCalls) => readonly string[];
  /** LiteLLM keeps the id of one of the requests beside the sums. */
  readonly requestId?: true;
}

/** A call without a user or a team is booked on the one whose name is ''; the others need a name. */
const dailyTables: readonly DailyTable[] = [
  { table: 'LiteLLM_DailyUserSpend', entity: 'user_id', entitiesOf: ({ payer }) => [payer.user] },
  { table: 'LiteLLM_DailyTeamSpend', entity: 'team_id', entitiesOf: ({ payer }) => [payer.team_id] },
  {
    table: 'LiteLLM_DailyOrganizationSpend',
    entity: 'organization_id',
    entitiesOf: ({ payer }) => (payer.organization_id === '' ? [] : [payer.organization_id]),
  },
  {
    table: 'LiteLLM_DailyEndUserSpend',
    entity: 'end_user_id',
    entitiesOf: ({ payer }) => (payer.end_user === '' ? [] : [payer.end_user]),
  },
  { table: 'LiteLLM_DailyTagSpend', entity: 'tag', entitiesOf: ({ payer }) => payer.request_tags, requestId: true },
];

/** LiteLLM names the routes that it has a word for, and leaves the others empty. */
const endpoints: Readonly<Record<string, string>> = {
  acompletion: '/chat/completions',
  aembedding: '/embeddings',
  aresponses: '/responses',
};

/** What a batch adds to the tables per day, in the order of LiteLLM's own writer. */
export function dailyAdditions(batch: readonly PostedCalls[]): readonly Addition[] {
  return [...dailyTables.map((table) => dailySpend(table, batch)), modelUsage(batch), gatewayRequests(batch)];
}

function dailySpend(daily: DailyTable, batch: readonly PostedCalls[]): Addition {
  const tally = new Tally();
  for (const posted of batch) {
    const { payer, row, date, nanoUsd } = posted;
    const beside = { model_group: row.model_group, request_id: row.request_id };
    const counts = dailyCounts(posted);
    for (const entity of daily.entitiesOf(posted)) {
      const columns = {
        entity,
        date,
        api_key: payer.api_key,
        model: row.model,
        custom_llm_provider: row.custom_llm_provider,
        mcp_namespaced_tool_name: '',
        endpoint: endpoints[row.call_type] ?? '',
      };
      tally.add(columns, nanoUsd, counts, beside);
    }
  }
  return { text: dailySql(daily), rows: tally.rows() };
}

function dailyCounts(posted: PostedCalls): Readonly<Record<string, number>> {
  const { calls, isSuccess } = posted;
  return {
    prompt_tokens: posted.promptTokens,
    completion_tokens: posted.completionTokens,
    api_requests: calls,
    successful_requests: isSuccess ? calls : 0,
    failed_requests: isSuccess ? 0 : calls,
    cache_read_input_tokens: posted.cacheReadTokens,
    cache_creation_input_tokens: posted.cacheWriteTokens,
    total_response_time_ms: isSuccess ? posted.durationMs : 0,
    timed_requests: isSuccess ? calls : 0,
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

function modelUsage(batch: readonly PostedCalls[]): Addition {
  const tally = new Tally();
  for (const { row, date, isSuccess, calls, nanoUsd, promptTokens, completionTokens } of batch) {
    const columns = {
      date,
      model_group: row.model_group === '' ? row.model : row.model_group,
      model: row.model,
      custom_llm_provider: row.custom_llm_provider === '' ? 'unknown' : row.custom_llm_provider,
    };
    tally.add(columns, nanoUsd, {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      request_count: calls,
      successful_requests: isSuccess ? calls : 0,
      failed_requests: isSuccess ? 0 : calls,
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
function gatewayRequests(batch: readonly PostedCalls[]): Addition {
  const tally = new Tally();
  for (const { row, date, isAnswered, calls } of batch) {
    const columns = { date, route: endpoints[row.call_type] ?? '/bedrock' };
    tally.add(columns, 0n, { successful_requests: isAnswered ? calls : 0, failed_requests: isAnswered ? 0 : calls });
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
