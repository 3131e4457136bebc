import { ObjectReader } from '../converse-over-openai/object-reader.ts';
import { invalidRequest } from '../json.ts';

/** `result`: what a tool gave, which holds no result again. */
export type ContentKind = 'any' | 'text-only' | 'result';

/**
 * Content of a message, of a tool's result or of `system`: a text or a list of blocks, where it is given. Kinds of blocks that
 * are unknown pass. Throws `invalid-request` with the place of the fault.
 */
export function checkContent(holder: ObjectReader, field: string, kind: ContentKind): void {
  const content = holder.value(field);
  if (content === undefined || typeof content === 'string') return;
  if (!Array.isArray(content)) {
    throw invalidRequest('Content must be a text or a list of blocks.', holder.at(field));
  }
  for (const [index, block] of content.entries()) checkBlock(block, `${holder.at(field)}.${index}`, kind);
}

/** The mark that asks for the prompt cache. */
export function checkCacheControl(value: unknown, place: string): void {
  const mark = ObjectReader.ofAnyFields(value, place);
  mark.choice('type', ['ephemeral']);
  mark.optionalChoice('ttl', ['5m', '1h']);
}

function checkBlock(value: unknown, place: string, kind: ContentKind): void {
  const block = ObjectReader.ofAnyFields(value, place);
  const type = block.text('type');
  if (kind === 'text-only' && type !== 'text') {
    throw invalidRequest('Only blocks of type "text" are possible here.', block.at('type'));
  }
  block.optionalObject('cache_control', checkCacheControl);
  switch (type) {
    case 'text':
      block.text('text');
      block.optionalList('citations', checkCitation);
      break;
    case 'image':
      checkSourceOf(block, checkImageSource);
      break;
    case 'document':
      checkSourceOf(block, checkDocumentSource);
      block.optionalText('title');
      block.optionalText('context');
      block.optionalObject('citations', checkCitationsConfig);
      break;
    case 'search_result':
      block.text('source');
      block.text('title');
      block.list('content', (part, at) => checkBlock(part, at, 'text-only'));
      block.optionalObject('citations', checkCitationsConfig);
      break;
    case 'tool_use':
      notEmpty(block, 'id');
      notEmpty(block, 'name');
      if (block.value('input') !== '') block.optionalJson('input');
      break;
    case 'tool_result':
      if (kind === 'result') throw invalidRequest('A tool result cannot hold another one.', block.at('type'));
      notEmpty(block, 'tool_use_id');
      block.optionalBoolean('is_error');
      checkContent(block, 'content', 'result');
      break;
    case 'thinking':
      block.text('thinking');
      block.optionalText('signature');
      break;
    case 'redacted_thinking':
      block.text('data');
  }
}

function notEmpty(reader: ObjectReader, field: string): void {
  if (reader.text(field) === '') {
    throw invalidRequest(`\`${reader.at(field)}\` must not be empty.`, reader.at(field));
  }
}

function checkSourceOf(block: ObjectReader, check: (value: unknown, place: string) => void): void {
  if (block.value('source') === undefined) {
    throw invalidRequest(
      'This block needs `source`: { "type": "base64", "media_type": "…", "data": "…" }.',
      block.at('source'),
    );
  }
  check(block.value('source'), block.at('source'));
}

function checkImageSource(value: unknown, place: string): void {
  const source = ObjectReader.ofAnyFields(value, place);
  checkSource(source, source.choice('type', ['base64', 'url', 'file']));
}

function checkDocumentSource(value: unknown, place: string): void {
  const source = ObjectReader.ofAnyFields(value, place);
  const type = source.choice('type', ['base64', 'text', 'content', 'url', 'file']);
  if (type === 'text') source.text('data');
  else if (type === 'content') {
    if (source.value('content') === undefined)
      throw invalidRequest('This source needs `content`.', source.at('content'));
    checkContent(source, 'content', 'result');
  } else checkSource(source, type);
}

function checkSource(source: ObjectReader, type: 'base64' | 'url' | 'file'): void {
  if (type === 'base64') {
    source.text('media_type');
    source.text('data');
  } else source.text(type === 'url' ? 'url' : 'file_id');
}

function checkCitationsConfig(value: unknown, place: string): void {
  ObjectReader.ofAnyFields(value, place).optionalBoolean('enabled');
}

/** The numbers that each kind of place has. */
const rangesOf = {
  char_location: ['document_index', 'start_char_index', 'end_char_index'],
  page_location: ['document_index', 'start_page_number', 'end_page_number'],
  content_block_location: ['document_index', 'start_block_index', 'end_block_index'],
  search_result_location: ['search_result_index', 'start_block_index', 'end_block_index'],
  web_search_result_location: [],
} as const;
const citationTypes = Object.keys(rangesOf) as (keyof typeof rangesOf)[];

function checkCitation(value: unknown, place: string): void {
  const citation = ObjectReader.ofAnyFields(value, place);
  const type = citation.choice('type', citationTypes);
  citation.text('cited_text');
  citation.optionalText('title');
  citation.optionalText('document_title');
  if (type === 'web_search_result_location') citation.text('url');
  if (type === 'search_result_location') citation.text('source');
  for (const field of rangesOf[type]) {
    if (citation.optionalInteger(field, 0) === undefined) {
      throw invalidRequest(`\`${field}\` must be there: a whole number.`, citation.at(field));
    }
  }
}
