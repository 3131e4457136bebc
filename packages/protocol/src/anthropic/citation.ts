/**
 * Where a piece of an answer has its text from. `cited_text` is the text that was found there, indices count from 0 and
 * pages from 1, and an end is the first one behind. Fields that only answers have may be absent in requests.
 * Source: https://docs.anthropic.com/en/docs/build-with-claude/citations (read 2026-11-23, by the `@anthropic-ai/sdk`
 * package).
 */
export type AnthropicCitation =
  | AnthropicCharLocation
  | AnthropicPageLocation
  | AnthropicContentBlockLocation
  | AnthropicSearchResultLocation
  | AnthropicWebSearchResultLocation;

/** In which of the request's documents. */
interface InDocument {
  readonly cited_text: string;
  readonly document_index: number;
  readonly document_title: string | null;
  readonly file_id?: string | null;
}

export interface AnthropicCharLocation extends InDocument {
  readonly type: 'char_location';
  readonly start_char_index: number;
  readonly end_char_index: number;
}

export interface AnthropicPageLocation extends InDocument {
  readonly type: 'page_location';
  readonly start_page_number: number;
  readonly end_page_number: number;
}

export interface AnthropicContentBlockLocation extends InDocument {
  readonly type: 'content_block_location';
  readonly start_block_index: number;
  readonly end_block_index: number;
}

export interface AnthropicSearchResultLocation {
  readonly type: 'search_result_location';
  readonly cited_text: string;
  readonly search_result_index: number;
  readonly source: string;
  readonly title: string | null;
  readonly start_block_index: number;
  readonly end_block_index: number;
}

/** `encrypted_index` is for Anthropic alone; other services have none. */
export interface AnthropicWebSearchResultLocation {
  readonly type: 'web_search_result_location';
  readonly cited_text: string;
  readonly url: string;
  readonly title: string | null;
  readonly encrypted_index: string;
}
