import type {
  AnthropicCitation,
  ConverseCitation,
  ConverseCitationLocation,
  ConverseDocumentRange,
} from '@genai-gateway/protocol';
import { isRecord, recordsOf, textOf } from '../json.ts';

/** One source of an answer in Anthropic's words; undefined: it says no place that Anthropic has a word for. */
export function citationToAnthropic({
  title,
  source,
  sourceContent,
  location,
}: ConverseCitation): AnthropicCitation | undefined {
  if (!isRecord(location)) return undefined;
  const cited_text = recordsOf(sourceContent)
    .map((part) => textOf(part['text']))
    .join('');
  const titled = typeof title === 'string' ? title : null;
  const inDocument = ({ documentIndex }: ConverseDocumentRange) => ({
    cited_text,
    document_index: documentIndex ?? 0,
    document_title: titled,
    file_id: null,
  });
  if ('documentChar' in location) {
    const { start = 0, end = start } = location.documentChar;
    const range = { start_char_index: start, end_char_index: end };
    return { type: 'char_location', ...inDocument(location.documentChar), ...range };
  }
  if ('documentPage' in location) {
    const { start = 1, end = start } = location.documentPage;
    const range = { start_page_number: start, end_page_number: end };
    return { type: 'page_location', ...inDocument(location.documentPage), ...range };
  }
  if ('documentChunk' in location) {
    const { start = 0, end = start } = location.documentChunk;
    const range = { start_block_index: start, end_block_index: end };
    return { type: 'content_block_location', ...inDocument(location.documentChunk), ...range };
  }
  if ('searchResultLocation' in location) {
    const { searchResultIndex = 0, start = 0, end = start } = location.searchResultLocation;
    return {
      type: 'search_result_location',
      cited_text,
      search_result_index: searchResultIndex,
      source: textOf(source),
      title: titled,
      start_block_index: start,
      end_block_index: end,
    };
  }
  if (!('web' in location)) return undefined;
  const url = textOf(location.web.url) || textOf(location.web.domain) || textOf(source);
  return { type: 'web_search_result_location', cited_text, url, title: titled, encrypted_index: '' };
}

/** A source of an earlier answer in Converse's words. */
export function citationToConverse(citation: AnthropicCitation): ConverseCitation {
  const title = 'document_title' in citation ? citation.document_title : citation.title;
  return {
    ...(title ? { title } : {}),
    ...('source' in citation ? { source: citation.source } : {}),
    ...(citation.cited_text === '' ? {} : { sourceContent: [{ text: citation.cited_text }] }),
    location: locationOf(citation),
  };
}

function locationOf(citation: AnthropicCitation): ConverseCitationLocation {
  switch (citation.type) {
    case 'char_location': {
      const { document_index: documentIndex, start_char_index: start, end_char_index: end } = citation;
      return { documentChar: { documentIndex, start, end } };
    }
    case 'page_location': {
      const { document_index: documentIndex, start_page_number: start, end_page_number: end } = citation;
      return { documentPage: { documentIndex, start, end } };
    }
    case 'content_block_location': {
      const { document_index: documentIndex, start_block_index: start, end_block_index: end } = citation;
      return { documentChunk: { documentIndex, start, end } };
    }
    case 'search_result_location': {
      const { search_result_index: searchResultIndex, start_block_index: start, end_block_index: end } = citation;
      return { searchResultLocation: { searchResultIndex, start, end } };
    }
    case 'web_search_result_location':
      return { web: { url: citation.url } };
  }
}
