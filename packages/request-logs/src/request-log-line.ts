import { jsonFields, type Payer, usd } from '@genai-gateway/core';
import type { LoggedCall, LoggedContent } from './logged-call.ts';
import { tokensOf, usageObject } from './logged-usage.ts';

/**
 * A line of the gateway's request log: LiteLLM's `StandardLoggingPayload`, with its names, units and empty values, so that
 * one reader reads both. Dollars as floats, times in seconds since 1970, durations in seconds. What the gateway does not
 * know is null: prices' parts, the model's entry in LiteLLM's price list, addresses and agents of callers, other headers.
 * What is the gateway's own stands in `metadata.genai_gateway`.
 * Source: LiteLLM 1.106.2, types/utils.py (StandardLoggingPayload, StandardLoggingMetadata, StandardLoggingHiddenParams,
 * StandardLoggingPayloadErrorInformation) and litellm_core_utils/litellm_logging.py (get_standard_logging_object_payload),
 * https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export interface RequestLogLine {
  readonly id: string;
  readonly trace_id: string;
  readonly session_id: string;
  readonly litellm_call_id: string;
  readonly call_type: string;
  /** True or null, never false. */
  readonly stream: true | null;
  readonly response_cost: number;
  readonly cost_breakdown: { readonly total_cost: number } | null;
  readonly response_cost_failure_debug_info: null;
  readonly autorouter_savings: null;
  readonly autorouter_savings_estimate: null;
  readonly autorouter_baseline_observation: null;
  readonly zero_cost_diagnostic: null;
  readonly status: 'success' | 'failure';
  readonly status_fields: { readonly llm_api_status: 'success' | 'failure'; readonly guardrail_status: 'not_run' };
  readonly custom_llm_provider: string | null;
  readonly total_tokens: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly startTime: number;
  readonly endTime: number;
  readonly completionStartTime: number;
  /** Of a stream up to its first byte. */
  readonly response_time: number;
  readonly model_map_information: { readonly model_map_key: string; readonly model_map_value: null };
  readonly model: string;
  readonly model_id: string | null;
  readonly model_group: string | null;
  readonly api_base: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly cache_hit: null;
  readonly cache_key: null;
  readonly saved_cache_cost: 0;
  readonly request_tags: readonly string[];
  readonly request_model_access_groups: readonly string[];
  readonly end_user: string | null;
  readonly requester_ip_address: null;
  readonly user_agent: null;
  readonly messages: unknown;
  readonly response: unknown;
  readonly error_str: string | null;
  readonly error_information: Readonly<Record<string, string | number | null>>;
  /** Empty: temperatures and the like are not kept. */
  readonly model_parameters: Readonly<Record<string, never>>;
  readonly hidden_params: Readonly<Record<string, unknown>>;
  readonly guardrail_information: null;
  readonly standard_built_in_tools_params: null;
}

const LONGEST_ERROR = 2_000;

/** What the gateway never knows, and what is the same in all lines. */
const SAME_FIELDS = jsonFields({
  response_cost_failure_debug_info: null,
  autorouter_savings: null,
  autorouter_savings_estimate: null,
  autorouter_baseline_observation: null,
  zero_cost_diagnostic: null,
  api_base: '',
  cache_hit: null,
  cache_key: null,
  saved_cache_cost: 0,
  request_model_access_groups: [],
  requester_ip_address: null,
  user_agent: null,
  model_parameters: {},
  guardrail_information: null,
  standard_built_in_tools_params: null,
} satisfies Partial<RequestLogLine>);

const SAME_METADATA = jsonFields({
  user_api_key_spend: null,
  user_api_key_max_budget: null,
  user_api_key_budget_reset_at: null,
  user_api_key_user_spend: null,
  user_api_key_user_max_budget: null,
  user_api_key_team_spend: null,
  user_api_key_team_max_budget: null,
  user_api_key_org_alias: null,
  user_api_key_project_alias: null,
  user_api_key_auth_metadata: null,
  spend_logs_metadata: null,
  requester_ip_address: null,
  user_agent: null,
  requester_metadata: null,
  requester_custom_headers: null,
  prompt_management_metadata: null,
  mcp_tool_call_metadata: null,
  vector_store_request_metadata: null,
  routing_decision: null,
  applied_guardrails: [],
  cold_storage_object_key: null,
  used_client_oauth_token: null,
});

const SAME_HIDDEN_PARAMS = jsonFields({
  cache_key: null,
  api_base: null,
  litellm_overhead_time_ms: null,
  additional_headers: null,
  batch_models: null,
  batch_successful_requests: null,
  batch_failed_requests: null,
  usage_object: null,
});

/** All empty where the call went well, as in LiteLLM. */
const SUCCESS_FIELDS = jsonFields(
  outcome('success', null, {
    error_code: '',
    error_class: '',
    llm_provider: '',
    error_message: '',
    error_provider_request_id: null,
  }),
);

/**
 * The line of a call: a `RequestLogLine` as JSON. It is put together from texts, not made of one object: most of the 110
 * fields are the same in all lines, and others in all lines of a payer. As one object it took 6.6 µs of each call, so 3.9.
 */
