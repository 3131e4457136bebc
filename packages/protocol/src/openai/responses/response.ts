import type { JsonValue } from '../../json.ts';

type ResponsesStatus = 'in_progress' | 'completed' | 'incomplete' | 'failed';

/**
 * The answer of `POST /v1/responses`. What it repeats of the request has the shape that the caller sent.
 * Source: https://platform.openai.com/docs/api-reference/responses/object (read 2026-11-23, by the `openai` package).
 */
export interface ResponsesResponse extends ResponsesEcho {
  readonly id: string;
  readonly object: 'response';
  /** Seconds since the Unix epoch. */
  readonly created_at: number;
  readonly status: ResponsesStatus;
  readonly model: string;
  readonly output: readonly ResponsesOutputItem[];
  readonly error: ResponsesError | null;
  readonly incomplete_details: { readonly reason: 'max_output_tokens' | 'content_filter' } | null;
  /** null while the answer is under way, and when the provider reported none. */
  readonly usage: ResponsesUsage | null;
  readonly service_tier?: string;
}

/** What a response repeats of its request, with OpenAI's values for what was not given; null: the model's own. */
export interface ResponsesEcho {
  readonly background: boolean;
  readonly conversation: { readonly id: string } | null;
  readonly instructions: string | null;
  readonly max_output_tokens: number | null;
  readonly max_tool_calls: JsonValue;
  readonly metadata: JsonValue;
  readonly parallel_tool_calls: boolean;
  readonly previous_response_id: null;
  readonly prompt: JsonValue;
  readonly reasoning: JsonValue;
  readonly safety_identifier: string | null;
  /** False: nothing is kept that `previous_response_id` could find. */
  readonly store: false;
  readonly temperature: number | null;
  readonly text: JsonValue;
  readonly tool_choice: JsonValue;
  readonly tools: JsonValue;
  readonly top_p: number | null;
  readonly truncation: 'disabled';
  readonly user: string | null;
}

export interface ResponsesError {
  readonly code: 'server_error' | 'rate_limit_exceeded' | 'invalid_prompt';
  readonly message: string;
}

/** `input_tokens` includes what was read from and written to the prompt cache. */
export interface ResponsesUsage {
  readonly input_tokens: number;
  readonly input_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly reasoning_tokens: number };
  readonly total_tokens: number;
}

export type ResponsesOutputItem =
  | ResponsesOutputMessage
  | ResponsesReasoningItem
  | ResponsesFunctionCall
  | ResponsesCustomToolCall;

export type ResponsesItemStatus = 'in_progress' | 'completed' | 'incomplete';

export interface ResponsesOutputMessage {
  readonly id: string;
  readonly type: 'message';
  readonly status: ResponsesItemStatus;
  readonly role: 'assistant';
  readonly content: readonly ResponsesOutputText[];
}

export interface ResponsesOutputText {
  readonly type: 'output_text';
  readonly text: string;
  readonly annotations: readonly ResponsesAnnotation[];
  readonly logprobs: readonly never[];
}

/** Places are counted in Unicode code points, from 0; `end_index` is behind the last. */
export type ResponsesAnnotation =
  | {
      readonly type: 'url_citation';
      readonly url: string;
      readonly title: string;
      readonly start_index: number;
      readonly end_index: number;
    }
  | { readonly type: 'file_citation'; readonly file_id: string; readonly filename: string; readonly index: number };

/** `encrypted_content` is what the model takes back of it, in a form that is the gateway's own. */
export interface ResponsesReasoningItem {
  readonly id: string;
  readonly type: 'reasoning';
  readonly status: ResponsesItemStatus;
  readonly summary: readonly ResponsesSummaryPart[];
  readonly content?: readonly ResponsesReasoningPart[];
  readonly encrypted_content?: string;
}

export interface ResponsesSummaryPart {
  readonly type: 'summary_text';
  readonly text: string;
}

export interface ResponsesReasoningPart {
  readonly type: 'reasoning_text';
  readonly text: string;
}

export interface ResponsesFunctionCall {
  readonly id: string;
  readonly type: 'function_call';
  readonly status: ResponsesItemStatus;
  readonly call_id: string;
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
}

/** OpenAI's type has no `status`, but its answers do. */
export interface ResponsesCustomToolCall {
  readonly id: string;
  readonly type: 'custom_tool_call';
  readonly status: ResponsesItemStatus;
  readonly call_id: string;
  readonly name: string;
  readonly input: string;
}
