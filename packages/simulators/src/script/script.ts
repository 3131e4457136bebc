import type { ExceptionName } from '../errors.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type { Operation } from '../wire/routes.ts';

/** Every stop reason of Converse. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_MessageStopEvent.html (as of 2026-11-22). */
export const stopReasons = [
  'end_turn',
  'tool_use',
  'max_tokens',
  'stop_sequence',
  'guardrail_intervened',
  'content_filtered',
  'malformed_model_output',
  'malformed_tool_use',
  'model_context_window_exceeded',
] as const;

export type StopReason = (typeof stopReasons)[number];

/** Exceptions Bedrock can put into a stream that has begun. */
export const streamExceptions = [
  'internalServerException',
  'modelStreamErrorException',
  'modelTimeoutException',
  'serviceUnavailableException',
  'throttlingException',
  'validationException',
] as const;

export type StreamException = (typeof streamExceptions)[number];

/** What the next matching requests get instead of an echo. */
export interface SimulatorScript {
  readonly match?: ScriptMatch;
  /** How many requests it serves; 1 when absent. */
  readonly times?: number;
  readonly reply: ScriptReply;
}

/** All given conditions have to hold; none given: any request. */
export interface ScriptMatch {
  /** The decoded model id, or the guardrail id, in full. */
  readonly modelId?: string;
  readonly operation?: Operation;
  /** A part of the request body as it arrived. */
  readonly contains?: string;
}

export interface ScriptReply {
  /** The text; an echo when neither this, `chunks`, `toolCalls` nor `events` is given. `''`: no text block. */
  readonly text?: string;
  /** The text as the deltas of a stream, cut exactly so. */
  readonly chunks?: readonly string[];
  readonly reasoning?: { readonly text: string; readonly signature?: string };
  /** Base64 of an encrypted reasoning block. */
  readonly redactedReasoning?: string;
  readonly toolCalls?: readonly ScriptToolCall[];
  /** One citation for each entry, on the text block. */
  readonly citations?: readonly ScriptCitation[];
  /** `tool_use` with tool calls and `end_turn` without, when absent. */
  readonly stopReason?: StopReason;
  /** The sequence that stopped the model; Messages bodies name it. */
  readonly stopSequence?: string;
  /** Overrides single figures of the usage that follows from the lengths. */
  readonly usage?: ScriptUsage;
  /** Silence before the status line. */
  readonly firstByteDelayMs?: number;
  /** Silence between the response headers and the first event of a stream. */
  readonly firstEventDelayMs?: number;
  /** Silence between two events of a stream. */
  readonly paceMs?: number;
  /** Exactly these frames instead of a stream made from the fields above. */
  readonly events?: readonly ScriptEvent[];
  readonly fault?: ScriptFault;
}

export interface ScriptToolCall {
  readonly name: string;
  /** Made from the request's bytes when absent, so the same request gives the same id. */
  readonly toolUseId?: string;
  /** An object; or the text a stream carries, `''` for a tool without arguments (`{}` in an unstreamed answer). */
  readonly input?: JsonObject | string;
  /** The input as the deltas of a stream, cut exactly so. */
  readonly inputChunks?: readonly string[];
}

export interface ScriptCitation {
  readonly title: string;
  readonly citedText: string;
  readonly documentIndex?: number;
}

/** In tokens. */
export interface ScriptUsage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadInputTokens?: number;
  readonly cacheWriteInputTokens?: number;
}

/** One frame: an event, or an exception. In an invoke stream, the payload of a `chunk` is the JSON inside it. */
export type ScriptEvent =
  | { readonly type: string; readonly payload: JsonValue }
  | { readonly exception: string; readonly message?: string };

export type ScriptFault =
  /** An error instead of an answer. `retryAfterSeconds` 1 for throttling and overload when absent. */
  | {
      readonly kind: 'exception';
      readonly name: ExceptionName;
      readonly message?: string;
      readonly retryAfterSeconds?: number;
    }
  /** An exception frame after n events, and the end. Streams only. */
  | {
      readonly kind: 'stream-exception';
      readonly name: StreamException;
      readonly message?: string;
      readonly afterEvents: number;
    }
  /** The TCP connection closes after n events or n bytes of body. In HTTP/2 that ends every stream of the connection. */
  | { readonly kind: 'cut'; readonly afterEvents: number }
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** A clean end of the stream without its last events, from `messageStop` or `message_delta` on. Streams only. */
  | { readonly kind: 'no-message-stop' }
  /** Silence after n events, connection open until the client leaves. An unstreamed answer never begins. */
  | { readonly kind: 'stall'; readonly afterEvents: number }
  /** The frame after n events has a wrong message checksum. Streams only. */
  | { readonly kind: 'corrupt-crc'; readonly afterEvents: number };
