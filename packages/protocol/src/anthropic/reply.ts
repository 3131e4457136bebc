import type { JsonValue, Open } from '../json.ts';
import type { AnthropicCitation } from './citation.ts';

/**
 * The answer of `POST /v1/messages`, the fields that the gateway writes.
 * Source: https://docs.anthropic.com/en/api/messages (read 2026-11-23, by the `@anthropic-ai/sdk` package).
 */
export interface AnthropicReply {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly model: string;
  readonly content: readonly AnthropicReplyBlock[];
  /** null in the first event of a stream, and nowhere else. */
  readonly stop_reason: AnthropicStopReason | null;
  /** Which of the request's sequences it was, for the stop reason of that name. */
  readonly stop_sequence: string | null;
  /** Of a refusal. */
  readonly stop_details: AnthropicStopDetails | null;
  readonly usage: AnthropicUsage;
}

export type AnthropicStopReason = Open<KnownAnthropicStopReason>;

/** The stop reasons that the SDK of 2026-11 lists. */
export type KnownAnthropicStopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'pause_turn'
  | 'refusal'
  | 'model_context_window_exceeded';

export interface AnthropicStopDetails {
  readonly type: 'refusal';
  readonly category: null;
  readonly explanation: string | null;
}

/** The blocks that a model of another family can answer with. */
export type AnthropicReplyBlock =
  | { readonly type: 'text'; readonly text: string; readonly citations: readonly AnthropicCitation[] | null }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: JsonValue }
  /** `signature` is '' where the model has none: it cannot be given back. */
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string };

/** Tokens of a call. `input_tokens` counts neither those read from the prompt cache nor those written to it. */
export interface AnthropicUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number | null;
  readonly cache_read_input_tokens: number | null;
  readonly cache_creation: {
    readonly ephemeral_5m_input_tokens: number;
    readonly ephemeral_1h_input_tokens: number;
  } | null;
  readonly output_tokens_details: { readonly thinking_tokens: number } | null;
  readonly server_tool_use: null;
  readonly service_tier: 'standard' | 'priority' | 'batch' | null;
}

/** The answer of `POST /v1/messages/count_tokens`. */
export interface AnthropicTokenCount {
  readonly input_tokens: number;
}

/**
 * The body of an answer that is an error, and the data of an `error` event.
 * Source: https://docs.anthropic.com/en/api/errors (as of 2026-11-23).
 */
export interface AnthropicErrorBody {
  readonly type: 'error';
  readonly error: { readonly type: AnthropicErrorType; readonly message: string };
  readonly request_id?: string | null;
}

export type AnthropicErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'billing_error'
  | 'permission_error'
  | 'not_found_error'
  | 'rate_limit_error'
  | 'timeout_error'
  | 'api_error'
  | 'overloaded_error';
