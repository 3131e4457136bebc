import type { JsonObject, JsonValue, Open } from '../json.ts';
import type { OpenaiMessage } from './message.ts';
import type { VendorChatParameters } from './vendor-parameters.ts';

/**
 * The body of `POST /v1/chat/completions`, the fields that the gateway reads. OpenAI takes null for
 * "not given" in most of them.
 * Source: https://platform.openai.com/docs/api-reference/chat/create (read 2026-11-22, by the `openai` package).
 */
export interface OpenaiChatRequest extends VendorChatParameters {
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
  /** `none`, `minimal`, `low`, `medium`, `high`, `xhigh` or `max`. */
  readonly reasoning_effort?: string | null;
  readonly response_format?: OpenaiResponseFormat | null;
  readonly tools?: readonly OpenaiTool[] | null;
  readonly tool_choice?: OpenaiToolChoice | null;
  readonly parallel_tool_calls?: boolean | null;
  /** The form before tools. */
  readonly functions?: readonly OpenaiFunctionDefinition[] | null;
  readonly function_call?: 'none' | 'auto' | { readonly name: string } | null;
  readonly web_search_options?: JsonObject | null;
  readonly service_tier?: string | null;
  /** The caller's own names for a call. */
  readonly metadata?: Readonly<Record<string, JsonValue>> | null;
  /** The caller's own name for its end user. */
  readonly user?: string | null;
  /** The newer name, which OpenAI wants hashed by the caller. */
  readonly safety_identifier?: string | null;
  readonly n?: number | null;
}

export interface OpenaiStreamOptions {
  readonly include_usage?: boolean | null;
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

/** `any` is Mistral's word for `required`. */
export type OpenaiToolChoice =
  | 'none'
  | 'auto'
  | 'required'
  | 'any'
  | { readonly type: 'function'; readonly function: { readonly name: string } }
  | OpenaiAllowedToolChoice;

/** How the answer has to be formed. `schema` is a JSON schema. */
export type OpenaiResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json_object' }
  | { readonly type: 'json_schema'; readonly json_schema: OpenaiJsonSchema };

export interface OpenaiJsonSchema {
  readonly name: string;
  readonly description?: string | null;
  readonly schema?: JsonObject | null;
  readonly strict?: boolean | null;
}

/** Only some of the tools may be called. */
export interface OpenaiAllowedToolChoice {
  readonly type: 'allowed_tools';
  readonly allowed_tools: {
    readonly mode: 'auto' | 'required';
    readonly tools: readonly { readonly type: 'function'; readonly function: { readonly name: string } }[];
  };
}
