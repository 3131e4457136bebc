import type { AnthropicSearchResultBlock, ConverseSearchResultBlock } from '@genai-gateway/protocol';
import { isRecord, type JsonRecord, recordsOf, textOf } from '../json.ts';
import type { SearchResultPiece } from './pieces.ts';

/** `{ source, title, content, citations }`, which Converse and Anthropic write alike. */
export function searchResultOf({ source, title, content, citations }: JsonRecord): SearchResultPiece {
  const enabled = isRecord(citations) ? citations['enabled'] : undefined;
  const texts = recordsOf(content).map((part) => textOf(part['text']));
  const cited = typeof enabled === 'boolean' ? { isCited: enabled } : {};
  return { kind: 'search-result', source: textOf(source), title: textOf(title), texts, ...cited };
}

export function searchResultAsConverse({
  source,
  title,
  texts,
  isCited,
}: SearchResultPiece): ConverseSearchResultBlock {
  const content = texts.map((text) => ({ text }));
  return {
    searchResult: { source, title, content, ...(isCited === undefined ? {} : { citations: { enabled: isCited } }) },
  };
}

export function searchResultAsAnthropic({
  source,
  title,
  texts,
  isCited,
}: SearchResultPiece): AnthropicSearchResultBlock {
  const content = texts.map((text) => ({ type: 'text' as const, text }));
  const cited = isCited === undefined ? {} : { citations: { enabled: isCited } };
  return { type: 'search_result', source, title, content, ...cited };
}
