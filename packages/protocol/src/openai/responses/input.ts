import type { JsonObject, Open } from '../../json.ts';

/**
 * An item of `input` that the gateway translates. A caller may send others: a `switch` over `type` needs a default.
 * Source: https://platform.openai.com/docs/api-reference/responses/create (read 2026-11-23, by the `openai` package).
 */
export type ResponsesInputItem =
  | ResponsesInputMessage
  | ResponsesInputFunctionCall
  | ResponsesInputFunctionOutput
  | ResponsesInputCustomCall
  | ResponsesInputCustomOutput
  | ResponsesInputReasoning;

/** `type` may be absent. */
export interface ResponsesInputMessage {
  readonly type?: 'message';
  readonly role: 'user' | 'assistant' | 'system' | 'developer';
  readonly content: string | readonly ResponsesInputPart[];
  readonly id?: string | null;
  readonly status?: string | null;
  readonly phase?: string | null;
}

export interface ResponsesInputFunctionCall {
  readonly type: 'function_call';
  readonly call_id: string;
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
  readonly id?: string | null;
  readonly status?: string | null;
}

export interface ResponsesInputFunctionOutput {
  readonly type: 'function_call_output';
  readonly call_id: string;
  readonly output: string | readonly ResponsesInputPart[];
  readonly id?: string | null;
  readonly status?: string | null;
}

export interface ResponsesInputCustomCall {
  readonly type: 'custom_tool_call';
  readonly call_id: string;
  readonly name: string;
  readonly input: string;
  readonly id?: string | null;
}

export interface ResponsesInputCustomOutput {
  readonly type: 'custom_tool_call_output';
  readonly call_id: string;
  readonly output: string | readonly ResponsesInputPart[];
  readonly id?: string | null;
}

/** What a model thought in an earlier answer, as the answer gave it. */
export interface ResponsesInputReasoning {
  readonly type: 'reasoning';
  readonly id?: string | null;
  readonly summary?: readonly JsonObject[] | null;
  readonly content?: readonly JsonObject[] | null;
  readonly encrypted_content?: string | null;
  readonly status?: string | null;
}

/** The kinds we know by name: a `switch` over `type` needs a default. */
export type ResponsesInputPart =
  | ResponsesInputText
  | ResponsesInputImage
  | ResponsesInputFile
  | ResponsesInputAudio
  | ResponsesInputOutputText
  | ResponsesInputRefusal;

/** "Cache the prompt up to here." */
interface ResponsesCacheBreakpoint {
  readonly prompt_cache_breakpoint?: { readonly mode: Open<'explicit'>; readonly ttl?: string } | null;
}

export interface ResponsesInputText extends ResponsesCacheBreakpoint {
  readonly type: 'input_text';
  readonly text: string;
}

/** `image_url` is a `data:` URI or an address. */
export interface ResponsesInputImage extends ResponsesCacheBreakpoint {
  readonly type: 'input_image';
  readonly image_url?: string | null;
  readonly file_id?: string | null;
  readonly detail?: string | null;
}

export interface ResponsesInputFile extends ResponsesCacheBreakpoint {
  readonly type: 'input_file';
  /** A `data:` URI, or base64. */
  readonly file_data?: string | null;
  readonly filename?: string | null;
  readonly file_id?: string | null;
  readonly file_url?: string | null;
}

/** OpenAI's own type for messages has no audio yet; the `openai` package has the part all the same. */
export interface ResponsesInputAudio {
  readonly type: 'input_audio';
  readonly input_audio: JsonObject;
}

/** What the assistant said, as an earlier answer gave it. */
export interface ResponsesInputOutputText {
  readonly type: 'output_text';
  readonly text: string;
}

export interface ResponsesInputRefusal {
  readonly type: 'refusal';
  readonly refusal: string;
}
