import { GatewayError } from '@genai-gateway/core';
import type { ConverseStopReason, KnownConverseStopReason } from '@genai-gateway/protocol';

/**
 * LiteLLM's finish reasons: OpenAI's own, and those that it lets through for other providers.
 * Source: litellm 1.106.2, types/llms/openai.py `OpenAIChatCompletionFinishReason` (read 2026-11-23).
 */
const stopReasons: ReadonlyMap<string, KnownConverseStopReason> = new Map([
  ['stop', 'end_turn'],
  ['eos', 'end_turn'],
  ['length', 'max_tokens'],
  ['tool_calls', 'tool_use'],
  ['function_call', 'tool_use'],
  ['content_filter', 'content_filtered'],
  ['guardrail_intervened', 'guardrail_intervened'],
  ['malformed_function_call', 'malformed_tool_use'],
]);

/**
 * The provider's own word, where LiteLLM tells it, for reasons that it folds into `stop`.
 * Source: litellm 1.106.2, litellm_core_utils/core_helpers.py `_FINISH_REASON_MAP` and types/utils.py
 * `Choices` (read 2026-11-23).
 */
const nativeReasons: ReadonlyMap<string, KnownConverseStopReason> = new Map([
  ['stop_sequence', 'stop_sequence'],
  ['model_context_window_exceeded', 'model_context_window_exceeded'],
  ['MALFORMED_FUNCTION_CALL', 'malformed_tool_use'],
]);

/** A provider that failed while it answered, in its own or LiteLLM's words. */
const failures = new Set(['error', 'ERROR', 'network_error']);

/** What an answer says of its end, besides the finish reason. */
export interface AnswerEnd {
  /** `provider_specific_fields.native_finish_reason` of the choice. */
  readonly nativeReason?: unknown;
  readonly hasToolCalls: boolean;
  /** The arguments of a call are no JSON object. */
  readonly hasMalformedCall: boolean;
  /** The text is the model's refusal. */
  readonly isRefusal: boolean;
}

/** False for a finish reason that is not in the tables: count it, and extend them. */
export function isKnownFinishReason(finishReason: string): boolean {
  return stopReasons.has(finishReason) || failures.has(finishReason);
}

/**
 * The stop reason of a finish reason. An unknown one stays what it is: Converse's own list is open, and
 * the SDKs give the text to the caller. An answer with tool calls that merely `stop`s is `tool_use`,
 * because Converse's clients run tools by it; with arguments that are no object it is `malformed_tool_use`.
 * Throws `upstream-model-error` when the provider failed in the middle of its answer.
 */
export function finishReasonToConverse(finishReason: string, end: AnswerEnd): ConverseStopReason {
  const native = typeof end.nativeReason === 'string' ? end.nativeReason : '';
  if (failures.has(finishReason) || failures.has(native)) {
    throw new GatewayError('upstream-model-error', 'The model failed while it answered. Send the request again.', {
      cause: new Error(`finish_reason ${finishReason} ${native}`),
    });
  }
  const known = stopReasons.get(finishReason) ?? finishReason;
  if (known !== 'end_turn' && known !== 'tool_use') return known;
  if (end.hasMalformedCall) return 'malformed_tool_use';
  if (known === 'tool_use' || end.hasToolCalls) return 'tool_use';
  return nativeReasons.get(native) ?? (end.isRefusal ? 'content_filtered' : 'end_turn');
}
