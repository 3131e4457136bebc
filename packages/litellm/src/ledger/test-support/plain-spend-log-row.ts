import { usd } from '@genai-gateway/core';
import type { UsageEvent } from '@genai-gateway/governance';
import type { BookedPayerOptions, PayerColumns } from '../booked-payer.ts';
import type { SpendLogRow } from '../spend-log-row.ts';
import { countOf, storable } from '../storable.ts';

interface PlainRow extends SpendLogRow, PayerColumns {}

type SpendLogMetadata = Readonly<Record<string, unknown>>;

/** LiteLLM's names for the master key and the user behind it (LiteLLM 1.106.2, constants.py, read 2026-11-23). */
const MASTER_KEY = 'litellm_proxy_master_key';
const ADMINISTRATOR = 'default_user_id';

/** What stands for a model that does not exist: LiteLLM lets nobody write his own words into its reports. */
const UNKNOWN_MODEL = 'unknown-model';

/** The row of a call in the spend log, column by column: what the books write as text has to be the same value. */
export function plainSpendLogRow(event: UsageEvent, options: BookedPayerOptions = {}) {
  const { payer, usage } = event;
  const isMaster = options.isMasterKey?.(payer.keyHash) === true;
  const cacheRead = countOf(usage?.cacheReadTokens);
  const cacheWrite = countOf(usage?.cacheWriteTokens);
  const prompt = countOf((usage?.inputTokens ?? 0) + cacheRead + cacheWrite);
  const completion = countOf(usage?.outputTokens);
  const known = event.modelId !== undefined;
  const requestId = storable(event.requestId);
  const row = {
    request_id: requestId,
    call_type: callTypeOf(event.operation),
    api_key: isMaster ? MASTER_KEY : payer.keyHash,
    spend: usd(event.costNanoUsd),
    total_tokens: countOf(prompt + completion),
    prompt_tokens: prompt,
    completion_tokens: completion,
    startTime: utc(event.startedAtMs),
    endTime: utc(event.endedAtMs),
    completionStartTime: utc(event.firstByteAtMs ?? event.endedAtMs),
    request_duration_ms: countOf(event.endedAtMs - event.startedAtMs),
    model: event.modelId === undefined ? UNKNOWN_MODEL : `bedrock/${storable(event.modelId)}`,
    model_id: storable(event.deploymentId ?? ''),
    model_group: known ? storable(event.requestedModel) : '',
    custom_llm_provider: known ? 'bedrock' : '',
    user: storable(payer.userId ?? (isMaster ? ADMINISTRATOR : '')),
    cache_hit: 'False',
    cache_key: 'Cache OFF',
    request_tags: [...new Set(payer.tags.map((tag) => storable(tag)))],
    team_id: storable(payer.teamId ?? ''),
    organization_id: storable(payer.organizationId ?? ''),
    end_user: storable(payer.endUserId ?? ''),
    session_id: requestId,
    litellm_call_id: requestId,
    status: event.end === 'delivered' ? 'success' : 'failure',
  } as const;
  return { ...row, metadata: metadataOf(event, row, { cacheRead, cacheWrite }) };
}

type CachedTokens = Readonly<Record<'cacheRead' | 'cacheWrite', number>>;

function metadataOf(event: UsageEvent, row: PlainRow, cached: CachedTokens): SpendLogMetadata {
  const { payer } = event;
  const details = {
    prompt_tokens_details: {
      text_tokens: row.prompt_tokens - cached.cacheRead - cached.cacheWrite,
      cached_tokens: cached.cacheRead,
      cache_creation_tokens: cached.cacheWrite,
    },
    cache_read_input_tokens: cached.cacheRead,
    cache_creation_input_tokens: cached.cacheWrite,
    completion_tokens_details: {
      text_tokens: row.completion_tokens - countOf(event.usage?.reasoningTokens),
      reasoning_tokens: countOf(event.usage?.reasoningTokens),
    },
  };
  const { prompt_tokens, completion_tokens, total_tokens } = row;
  const hasUsage = event.usage !== undefined;
  return {
    user_api_key: row.api_key,
    user_api_key_alias: payer.keyAlias === undefined ? null : storable(payer.keyAlias),
    user_api_key_user_id: row.user === '' ? null : row.user,
    user_api_key_team_id: row.team_id === '' ? null : row.team_id,
    user_api_key_team_alias: payer.teamAlias === undefined ? null : storable(payer.teamAlias),
    user_api_key_org_id: row.organization_id === '' ? null : row.organization_id,
    user_api_key_project_id: payer.projectId === undefined ? null : storable(payer.projectId),
    // LiteLLM writes it for failures only: success is what is not said to be one.
    status: row.status === 'failure' ? 'failure' : null,
    ...(row.status === 'failure' ? { error_information: errorInformation(event) } : {}),
    usage_object: hasUsage ? { prompt_tokens, completion_tokens, total_tokens, ...details } : {},
    additional_usage_values: hasUsage ? details : {},
    ...(row.spend > 0 ? { cost_breakdown: { total_cost: row.spend } } : {}),
    litellm_call_id: row.litellm_call_id,
    genai_gateway: {
      served_by: 'hot path',
      end: event.end,
      estimate: event.isEstimate,
      operation: event.operation,
      endpoint: event.endpoint,
      stream: event.stream,
      ...(event.region === undefined ? {} : { region: event.region }),
      ...(event.usage === undefined ? {} : { usage: event.usage }),
    },
  };
}

function errorInformation(event: UsageEvent): Readonly<Record<string, string>> {
  return {
    error_code: event.errorCode ?? (event.end === 'cut' ? 'client-gone' : 'internal'),
    error_class: 'GatewayError',
    error_message: storable(event.errorMessage ?? '', 2_000),
    llm_provider: event.modelId === undefined ? '' : 'bedrock',
  };
}

/** LiteLLM's word for what was asked: Bedrock's own API is `allm_passthrough_route` there. */
function callTypeOf(operation: string): string {
  if (operation.startsWith('chat')) return 'acompletion';
  if (operation.startsWith('embed')) return 'aembedding';
  if (operation === 'responses') return 'aresponses';
  if (operation === 'messages') return 'anthropic_messages';
  return 'allm_passthrough_route';
}

/** Without a zone, as the columns are; they hold UTC. */
function utc(ms: number): string {
  return new Date(ms).toISOString().slice(0, -1);
}
