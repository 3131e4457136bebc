import type { JsonValue, Open } from '../json.ts';
import type { ConverseCitation } from './citations.ts';
import type { ConverseImageFormat, ConverseMediaError } from './media.ts';
import type { ConverseStopReason, ConverseUsage } from './reply.ts';

/**
 * Payloads of the events of `POST /model/{modelId}/converse-stream`, by `:event-type`. Bedrock adds
 * a padding field `p` of changing length to each of them.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html (as of 2026-11-22).
 */
export interface ConverseStreamEvents {
  readonly messageStart: ConverseMessageStart;
  readonly contentBlockStart: ConverseContentBlockStart;
  readonly contentBlockDelta: ConverseContentBlockDelta;
  readonly contentBlockStop: ConverseContentBlockStop;
  readonly messageStop: ConverseMessageStop;
  readonly metadata: ConverseStreamMetadata;
}

export type ConverseEventType = keyof ConverseStreamEvents;

/** One event: its type and the payload that belongs to it. */
export type ConverseEvent = {
  [Type in ConverseEventType]: { readonly type: Type; readonly payload: ConverseStreamEvents[Type] };
}[ConverseEventType];

export interface ConverseMessageStart {
  readonly role: 'assistant';
}

/** Many models never send it for text; the block of a tool or an image always has it. */
export interface ConverseContentBlockStart {
  readonly contentBlockIndex: number;
  readonly start: {
    readonly toolUse?: { readonly toolUseId: string; readonly name: string; readonly type?: Open<'server_tool_use'> };
    /** Of a tool that the provider ran by itself. */
    readonly toolResult?: {
      readonly toolUseId: string;
      readonly type?: string;
      readonly status?: Open<'success' | 'error'>;
    };
    readonly image?: { readonly format: Open<ConverseImageFormat> };
  };
}

/** New content; exactly one field of `delta` is there. */
export interface ConverseContentBlockDelta {
  readonly contentBlockIndex: number;
  readonly delta: {
    readonly text?: string;
    /** A piece of the call's arguments: JSON text that is whole only when all pieces are joined. */
    readonly toolUse?: { readonly input: string };
    /** Pieces of text are joined; JSON comes whole. */
    readonly toolResult?: readonly ({ readonly text: string } | { readonly json: JsonValue })[];
    readonly reasoningContent?: {
      readonly text?: string;
      readonly signature?: string;
      /** Base64. */
      readonly redactedContent?: string;
    };
    /** `bytes` is base64. */
    readonly image?: { readonly source: { readonly bytes: string }; readonly error?: ConverseMediaError };
    readonly citation?: ConverseCitation;
  };
}

export interface ConverseContentBlockStop {
  readonly contentBlockIndex: number;
}

export interface ConverseMessageStop {
  readonly stopReason: ConverseStopReason;
  readonly additionalModelResponseFields?: JsonValue;
}

/** The last event, after `messageStop`. */
export interface ConverseStreamMetadata {
  readonly usage?: ConverseUsage;
  readonly metrics?: { readonly latencyMs?: number };
  readonly trace?: JsonValue;
  readonly performanceConfig?: { readonly latency?: string };
  readonly serviceTier?: { readonly type?: string };
}
