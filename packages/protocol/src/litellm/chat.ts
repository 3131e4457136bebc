import type { JsonObject, JsonValue, Open } from '../json.ts';

/**
 * The body of LiteLLM's `POST /v1/chat/completions`, the fields that the gateway writes: OpenAI's, and
 * those that LiteLLM adds for providers whose own API has more.
 * Source: litellm 1.106.2, types/llms/openai.py and main.py `acompletion` (read 2026-11-23).
 */
export interface LitellmChatRequest extends LitellmModelParameters {
  /** The name of a model of LiteLLM's own list. */
  readonly model: string;
  readonly messages: readonly LitellmMessage[];
  readonly stream?: true;
  readonly stream_options?: { readonly include_usage: true };
  readonly max_tokens?: number;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly stop?: readonly string[];
  readonly tools?: readonly LitellmTool[];
  readonly tool_choice?: LitellmToolChoice;
  readonly service_tier?: Open<'flex' | 'priority'>;
  /** LiteLLM's own: `spend_logs_metadata` goes into the row of the call in its spend logs. */
  readonly metadata?: { readonly spend_logs_metadata: Readonly<Record<string, string>> };
}

/** What only changes how the model answers, never who pays, where the call goes, or what is checked. */
export interface LitellmModelParameters {
  readonly reasoning_effort?: string;
  /** Anthropic's: `{ type: 'enabled', budget_tokens }`. */
  readonly thinking?: JsonObject;
  readonly top_k?: number;
  readonly seed?: number;
  readonly presence_penalty?: number;
  readonly frequency_penalty?: number;
  readonly logit_bias?: JsonObject;
  readonly verbosity?: string;
  readonly parallel_tool_calls?: boolean;
  readonly prompt_cache_key?: string;
  readonly response_format?: JsonObject;
}

export type LitellmMessage = LitellmSystemMessage | LitellmUserMessage | LitellmAssistantMessage | LitellmToolMessage;

export interface LitellmSystemMessage {
  readonly role: 'system';
  readonly content: string | readonly LitellmTextPart[];
}

export interface LitellmUserMessage {
  readonly role: 'user';
  readonly content: string | readonly LitellmPart[];
}

export interface LitellmAssistantMessage {
  readonly role: 'assistant';
  /** null when the model only called tools. */
  readonly content: string | readonly LitellmPart[] | null;
  readonly tool_calls?: readonly (LitellmToolCall | LitellmCustomToolCall)[];
  /** Thinking that its provider has signed, and takes back only with the signature. */
  readonly thinking_blocks?: readonly LitellmThinkingBlock[];
  /** Thinking without a signature. */
  readonly reasoning_content?: string;
  /** Pictures that the model made; `url` is a `data:` URI. Gemini takes them back. */
  readonly images?: readonly { readonly type: 'image_url'; readonly image_url: { readonly url: string } }[];
  /** What the model said in place of an answer. */
  readonly refusal?: string;
}

export interface LitellmToolMessage {
  readonly role: 'tool';
  readonly tool_call_id: string;
  /** OpenAI takes only text here; LiteLLM moves an image into a user message for providers like it. */
  readonly content: string | readonly LitellmPart[];
  readonly cache_control?: LitellmCacheControl;
}

export type LitellmPart = LitellmTextPart | LitellmImagePart | LitellmFilePart | LitellmAudioPart;

export interface LitellmTextPart {
  readonly type: 'text';
  readonly text: string;
  readonly cache_control?: LitellmCacheControl;
}

export interface LitellmImagePart {
  readonly type: 'image_url';
  /** A `data:` URI. */
  readonly image_url: { readonly url: string };
  readonly cache_control?: LitellmCacheControl;
}

/** A document or a video; `file_data` is a `data:` URI. */
export interface LitellmFilePart {
  readonly type: 'file';
  readonly file: { readonly filename: string; readonly file_data: string };
  readonly cache_control?: LitellmCacheControl;
}

/** `data` is base64, without more. OpenAI's own models take wav and mp3. */
export interface LitellmAudioPart {
  readonly type: 'input_audio';
  readonly input_audio: { readonly data: string; readonly format: Open<'wav' | 'mp3'> };
  readonly cache_control?: LitellmCacheControl;
}

/** "Cache the prompt up to here"; LiteLLM takes it out for providers without such a mark. */
export interface LitellmCacheControl {
  readonly type: 'ephemeral';
  readonly ttl?: Open<'5m' | '1h'>;
}

export interface LitellmToolCall {
  readonly id: string;
  readonly type: 'function';
  /** `arguments` is JSON text. */
  readonly function: { readonly name: string; readonly arguments: string };
  readonly cache_control?: LitellmCacheControl;
}

/** A call of a tool that takes text. Only OpenAI has such tools. */
export interface LitellmCustomToolCall {
  readonly id: string;
  readonly type: 'custom';
  readonly custom: { readonly name: string; readonly input: string };
}

export type LitellmThinkingBlock =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string };

export interface LitellmTool {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters: JsonValue;
    readonly strict?: boolean;
  };
  readonly cache_control?: LitellmCacheControl;
}

export type LitellmToolChoice =
  | 'auto'
  | 'required'
  | { readonly type: 'function'; readonly function: { readonly name: string } };
