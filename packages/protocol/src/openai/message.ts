import type { JsonObject, JsonValue, Open } from '../json.ts';
import type { LitellmThinkingBlock } from '../litellm/chat.ts';
import type { OpenaiContentPart, OpenaiMarked, OpenaiRefusalPart, OpenaiTextPart, OpenaiThinkingPart } from './part.ts';

/**
 * Messages of `POST /v1/chat/completions`.
 * Source: https://platform.openai.com/docs/api-reference/chat/create (read 2026-11-23, by the `openai` package).
 */
export type OpenaiMessage =
  | OpenaiSystemMessage
  | OpenaiUserMessage
  | OpenaiAssistantMessage
  | OpenaiToolMessage
  | OpenaiFunctionMessage;

/** `developer` is the newer name of `system`. */
export interface OpenaiSystemMessage extends OpenaiMarked {
  readonly role: 'system' | 'developer';
  readonly content: string | readonly OpenaiContentPart[];
  readonly name?: string | null;
}

export interface OpenaiUserMessage extends OpenaiMarked {
  readonly role: 'user';
  readonly content: string | readonly OpenaiContentPart[];
  readonly name?: string | null;
}

/**
 * An answer that the caller sends back. `thinking_blocks` and `reasoning_content` are LiteLLM's: thinking that its provider
 * has signed, and thinking as text, which repeats the text of the blocks where both are there.
 */
export interface OpenaiAssistantMessage extends OpenaiMarked {
  readonly role: 'assistant';
  readonly content?:
    | string
    | readonly (OpenaiTextPart | OpenaiRefusalPart | OpenaiThinkingPart | OpenaiContentPart)[]
    | null;
  readonly refusal?: string | null;
  readonly tool_calls?: readonly OpenaiToolCall[] | null;
  /** The form before tools. */
  readonly function_call?: OpenaiFunctionCall | null;
  /** `id` of an earlier spoken answer; `transcript` is what some clients keep of it. */
  readonly audio?: { readonly id?: string; readonly transcript?: string } | null;
  readonly name?: string | null;
  readonly thinking_blocks?: readonly (LitellmThinkingBlock | JsonObject)[] | null;
  readonly reasoning_content?: string | null;
  /** Pictures that the model made, as LiteLLM has them. */
  readonly images?: readonly JsonObject[] | null;
}

/** The answer to one tool call. OpenAI's own type has only text parts; images and documents are accepted here too. */
export interface OpenaiToolMessage extends OpenaiMarked {
  readonly role: 'tool';
  readonly tool_call_id?: string | null;
  readonly content?: string | readonly OpenaiContentPart[] | null;
}

/** The answer to a `function_call`, the form before tools. */
export interface OpenaiFunctionMessage extends OpenaiMarked {
  readonly role: 'function';
  readonly name?: string | null;
  readonly content?: string | readonly OpenaiContentPart[] | null;
}

/** A call of a function, or of a tool that takes text (`custom`). */
export interface OpenaiToolCall extends OpenaiMarked {
  readonly id?: string | null;
  readonly type?: Open<'function' | 'custom'>;
  readonly function?: OpenaiFunctionCall;
  readonly custom?: { readonly name: string; readonly input?: JsonValue };
}

/** `arguments` is JSON text. */
export interface OpenaiFunctionCall {
  readonly name: string;
  readonly arguments?: string | JsonObject | null;
}
