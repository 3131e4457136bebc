import type { JsonObject, JsonValue, Open } from '../json.ts';

/**
 * The body of `POST /v1/chat/completions`, the fields that the gateway reads. OpenAI takes null for
 * "not given" in most of them.
 * Source: https://platform.openai.com/docs/api-reference/chat/create (read 2026-11-22, by the `openai` package).
 */
export interface OpenaiChatRequest {
  readonly model: string;
  readonly messages: readonly OpenaiMessage[];
  readonly stream?: boolean | null;
  readonly stream_options?: OpenaiStreamOptions | null;
  readonly max_completion_tokens?: number | null;
  /** The older name; `max_completion_tokens` wins. */
  readonly max_tokens?: number | null;
  /** 0 to 2. */
  readonly temperature?: number | null;
  /** 0 to 1. */
  readonly top_p?: number | null;
  readonly stop?: string | readonly string[] | null;
  readonly tools?: readonly OpenaiTool[] | null;
  readonly tool_choice?: OpenaiToolChoice | null;
  readonly parallel_tool_calls?: boolean | null;
  /** The caller's own name for its end user. */
  readonly user?: string | null;
  readonly n?: number | null;
  readonly response_format?: { readonly type: Open<'text' | 'json_object' | 'json_schema'> } | null;
}

export interface OpenaiStreamOptions {
  readonly include_usage?: boolean | null;
}

export type OpenaiMessage =
  | OpenaiSystemMessage
  | OpenaiUserMessage
  | OpenaiAssistantMessage
  | OpenaiToolMessage
  | OpenaiFunctionMessage;

/** `developer` is the newer name of `system`. */
export interface OpenaiSystemMessage {
  readonly role: 'system' | 'developer';
  readonly content: string | readonly OpenaiContentPart[];
  readonly name?: string | null;
}

export interface OpenaiUserMessage {
  readonly role: 'user';
  readonly content: string | readonly OpenaiContentPart[];
  readonly name?: string | null;
}

export interface OpenaiAssistantMessage {
  readonly role: 'assistant';
  readonly content?: string | readonly OpenaiContentPart[] | null;
  readonly refusal?: string | null;
  readonly tool_calls?: readonly OpenaiToolCall[] | null;
  readonly name?: string | null;
}

/** The answer to one tool call. OpenAI's own type has only text parts; images are accepted here too. */
export interface OpenaiToolMessage {
  readonly role: 'tool';
  readonly tool_call_id?: string | null;
  readonly content?: string | readonly OpenaiContentPart[] | null;
}

/** The form before tools. It parses, so that the translation can say what to send instead. */
export interface OpenaiFunctionMessage {
  readonly role: 'function';
  readonly name?: string | null;
  readonly content?: string | null;
}

/** The kinds we know by name. A caller may send others: a `switch` over `type` needs a default. */
export type OpenaiContentPart = OpenaiTextPart | OpenaiRefusalPart | OpenaiImagePart | OpenaiAudioPart | OpenaiFilePart;

export interface OpenaiTextPart {
  readonly type: 'text';
  readonly text: string;
}

export interface OpenaiRefusalPart {
  readonly type: 'refusal';
  readonly refusal: string;
}

/** `url` is a `data:` URI or an address. */
export interface OpenaiImagePart {
  readonly type: 'image_url';
  readonly image_url: { readonly url: string; readonly detail?: string | null };
}

export interface OpenaiAudioPart {
  readonly type: 'input_audio';
  readonly input_audio: JsonObject;
}

export interface OpenaiFilePart {
  readonly type: 'file';
  readonly file: JsonObject;
}

/** `arguments` is JSON text. */
export interface OpenaiToolCall {
  readonly id?: string | null;
  readonly type?: 'function';
  readonly function: { readonly name: string; readonly arguments?: string | JsonObject | null };
}

export interface OpenaiTool {
  readonly type: Open<'function'>;
  readonly function: OpenaiFunctionDefinition;
}

export interface OpenaiFunctionDefinition {
  readonly name: string;
  readonly description?: string | null;
  /** A JSON schema; absent: a function without arguments. */
  readonly parameters?: JsonValue;
  readonly strict?: boolean | null;
}

export type OpenaiToolChoice =
  | 'none'
  | 'auto'
  | 'required'
  | { readonly type: 'function'; readonly function: { readonly name: string } };
