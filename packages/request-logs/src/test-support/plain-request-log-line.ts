import { usd } from '@genai-gateway/core';
import type { LoggedCall } from '../logged-call.ts';
import { tokensOf, usageObject } from '../logged-usage.ts';
import type { RequestLogLine } from '../request-log-line.ts';

const LONGEST_ERROR = 2_000;

/** The line of a call, field by field: what the gateway writes as text has to be the same value. */
export function plainRequestLogLine(call: LoggedCall): RequestLogLine {
  const status = call.end === 'delivered' ? 'success' : 'failure';
  const tokens = tokensOf(call.usage);
  const cost = usd(call.costNanoUsd);
  const model = call.modelId === undefined ? '' : `bedrock/${call.modelId}`;
  const firstByteAtMs = call.firstByteAtMs ?? call.endedAtMs;
  const { payer } = call;
  return {
    id: call.answerId,
    trace_id: call.requestId,
    session_id: call.sessionId ?? call.requestId,
    litellm_call_id: call.requestId,
    call_type: callTypeOf(call.operation),
    stream: call.stream ? true : null,
    response_cost: cost,
    cost_breakdown: cost > 0 ? { total_cost: cost } : null,
    response_cost_failure_debug_info: null,
    autorouter_savings: null,
    autorouter_savings_estimate: null,
    autorouter_baseline_observation: null,
    zero_cost_diagnostic: null,
    status,
    // Guardrails of LiteLLM's; a call that has some is LiteLLM's.
    status_fields: { llm_api_status: status, guardrail_status: 'not_run' },
    custom_llm_provider: call.modelId === undefined ? null : 'bedrock',
    total_tokens: tokens.total_tokens,
    prompt_tokens: tokens.prompt_tokens,
    completion_tokens: tokens.completion_tokens,
    startTime: call.startedAtMs / 1_000,
    endTime: call.endedAtMs / 1_000,
    completionStartTime: firstByteAtMs / 1_000,
    response_time: ((call.stream ? firstByteAtMs : call.endedAtMs) - call.startedAtMs) / 1_000,
    model_map_information: { model_map_key: model, model_map_value: null },
    model,
    model_id: call.deploymentId ?? null,
    model_group: call.requestedModel === '' ? null : call.requestedModel.slice(0, LONGEST_ERROR),
    api_base: '',
    metadata: metadataOf(call),
    cache_hit: null,
    cache_key: null,
    saved_cache_cost: 0,
    request_tags: payer.tags,
    request_model_access_groups: [],
    end_user: payer.endUserId ?? null,
    requester_ip_address: null,
    user_agent: null,
    messages: call.content?.messages ?? null,
    response: answerOf(call),
    error_str: status === 'failure' ? errorOf(call) : null,
    error_information: errorInformation(call, status),
    model_parameters: {},
    hidden_params: hiddenParams(call, cost),
    guardrail_information: null,
    standard_built_in_tools_params: null,
  };
}

function metadataOf(call: LoggedCall): RequestLogLine['metadata'] {
  const { payer } = call;
  return {
    user_api_key_hash: payer.keyHash === '' ? null : payer.keyHash,
    user_api_key_alias: payer.keyAlias ?? null,
    user_api_key_spend: null,
    user_api_key_max_budget: null,
    user_api_key_budget_reset_at: null,
    user_api_key_user_spend: null,
    user_api_key_user_max_budget: null,
    user_api_key_team_spend: null,
    user_api_key_team_max_budget: null,
    user_api_key_org_id: payer.organizationId ?? null,
    user_api_key_org_alias: null,
    user_api_key_team_id: payer.teamId ?? null,
    user_api_key_project_id: payer.projectId ?? null,
    user_api_key_project_alias: null,
    user_api_key_user_id: payer.userId ?? null,
    user_api_key_user_email: call.userEmail ?? null,
    user_api_key_team_alias: payer.teamAlias ?? null,
    user_api_key_end_user_id: payer.endUserId ?? null,
    user_api_key_request_route: call.endpoint,
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
    usage_object: usageObject(call.usage),
    cold_storage_object_key: null,
    team_alias: payer.teamAlias ?? null,
    team_id: payer.teamId ?? null,
    used_client_oauth_token: null,
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
  };
}

function hiddenParams(call: LoggedCall, cost: number): RequestLogLine['hidden_params'] {
  return {
    model_id: call.deploymentId ?? null,
    cache_key: null,
    api_base: null,
    response_cost: cost,
    litellm_overhead_time_ms: null,
    additional_headers: null,
    batch_models: null,
    batch_successful_requests: null,
    batch_failed_requests: null,
    litellm_model_name: call.modelId ?? null,
    usage_object: null,
  };
}

/** All empty where the call went well, as in LiteLLM. */
function errorInformation(call: LoggedCall, status: 'success' | 'failure'): RequestLogLine['error_information'] {
  const failed = status === 'failure';
  const code = call.errorCode === 'client-gone' ? 499 : call.httpStatus;
  return {
    error_code: failed && code >= 400 ? String(code) : '',
    error_class: failed ? 'GatewayError' : '',
    llm_provider: failed && call.modelId !== undefined ? 'bedrock' : '',
    traceback: '',
    error_message: failed ? errorOf(call) : '',
    error_provider_request_id: failed ? (call.upstreamRequestId ?? null) : null,
    error_rate_limit_category: null,
    error_rate_limit_type: null,
    error_budget_entity_type: null,
    error_budget_entity_id: null,
    error_budget_limit: null,
    error_budget_spend: null,
    normalized_error: null,
  };
}

function errorOf({ errorMessage, errorCode }: LoggedCall): string {
  return (errorMessage ?? errorCode ?? '').slice(0, LONGEST_ERROR);
}

/** An answer that cannot be put together is left out: its call has a line in any case. */
function answerOf({ content }: LoggedCall): unknown {
  try {
    return content?.answer() ?? null;
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
