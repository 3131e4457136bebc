import type { ConverseCitation, ConverseCitationLocation, ConverseContentBlock } from '@genai-gateway/protocol';
import { isRecord, type JsonRecord, recordsOf, textOf, withoutUndefined } from '../json.ts';

/** Sources of a part of the answer's text: indices of JavaScript, the end not included. */
interface Cited {
  readonly start: number;
  readonly end: number;
  readonly citations: readonly ConverseCitation[];
}

/**
 * The text of a whole answer in blocks: each part that has sources is one with them, the rest is plain. Where the parts
 * overlap, or nobody says where one is, all of the text stands with all of the sources.
 */
export function textBlocks(text: string, message: JsonRecord): readonly ConverseContentBlock[] {
  const cited = partsOf(text, message);
  if (cited === undefined) return [citedBlock(text, citationsOf(message))];
  const blocks: ConverseContentBlock[] = [];
  let at = 0;
  for (const { start, end, citations } of cited) {
    if (start > at) blocks.push({ text: text.slice(at, start) });
    blocks.push(citedBlock(text.slice(start, end), citations));
    at = end;
  }
  return at < text.length ? [...blocks, { text: text.slice(at) }] : blocks;
}

/**
 * All sources that a message or a delta of LiteLLM tells, in Converse's words: OpenAI's `annotations`, and what LiteLLM
 * keeps in `provider_specific_fields`: Anthropic's `citations`, `citation` in its streams.
 * Source: litellm 1.106.2, types/llms/openai.py `ChatCompletionAnnotation`, llms/anthropic/chat/transformation.py
 * `extract_response_content` and handler.py (read 2026-11-23).
 */
export function citationsOf(message: JsonRecord): readonly ConverseCitation[] {
  return sourcesOf(message).map(({ citation }) => citation);
}

interface Source {
  readonly citation: ConverseCitation;
  readonly start?: unknown;
  readonly end?: unknown;
  /** The part of the answer that it stands behind, where no indices say which. */
  readonly text?: unknown;
}

function sourcesOf(message: JsonRecord): readonly Source[] {
  const fields = isRecord(message['provider_specific_fields']) ? message['provider_specific_fields'] : {};
  const lists = Array.isArray(fields['citations']) ? fields['citations'] : [];
  const anthropics = [...lists.flatMap((list: unknown) => recordsOf(list)), ...recordsOf([fields['citation']])];
  if (anthropics.length > 0) {
    return anthropics.map((each) => ({ citation: ofAnthropic(each), text: each['supported_text'] }));
  }
  return recordsOf(message['annotations']).flatMap(({ url_citation: cited }): Source[] => {
    if (!isRecord(cited) || textOf(cited['url']) === '') return [];
    return [{ citation: ofAddress(cited), start: cited['start_index'], end: cited['end_index'] }];
  });
}

/** The parts that have sources, in order; undefined: some of them cannot be told from the others. */
function partsOf(text: string, message: JsonRecord): readonly Cited[] | undefined {
  const parts = new Map<string, { start: number; end: number; citations: ConverseCitation[] }>();
  let from = 0;
  for (const { citation, start, end, text: supported } of sourcesOf(message)) {
    const place = typeof supported === 'string' ? placeOf(supported, text, from) : placeBetween(start, end, text);
    if (place === undefined) return undefined;
    from = Math.max(from, place.start);
    const key = `${place.start} ${place.end}`;
    const known = parts.get(key);
    if (known === undefined) parts.set(key, { ...place, citations: [citation] });
    else known.citations.push(citation);
  }
  const sorted = [...parts.values()].sort((a, b) => a.start - b.start);
  const isApart = sorted.every(({ start }, index) => start >= (sorted[index - 1]?.end ?? 0));
  return isApart ? sorted : undefined;
}

function placeOf(supported: string, text: string, from: number): { start: number; end: number } | undefined {
  const start = supported === '' ? -1 : text.indexOf(supported, from);
  return start === -1 ? undefined : { start, end: start + supported.length };
}

/** OpenAI counts characters of Unicode. */
function placeBetween(first: unknown, last: unknown, text: string): { start: number; end: number } | undefined {
  if (typeof first !== 'number' || typeof last !== 'number') return undefined;
  const [start, end] = [indexOf(first, text), indexOf(last, text)];
  return start === undefined || end === undefined || start >= end ? undefined : { start, end };
}

/** Where the `count`th character of Unicode is; undefined: there is none. */
function indexOf(count: number, text: string): number | undefined {
  if (!Number.isInteger(count) || count < 0 || count > text.length) return undefined;
  let at = 0;
  for (let seen = 0; seen < count; seen += 1) {
    if (at >= text.length) return undefined;
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return at;
}

function citedBlock(text: string, citations: readonly ConverseCitation[]): ConverseContentBlock {
  if (citations.length === 0) return { text };
  return { citationsContent: { ...(text === '' ? {} : { content: [{ text }] }), citations } };
}

function ofAddress({ url, title }: JsonRecord): ConverseCitation {
  const address = textOf(url);
  return withoutUndefined({
    title: textOf(title) || undefined,
    source: address,
    location: { web: withoutUndefined({ url: address, domain: domainOf(address) }) },
  });
}

function domainOf(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).hostname || undefined : undefined;
}

/**
 * A citation of Anthropic's.
 * Source: https://docs.anthropic.com/en/docs/build-with-claude/citations (as of 2026-11-23).
 */
function ofAnthropic(each: JsonRecord): ConverseCitation {
  const { cited_text: quoted, document_title: document, title, source, url } = each;
  return withoutUndefined({
    title: textOf(title) || textOf(document) || undefined,
    source: textOf(source) || textOf(url) || undefined,
    sourceContent: typeof quoted === 'string' && quoted !== '' ? [{ text: quoted }] : undefined,
    location: locationOf(each),
  });
}

function locationOf(each: JsonRecord): ConverseCitationLocation | undefined {
  const range = (start: string, end: string) =>
    withoutUndefined({
      documentIndex: countOf(each['document_index']),
      start: countOf(each[start]),
      end: countOf(each[end]),
    });
  switch (each['type']) {
    case 'char_location':
      return { documentChar: range('start_char_index', 'end_char_index') };
    case 'page_location':
      return { documentPage: range('start_page_number', 'end_page_number') };
    case 'content_block_location':
      return { documentChunk: range('start_block_index', 'end_block_index') };
    case 'search_result_location': {
      const { documentIndex: _none, ...place } = range('start_block_index', 'end_block_index');
      const searchResultIndex = countOf(each['search_result_index']);
      return { searchResultLocation: withoutUndefined({ searchResultIndex, ...place }) };
    }
    case 'web_search_result_location': {
      const url = textOf(each['url']);
      return url === '' ? undefined : { web: withoutUndefined({ url, domain: domainOf(url) }) };
    }
    default:
      return undefined;
  }
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
