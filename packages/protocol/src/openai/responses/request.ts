import type { JsonObject, JsonValue, Open } from '../../json.ts';
import type { ResponsesInputItem } from './input.ts';

/**
 * The body of `POST /v1/responses`, the fields that the gateway reads. OpenAI takes null for "not given" in most of them.
 * Source: https://platform.openai.com/docs/api-reference/responses/create (read 2026-11-23, by the `openai` package).
 */
export interface ResponsesRequest {
  /** May be absent where `prompt` names a managed prompt. */
  readonly model?: string | null;
  readonly input?: string | readonly ResponsesInputItem[] | null;
  readonly instructions?: string | null;
  readonly stream?: boolean | null;
  readonly tools?: readonly ResponsesTool[] | null;
  readonly tool_choice?: ResponsesToolChoice | null;
  readonly parallel_tool_calls?: boolean | null;
  readonly max_output_tokens?: number | null;
  /** 0 to 2. */
  readonly temperature?: number | null;
  /** 0 to 1. */
  readonly top_p?: number | null;
  readonly text?: ResponsesTextConfig | null;
  readonly reasoning?: ResponsesReasoningConfig | null;
  readonly include?: readonly string[] | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
  readonly user?: string | null;
  readonly safety_identifier?: string | null;
  readonly service_tier?: string | null;
  readonly truncation?: Open<'auto' | 'disabled'> | null;
  readonly store?: boolean | null;
  readonly background?: boolean | null;
  readonly prompt?: ResponsesPrompt | null;
  readonly previous_response_id?: string | null;
  readonly conversation?: string | { readonly id: string } | null;
}

/** A tool of the caller's own. OpenAI's other kinds run at OpenAI: a `switch` over `type` needs a default. */
export type ResponsesTool = ResponsesFunctionTool | ResponsesCustomTool;

export interface ResponsesFunctionTool {
  readonly type: 'function';
  readonly name: string;
  readonly description?: string | null;
  /** A JSON schema; absent: a function without arguments. */
  readonly parameters?: JsonObject | null;
  readonly strict?: boolean | null;
}

/** A tool whose input is a text, and no JSON. */
export interface ResponsesCustomTool {
  readonly type: 'custom';
  readonly name: string;
  readonly description?: string | null;
  /** Which texts it takes: any (`text`), or those of a grammar. */
  readonly format?: { readonly type: string; readonly syntax?: string; readonly definition?: string } | null;
}

export type ResponsesToolChoice =
  | 'none'
  | 'auto'
  | 'required'
  | { readonly type: 'function' | 'custom'; readonly name: string }
  | ResponsesAllowedTools;

export interface ResponsesAllowedTools {
  readonly type: 'allowed_tools';
  readonly mode: 'auto' | 'required';
  readonly tools: readonly JsonObject[];
}

export interface ResponsesTextConfig {
  readonly format?: ResponsesTextFormat | null;
  readonly verbosity?: string | null;
}

export type ResponsesTextFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema';
      readonly name: string;
      readonly schema: JsonObject;
      readonly description?: string | null;
      readonly strict?: boolean | null;
    };

export interface ResponsesReasoningConfig {
  readonly effort?: string | null;
  readonly summary?: string | null;
  /** The older name of `summary`. */
  readonly generate_summary?: string | null;
  readonly context?: string | null;
  readonly mode?: string | null;
}

export interface ResponsesPrompt {
  readonly id: string;
  readonly version?: string | null;
  readonly variables?: Readonly<Record<string, JsonValue>> | null;
}
