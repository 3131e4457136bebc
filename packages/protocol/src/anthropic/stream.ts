import type { AnthropicCitation } from './citation.ts';
import type {
  AnthropicErrorBody,
  AnthropicReply,
  AnthropicReplyBlock,
  AnthropicStopDetails,
  AnthropicStopReason,
  AnthropicUsage,
} from './reply.ts';

/**
 * The data of one event of a streamed answer; the event's name is its `type`.
 * Source: https://docs.anthropic.com/en/docs/build-with-claude/streaming (read 2026-11-23, by the `@anthropic-ai/sdk`
 * package).
 */
export type AnthropicStreamEvent =
  | AnthropicMessageStart
  | AnthropicContentBlockStart
  | AnthropicContentBlockDelta
  | AnthropicContentBlockStop
  | AnthropicMessageDelta
  | AnthropicMessageStop
  | AnthropicPing
  | AnthropicErrorBody;

export interface AnthropicMessageStart {
  readonly type: 'message_start';
  /** Without content and stop reason. */
  readonly message: AnthropicReply;
}

/** `index` is the block's place in the answer; a block starts when the one before it has stopped. */
export interface AnthropicContentBlockStart {
  readonly type: 'content_block_start';
  readonly index: number;
  /** Empty, but for redacted thinking, which comes whole. */
  readonly content_block: AnthropicReplyBlock;
}

export interface AnthropicContentBlockDelta {
  readonly type: 'content_block_delta';
  readonly index: number;
  readonly delta: AnthropicDelta;
}

export type AnthropicDelta =
  | { readonly type: 'text_delta'; readonly text: string }
  /** A piece of the call's input: JSON text that is whole only when all pieces are joined. */
  | { readonly type: 'input_json_delta'; readonly partial_json: string }
  | { readonly type: 'citations_delta'; readonly citation: AnthropicCitation }
  | { readonly type: 'thinking_delta'; readonly thinking: string }
  /** The whole signature: the SDKs take the last one and join none. */
  | { readonly type: 'signature_delta'; readonly signature: string };

export interface AnthropicContentBlockStop {
  readonly type: 'content_block_stop';
  readonly index: number;
}

export interface AnthropicMessageDelta {
  readonly type: 'message_delta';
  readonly delta: {
    readonly stop_reason: AnthropicStopReason;
    readonly stop_sequence: string | null;
    readonly stop_details: AnthropicStopDetails | null;
  };
  /** Of the whole answer, and more of it than Anthropic itself says here. */
  readonly usage: AnthropicUsage;
}

export interface AnthropicMessageStop {
  readonly type: 'message_stop';
}

/** Says nothing. Every client skips it. */
export interface AnthropicPing {
  readonly type: 'ping';
}
