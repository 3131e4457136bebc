/** Why a choice ended. */
export type OpenaiFinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

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
  readonly tool_calls?: readonly OpenaiAnsweredToolCall[];
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
  readonly tool_calls?: readonly OpenaiToolCallDelta[];
}

/** `id`, `type` and the name come once, with the first delta of a call. `index` counts from 0. */
export interface OpenaiToolCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly type?: 'function';
  readonly function: { readonly name?: string; readonly arguments: string };
}
