import type { ConverseCitationsBlock } from '../converse/citations.ts';
import type { JsonValue } from '../json.ts';
import type { LitellmThinkingBlock } from '../litellm/chat.ts';

/** Why a choice ended. Callers of the form before tools get `function_call` for `tool_calls`. */
export type OpenaiFinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call';

/**
 * The answer of `POST /v1/chat/completions` without `stream`.
 * Source: https://platform.openai.com/docs/api-reference/chat/object (read 2026-11-22, by the `openai` package).
 */
export interface OpenaiChatCompletion {
  readonly id: string;
  readonly object: 'chat.completion';
  /** Seconds since the Unix epoch. */
  readonly created: number;
  readonly model: string;
  readonly choices: readonly OpenaiChoice[];
  /** Absent when the provider reported none. */
  readonly usage?: OpenaiUsage;
  /** How the call was served, as far as OpenAI has a word for it. */
  readonly service_tier?: OpenaiServedTier;
  readonly trace?: OpenaiTrace;
}

export type OpenaiServedTier = 'default' | 'flex' | 'priority' | 'scale';

/** What a guardrail found, in Bedrock's words and under LiteLLM's name; only for callers who asked for a trace. */
export interface OpenaiTrace {
  readonly guardrail: JsonValue;
}

export interface OpenaiChoice {
  readonly index: number;
  readonly message: OpenaiAnswer;
  readonly finish_reason: OpenaiFinishReason;
  readonly logprobs: null;
}

export interface OpenaiAnswer {
  readonly role: 'assistant';
  /** null when the model only called tools. */
  readonly content: string | null;
  readonly refusal: string | null;
  /** What the model thought, as DeepSeek's API and most gateways name it; OpenAI has no such field. */
  readonly reasoning_content?: string;
  /** The signed and redacted part of it, to be sent back as it is: LiteLLM's field. */
  readonly thinking_blocks?: readonly LitellmThinkingBlock[];
  readonly annotations?: readonly OpenaiAnnotation[];
  readonly images?: readonly OpenaiAnsweredImage[];
  readonly tool_calls?: readonly OpenaiAnsweredToolCall[];
  /** For callers that sent `functions`, in place of `tool_calls`. */
  readonly function_call?: { readonly name: string; readonly arguments: string };
  readonly provider_specific_fields?: OpenaiProviderFields;
}

/** A source that has an address, and the part of `content` that it stands behind. */
export interface OpenaiAnnotation {
  readonly type: 'url_citation';
  readonly url_citation: {
    readonly url: string;
    /** Empty where the source has none: OpenAI's own always has one. */
    readonly title: string;
    /** The first character, from 0. Counted in Unicode code points, as LiteLLM does. */
    readonly start_index: number;
    /** Behind the last. */
    readonly end_index: number;
  };
}

/** A picture that the model made, as LiteLLM has it; `url` is a `data:` URI. */
export interface OpenaiAnsweredImage {
  readonly type: 'image_url';
  readonly image_url: { readonly url: string };
  readonly index: number;
}

/** What OpenAI's API has no place for, under LiteLLM's name. */
export interface OpenaiProviderFields {
  /** Every cited text with all its sources, documents too, as Converse has them. */
  readonly citationsContent?: readonly ConverseCitationsBlock['citationsContent'][];
  /** What was asked for by `additionalModelResponseFieldPaths`. */
  readonly additionalModelResponseFields?: JsonValue;
}

export interface OpenaiAnsweredToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

/** `prompt_tokens` includes what was read from and written to the prompt cache. */
export interface OpenaiUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number; readonly cache_write_tokens?: number };
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number };
}

/**
 * One object of a streamed answer.
 * Source: https://platform.openai.com/docs/api-reference/chat-streaming (read 2026-11-22, by the `openai` package).
 */
export interface OpenaiChunk {
  readonly id: string;
  readonly object: 'chat.completion.chunk';
  readonly created: number;
  readonly model: string;
  /** Empty on the usage chunk, which only callers get who asked for it. */
  readonly choices: readonly OpenaiChunkChoice[];
  readonly usage?: OpenaiUsage;
  /** On the chunk with the finish reason, and on that with the usage. */
  readonly service_tier?: OpenaiServedTier;
  /** On the chunk with the finish reason. */
  readonly trace?: OpenaiTrace;
}

export interface OpenaiChunkChoice {
  readonly index: number;
  readonly delta: OpenaiDelta;
  readonly finish_reason: OpenaiFinishReason | null;
}

export interface OpenaiDelta {
  readonly role?: 'assistant';
  readonly content?: string;
  readonly reasoning_content?: string;
  /** Each block comes whole, once it has ended. Its text came as `reasoning_content` already. */
  readonly thinking_blocks?: readonly OpenaiThinkingDelta[];
  /** All of them at once, before the finish reason. */
  readonly annotations?: readonly OpenaiAnnotation[];
  /** Each comes whole. */
  readonly images?: readonly OpenaiAnsweredImage[];
  readonly tool_calls?: readonly OpenaiToolCallDelta[];
  /** For callers that sent `functions`, in place of `tool_calls`. */
  readonly function_call?: { readonly name?: string; readonly arguments: string };
  readonly provider_specific_fields?: OpenaiProviderFields;
}

/** The index is what openai-python's accumulator needs of every list whose entries come one after another. */
export type OpenaiThinkingDelta = LitellmThinkingBlock & { readonly index: number };

/** `id`, `type` and the name come once, with the first delta of a call. `index` counts from 0. */
export interface OpenaiToolCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly type?: 'function';
  readonly function: { readonly name?: string; readonly arguments: string };
}
