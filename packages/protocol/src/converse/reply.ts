import type { JsonValue, Open } from '../json.ts';
import type { ConverseContentBlock } from './content.ts';

/**
 * Why a model stopped. Open: a value that AWS adds later arrives as its own text.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html (as of 2026-11-22).
 */
export type ConverseStopReason = Open<KnownConverseStopReason>;

/** The stop reasons that the SDK of 2026-11 lists. */
export type KnownConverseStopReason =
  | 'end_turn'
  | 'stop_sequence'
  | 'max_tokens'
  | 'model_context_window_exceeded'
  | 'tool_use'
  | 'guardrail_intervened'
  | 'content_filtered'
  | 'malformed_model_output'
  | 'malformed_tool_use';

/** Tokens of a call. `inputTokens` counts neither cache reads nor cache writes. */
export interface ConverseUsage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly totalTokens?: number;
  readonly cacheReadInputTokens?: number;
  readonly cacheWriteInputTokens?: number;
  readonly cacheDetails?: readonly { readonly ttl?: string; readonly inputTokens?: number }[];
}

/** The answer of `POST /model/{modelId}/converse`. */
export interface ConverseReply {
  readonly output: { readonly message?: ConverseReplyMessage };
  readonly stopReason: ConverseStopReason;
  readonly usage?: ConverseUsage;
  readonly metrics?: { readonly latencyMs?: number };
  readonly additionalModelResponseFields?: JsonValue;
  readonly trace?: JsonValue;
  readonly performanceConfig?: { readonly latency?: string };
  readonly serviceTier?: { readonly type?: string };
}

export interface ConverseReplyMessage {
  readonly role: 'assistant';
  readonly content: readonly ConverseContentBlock[];
}
