import type { JsonObject, JsonValue, Open } from '../json.ts';
import type { AnthropicCitation } from './citation.ts';

/**
 * A message of Anthropic's Messages API, the blocks that the gateway reads or writes. Some models take `system`
 * messages in mid-conversation; the first message is never one.
 * Source: https://docs.anthropic.com/en/api/messages (read 2026-11-23, by the `@anthropic-ai/sdk` package).
 */
export interface AnthropicMessage {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: string | readonly AnthropicContentBlock[];
}

/** The kinds we know by name. Others come with time: a `switch` over `type` needs a default. */
export type AnthropicContentBlock =
  | AnthropicTextBlock
  | AnthropicImageBlock
  | AnthropicDocumentBlock
  | AnthropicSearchResultBlock
  | AnthropicToolUseBlock
  | AnthropicToolResultBlock
  | AnthropicThinkingBlock
  | AnthropicRedactedThinkingBlock
  | AnthropicOtherBlock;

/** "Cache the prompt up to here." */
export interface AnthropicCacheControl {
  readonly type: 'ephemeral';
  readonly ttl?: Open<'5m' | '1h'>;
}

export interface AnthropicTextBlock {
  readonly type: 'text';
  readonly text: string;
  /** Where the model has the text from. */
  readonly citations?: readonly AnthropicCitation[] | null;
  readonly cache_control?: AnthropicCacheControl | null;
}

export interface AnthropicImageBlock {
  readonly type: 'image';
  readonly source: AnthropicBase64Source | AnthropicAddress;
  readonly cache_control?: AnthropicCacheControl | null;
}

/** `data` is base64, `media_type` such as `image/png` or `application/pdf`. */
export interface AnthropicBase64Source {
  readonly type: 'base64';
  readonly media_type: string;
  readonly data: string;
}

/** Where Anthropic itself would get the bytes from: the web, or its own store of files. */
type AnthropicAddress =
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'file'; readonly file_id: string };

/** A PDF, a plain text, or texts (and images) that are cited one by one. */
export interface AnthropicDocumentBlock {
  readonly type: 'document';
  readonly source:
    | AnthropicBase64Source
    | { readonly type: 'text'; readonly media_type: string; readonly data: string }
    | { readonly type: 'content'; readonly content: string | readonly AnthropicContentBlock[] }
    | AnthropicAddress;
  readonly title?: string | null;
  /** What the model may read about the document and not cite. */
  readonly context?: string | null;
  readonly citations?: AnthropicCitationsConfig | null;
  readonly cache_control?: AnthropicCacheControl | null;
}

/** What a search of the caller's own has found; the model may cite it by its source. */
export interface AnthropicSearchResultBlock {
  readonly type: 'search_result';
  readonly source: string;
  readonly title: string;
  readonly content: readonly AnthropicTextBlock[];
  readonly citations?: AnthropicCitationsConfig;
  readonly cache_control?: AnthropicCacheControl | null;
}

export interface AnthropicCitationsConfig {
  readonly enabled?: boolean;
}

/** A call that the model wants made. `input` is always an object. */
export interface AnthropicToolUseBlock {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: JsonValue;
  readonly cache_control?: AnthropicCacheControl | null;
}

export interface AnthropicToolResultBlock {
  readonly type: 'tool_result';
  readonly tool_use_id: string;
  readonly content?: string | readonly AnthropicContentBlock[];
  readonly is_error?: boolean;
  readonly cache_control?: AnthropicCacheControl | null;
}

/** What the model thought; it takes it back only with the signature. */
export interface AnthropicThinkingBlock {
  readonly type: 'thinking';
  readonly thinking: string;
  readonly signature: string;
}

/** Thinking that only Anthropic can read. */
export interface AnthropicRedactedThinkingBlock {
  readonly type: 'redacted_thinking';
  readonly data: string;
}

/** Blocks that are kept as they are: of tools that Anthropic runs, summaries of what was before. */
export interface AnthropicOtherBlock extends JsonObject {
  readonly type:
    | 'server_tool_use'
    | 'web_search_tool_result'
    | 'web_fetch_tool_result'
    | 'code_execution_tool_result'
    | 'bash_code_execution_tool_result'
    | 'text_editor_code_execution_tool_result'
    | 'tool_search_tool_result'
    | 'tool_reference'
    | 'container_upload'
    | 'compaction';
}
