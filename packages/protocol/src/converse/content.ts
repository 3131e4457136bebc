import type { JsonValue, Open } from '../json.ts';

/**
 * Content blocks of the Converse API as they are on the wire: bytes are base64 text, and a block is
 * an object with exactly one of these keys. Blocks that the gateway does not read are kept open.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html (as of 2026-11-22).
 */
export type ConverseContentBlock =
  | ConverseTextBlock
  | ConverseImageBlock
  | ConverseToolUseBlock
  | ConverseToolResultBlock
  | ConverseReasoningBlock
  | ConverseCitationsBlock
  | ConverseCachePointBlock;

export interface ConverseTextBlock {
  readonly text: string;
}

/** The formats that Converse takes. */
export type ConverseImageFormat = 'png' | 'jpeg' | 'gif' | 'webp';

export interface ConverseImageBlock {
  readonly image: {
    readonly format: Open<ConverseImageFormat>;
    /** `bytes` is base64. */
    readonly source: { readonly bytes: string } | { readonly s3Location: ConverseS3Location };
  };
}

export interface ConverseS3Location {
  readonly uri: string;
  readonly bucketOwner?: string;
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
  };
}

export type ConverseToolResultContent = ConverseTextBlock | ConverseImageBlock | { readonly json: JsonValue };

/** What the model thought: readable text with a signature, or bytes (base64) that only the provider reads. */
export interface ConverseReasoningBlock {
  readonly reasoningContent:
    | { readonly reasoningText: { readonly text: string; readonly signature?: string } }
    | { readonly redactedContent: string };
}

/** Text that carries its sources. The text is nowhere else in the message. */
export interface ConverseCitationsBlock {
  readonly citationsContent: {
    readonly content?: readonly ConverseTextBlock[];
    readonly citations?: readonly unknown[];
  };
}

/** "Cache the prompt up to here." */
export interface ConverseCachePointBlock {
  readonly cachePoint: { readonly type: 'default'; readonly ttl?: Open<'5m' | '1h'> };
}
