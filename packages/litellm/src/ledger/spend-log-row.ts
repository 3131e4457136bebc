import { jsonFields, usd } from '@genai-gateway/core';
import type { UsageEvent } from '@genai-gateway/governance';
import type { BookedPayer } from './booked-payer.ts';
import { countOf, storable } from './storable.ts';
import { utcTime } from './utc-time.ts';

/**
 * What differs from call to call in a row of `LiteLLM_SpendLogs`, by the names of its columns; `spendLogColumns` has their
 * types. Times are UTC without a zone.
 */
export interface SpendLogRow {
  readonly request_id: string;
  readonly call_type: string;
  readonly spend: number;
  readonly total_tokens: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly startTime: string;
  readonly endTime: string;
  readonly completionStartTime: string;
  readonly request_duration_ms: number;
  readonly model: string;
  readonly model_id: string;
  readonly model_group: string;
  readonly custom_llm_provider: string;
  readonly session_id: string;
  readonly litellm_call_id: string;
  readonly status: 'success' | 'failure';
}

/** What stands for a model that does not exist: LiteLLM lets nobody write his own words into its reports. */
const UNKNOWN_MODEL = 'unknown-model';

/**
 * The row of a call in LiteLLM's spend log. As LiteLLM 1.106.2 writes it (proxy/spend_tracking/spend_tracking_utils.py
 * and rows of a real one, read 2026-11-23), but for what the gateway does not know or does not keep: the caller's
 * address and agent, `api_base`, the price list entry of the model, the parts of the cost, a trace of the error.
 */
export function spendLogRow(event: UsageEvent): SpendLogRow {
  const { usage, modelId } = event;
  const prompt = countOf(
    (usage?.inputTokens ?? 0) + countOf(usage?.cacheReadTokens) + countOf(usage?.cacheWriteTokens),
  );
  const completion = countOf(usage?.outputTokens);
  const requestId = storable(event.requestId);
  return {
    request_id: requestId,
    call_type: callTypeOf(event.operation),
    spend: usd(event.costNanoUsd),
    total_tokens: countOf(prompt + completion),
    prompt_tokens: prompt,
    completion_tokens: completion,
    startTime: utcTime(event.startedAtMs),
    endTime: utcTime(event.endedAtMs),
    completionStartTime: utcTime(event.firstByteAtMs ?? event.endedAtMs),
    request_duration_ms: countOf(event.endedAtMs - event.startedAtMs),
    model: modelId === undefined ? UNKNOWN_MODEL : `bedrock/${storable(modelId)}`,
    model_id: storable(event.deploymentId ?? ''),
    model_group: modelId === undefined ? '' : storable(event.requestedModel),
    custom_llm_provider: modelId === undefined ? '' : 'bedrock',
    session_id: requestId,
    litellm_call_id: requestId,
    status: event.end === 'delivered' ? 'success' : 'failure',
  };
}

const SAME_COLUMNS = jsonFields({ cache_hit: 'False', cache_key: 'Cache OFF' });

/**
 * The whole row as JSON. Put together from texts: half of it is the same in all rows of a payer, and a batch of rows is
 * what the books spend most of their time on.
 */
export function spendLogJson(event: UsageEvent, row: SpendLogRow, payer: BookedPayer): string {
  return `{${jsonFields(row)},${payer.columnsJson},${SAME_COLUMNS},"metadata":${metadataJson(event, row, payer)}}`;
}

function metadataJson(event: UsageEvent, row: SpendLogRow, payer: BookedPayer): string {
  const { usage } = event;
  const isFailure = row.status === 'failure';
  const own = jsonFields({
    // LiteLLM writes it for failures only: success is what is not said to be one.
    status: isFailure ? 'failure' : null,
    error_information: isFailure ? errorInformation(event) : undefined,
    cost_breakdown: row.spend > 0 ? { total_cost: row.spend } : undefined,
    litellm_call_id: row.litellm_call_id,
    genai_gateway: {
      served_by: 'hot path',
      end: event.end,
      estimate: event.isEstimate,
      operation: event.operation,
      endpoint: event.endpoint,
      stream: event.stream,
      region: event.region,
      usage,
    },
  });
  if (usage === undefined) return `{${payer.metadataJson},${own},"usage_object":{},"additional_usage_values":{}}`;
  const details = usageDetails(event, row);
  const counts = `"prompt_tokens":${row.prompt_tokens},"completion_tokens":${row.completion_tokens},"total_tokens":${row.total_tokens}`;
  return `{${payer.metadataJson},${own},"usage_object":{${counts},${details}},"additional_usage_values":{${details}}}`;
}

/** LiteLLM writes them twice. Whole numbers need no JSON.stringify, which takes as long for them as for all the rest. */
function usageDetails({ usage }: UsageEvent, row: SpendLogRow): string {
  const cacheRead = countOf(usage?.cacheReadTokens);
  const cacheWrite = countOf(usage?.cacheWriteTokens);
  const reasoning = countOf(usage?.reasoningTokens);
  const ofPrompt = `"text_tokens":${row.prompt_tokens - cacheRead - cacheWrite},"cached_tokens":${cacheRead},"cache_creation_tokens":${cacheWrite}`;
  const ofCompletion = `"text_tokens":${row.completion_tokens - reasoning},"reasoning_tokens":${reasoning}`;
  const ofCache = `"cache_read_input_tokens":${cacheRead},"cache_creation_input_tokens":${cacheWrite}`;
  return `"prompt_tokens_details":{${ofPrompt}},"completion_tokens_details":{${ofCompletion}},${ofCache}`;
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