export function requestLogLine(call: LoggedCall): string {
  const { requestId, modelId, deploymentId = null, stream, startedAtMs, endedAtMs, firstByteAtMs = endedAtMs } = call;
  const tokens = tokensOf(call.usage);
  const cost = usd(call.costNanoUsd);
  const model = modelId === undefined ? '' : `bedrock/${modelId}`;
  const payer = payerTexts(call.payer);
  const own = jsonFields({
    id: call.answerId,
    trace_id: requestId,
    session_id: call.sessionId ?? requestId,
    litellm_call_id: requestId,
    call_type: callTypeOf(call.operation),
    stream: stream ? true : null,
    response_cost: cost,
    cost_breakdown: cost > 0 ? { total_cost: cost } : null,
    custom_llm_provider: modelId === undefined ? null : 'bedrock',
    total_tokens: tokens.total_tokens,
    prompt_tokens: tokens.prompt_tokens,
    completion_tokens: tokens.completion_tokens,
    startTime: startedAtMs / 1_000,
    endTime: endedAtMs / 1_000,
    completionStartTime: firstByteAtMs / 1_000,
    response_time: ((stream ? firstByteAtMs : endedAtMs) - startedAtMs) / 1_000,
    model_map_information: { model_map_key: model, model_map_value: null },
    model,
    model_id: deploymentId,
    model_group: call.requestedModel === '' ? null : call.requestedModel.slice(0, LONGEST_ERROR),
  } satisfies Partial<RequestLogLine>);
  const metadata = jsonFields({
    user_api_key_user_email: call.userEmail ?? null,
    user_api_key_request_route: call.endpoint,
    usage_object: usageObject(call.usage),
    genai_gateway: {
      served_by: 'hot path',
      end: call.end,
      estimate: call.isEstimate,
      operation: call.operation,
      http_status: call.httpStatus,
      error_code: call.errorCode ?? null,
      region: call.region ?? null,
      stop_reason: call.stopReason ?? null,
      prompt: call.prompt ?? null,
      upstream_request_id: call.upstreamRequestId ?? null,
    },
  });
  const hidden = jsonFields({ model_id: deploymentId, response_cost: cost, litellm_model_name: modelId ?? null });
  const outcome = call.end === 'delivered' ? SUCCESS_FIELDS : failureFields(call);
  const metadataText = `{${metadata},${payer.metadata},${SAME_METADATA}}`;
  const said = saidFields(call);
  return `{${own},${outcome},"metadata":${metadataText},${payer.fields},"hidden_params":{${hidden},${SAME_HIDDEN_PARAMS}},${said},${SAME_FIELDS}}`;
}

interface PayerTexts {
  readonly fields: string;
  readonly metadata: string;
}

/** A payer makes many calls. */
const knownPayers = new WeakMap<Payer, PayerTexts>();

function payerTexts(payer: Payer): PayerTexts {
  const known = knownPayers.get(payer);
  if (known !== undefined) return known;
  const endUser = payer.endUserId ?? null;
  const texts = {
    fields: jsonFields({ request_tags: payer.tags, end_user: endUser } satisfies Partial<RequestLogLine>),
    metadata: jsonFields({
      user_api_key_hash: payer.keyHash === '' ? null : payer.keyHash,
      user_api_key_alias: payer.keyAlias ?? null,
      user_api_key_org_id: payer.organizationId ?? null,
      user_api_key_team_id: payer.teamId ?? null,
      user_api_key_project_id: payer.projectId ?? null,
      user_api_key_user_id: payer.userId ?? null,
      user_api_key_team_alias: payer.teamAlias ?? null,
      user_api_key_end_user_id: endUser,
      team_alias: payer.teamAlias ?? null,
      team_id: payer.teamId ?? null,
    }),
  };
  knownPayers.set(payer, texts);
  return texts;
}

function failureFields(call: LoggedCall): string {
  const message = (call.errorMessage ?? call.errorCode ?? '').slice(0, LONGEST_ERROR);
  const code = call.errorCode === 'client-gone' ? 499 : call.httpStatus;
  return jsonFields(
    outcome('failure', message, {
      error_code: code >= 400 ? String(code) : '',
      error_class: 'GatewayError',
      llm_provider: call.modelId === undefined ? '' : 'bedrock',
      error_message: message,
      error_provider_request_id: call.upstreamRequestId ?? null,
    }),
  );
}

type Status = RequestLogLine['status'];
type ErrorInformation = RequestLogLine['error_information'];

function outcome(status: Status, error: string | null, information: ErrorInformation): Partial<RequestLogLine> {
  return {
    status,
    // Guardrails of LiteLLM's; a call that has some is LiteLLM's.
    status_fields: { llm_api_status: status, guardrail_status: 'not_run' },
    error_str: error,
    error_information: {
      ...information,
      traceback: '',
      error_rate_limit_category: null,
      error_rate_limit_type: null,
      error_budget_entity_type: null,
      error_budget_entity_id: null,
      error_budget_limit: null,
      error_budget_spend: null,
      normalized_error: null,
    },
  };
}

const NOTHING_SAID = jsonFields({ messages: null, response: null } satisfies Partial<RequestLogLine>);

function saidFields({ content }: LoggedCall): string {
  if (content === undefined) return NOTHING_SAID;
  return jsonFields({
    messages: content.messages ?? null,
    response: answerOf(content),
  } satisfies Partial<RequestLogLine>);
}

/** An answer that cannot be put together is left out: its call has a line in any case. */
function answerOf(content: LoggedContent): unknown {
  try {
    return content.answer() ?? null;
  } catch {
    return null;
  }
}

/** LiteLLM's word for what was asked: Bedrock's own API is `allm_passthrough_route` there. */
function callTypeOf(operation: string): string {
  if (operation.startsWith('chat')) return 'acompletion';
  if (operation.startsWith('embed')) return 'aembedding';
  if (operation === 'responses') return 'aresponses';
  if (operation === 'messages') return 'anthropic_messages';
  return 'allm_passthrough_route';
}
