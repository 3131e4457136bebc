import type { JsonValue, Open } from '../json.ts';
import type { ConverseCitationsBlock, ConverseSearchResultBlock } from './citations.ts';
import type { ConverseGuardContentBlock } from './guardrail.ts';
import type { ConverseAudioBlock, ConverseDocumentBlock, ConverseImageBlock, ConverseVideoBlock } from './media.ts';

/**
 * Content blocks of the Converse API as they are on the wire: bytes are base64 text, and a block is
 * an object with exactly one of these keys. A kind that AWS adds later arrives beside them.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
 * (read 2026-11-23, by `@aws-sdk/client-bedrock-runtime`).
 */
export type ConverseContentBlock =
  | ConverseTextBlock
  | ConverseImageBlock
  | ConverseDocumentBlock
  | ConverseVideoBlock
  | ConverseAudioBlock
  | ConverseToolUseBlock
  | ConverseToolResultBlock
  | ConverseGuardContentBlock
  | ConverseReasoningBlock
  | ConverseCitationsBlock
  | ConverseSearchResultBlock
  | ConverseCachePointBlock
  | ConverseToolChangeBlock;

export interface ConverseTextBlock {
  readonly text: string;
}

/** A call that the model wants made. `input` is always an object. */
export interface ConverseToolUseBlock {
  readonly toolUse: {
    readonly toolUseId: string;
    readonly name: string;
    readonly input: JsonValue;
    /** `server_tool_use` for a tool that the provider runs by itself. */
    readonly type?: Open<'server_tool_use'>;
  };
}

export interface ConverseToolResultBlock {
  readonly toolResult: {
    readonly toolUseId: string;
    readonly content: readonly ConverseToolResultContent[];
    /** Only Amazon Nova and Anthropic Claude take it, says the reference of ToolResultBlock. */
    readonly status?: Open<'success' | 'error'>;
    /** For the result of a tool that the provider ran by itself. */
    readonly type?: string;
  };
}

export type ConverseToolResultContent =
  | ConverseTextBlock
  | { readonly json: JsonValue }
  | ConverseImageBlock
  | ConverseDocumentBlock
  | ConverseVideoBlock
  | ConverseSearchResultBlock;

/** What the model thought: readable text with a signature, or bytes (base64) that only the provider reads. */
export interface ConverseReasoningBlock {
  readonly reasoningContent:
    | { readonly reasoningText: { readonly text: string; readonly signature?: string } }
    | { readonly redactedContent: string };
}

/** "Cache the prompt up to here." */
export interface ConverseCachePointBlock {
  readonly cachePoint: { readonly type: 'default'; readonly ttl?: Open<'5m' | '1h'> };
}

/** In a `system` message: a tool of `toolConfig` is there from here on, or no longer. */
export type ConverseToolChangeBlock =
  | { readonly toolAddition: { readonly tool: ConverseToolReference } }
  | { readonly toolRemoval: { readonly tool: ConverseToolReference } };

/** `serverName` belongs to a tool of an MCP server. */
export interface ConverseToolReference {
  readonly type?: string;
  readonly name?: string;
  readonly serverName?: string;
}
