import type { AnthropicContentBlock, AnthropicMessage, JsonValue } from '@genai-gateway/protocol';
import { isRecord, type JsonRecord, recordsOf, textOf } from '../json.ts';
import { isBlank } from '../openai-over-converse/content.ts';
import { systemNote } from '../openai-over-converse/stored-messages.ts';
import { cacheControlOf, cachePointAfter } from './cache-control.ts';
import { documentAsAnthropic, documentOfAnthropic } from './documents.ts';
import { imagePiece, type Piece, pieceAt, type Said, unshown } from './pieces.ts';
import { searchResultAsAnthropic, searchResultOf } from './search-results.ts';

/** A message of Anthropic's Messages API, read. */
export function readAnthropic({ role, content }: AnthropicMessage): Said {
  return { role, pieces: readContent(content) };
}

function readContent(content: unknown, isInResult = false): Piece[] {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
  return recordsOf(content).flatMap((block) => [readBlock(block, isInResult), ...cachePointAfter(block)]);
}

function readBlock(block: JsonRecord, isInResult: boolean): Piece {
  const type = textOf(block['type']);
  switch (type) {
    case 'text':
      return { kind: 'text', text: textOf(block['text']) };
    case 'image':
      return readImage(block['source']);
    case 'document':
      return documentOfAnthropic(block);
    case 'tool_use': {
      const { id, name, input } = block;
      return { kind: 'call', id: textOf(id), name: textOf(name), input: (input ?? {}) as JsonValue };
    }
    case 'tool_result': {
      // There is none in a result, and what nests without end must not be followed.
      if (isInResult) return unshown('A result of a tool');
      const { tool_use_id: id, content, is_error: isError } = block;
      return { kind: 'result', id: textOf(id), pieces: readContent(content, true), hasFailed: isError === true };
    }
    case 'thinking':
      return { kind: 'thought', text: textOf(block['thinking']), signature: textOf(block['signature']) || undefined };
    case 'redacted_thinking':
      return { kind: 'redacted', data: textOf(block['data']) };
    case 'search_result':
      return searchResultOf(block);
    case 'compaction':
      return { kind: 'text', text: textOf(block['content']) };
    default:
      return unshown(`A block "${type}"`, textOf(block['name']));
  }
}

function readImage(source: unknown): Piece {
  const { type, data, url } = isRecord(source) ? source : {};
  if (type === 'url') return pieceAt(textOf(url));
  return type === 'base64' ? imagePiece(data) : unshown('An image');
}

/**
 * A message in the words of Anthropic. Blank texts, which it refuses, are left out, and system messages become notes of
 * the user, because few models take them. Thinking without a signature has an empty one.
 */
export function writeAnthropic({ role, pieces }: Said): AnthropicMessage {
  const content = writeContent(pieces, role === 'system');
  return { role: role === 'system' ? 'user' : role, content };
}

function writeContent(pieces: readonly Piece[], isSystem: boolean): AnthropicContentBlock[] {
  const blocks: AnthropicContentBlock[] = [];
  for (const piece of pieces) {
    if (piece.kind === 'cache-point') {
      const last = blocks.at(-1);
      // Anthropic refuses the mark on thinking.
      if (last !== undefined && last.type !== 'thinking' && last.type !== 'redacted_thinking') {
        // Every other block may have it.
        blocks[blocks.length - 1] = { ...last, cache_control: cacheControlOf(piece) } as AnthropicContentBlock;
      }
    } else if (piece.kind === 'text') {
      if (!isBlank(piece.text)) blocks.push({ type: 'text', text: isSystem ? systemNote(piece.text) : piece.text });
    } else blocks.push(writeBlock(piece));
  }
  return blocks;
}

function writeBlock(piece: Exclude<Piece, { kind: 'cache-point' }>): AnthropicContentBlock {
  switch (piece.kind) {
    case 'text':
      return { type: 'text', text: piece.text };
    case 'image':
      return {
        type: 'image',
        source: { type: 'base64', media_type: `image/${piece.format}`, data: piece.bytes },
      };
    case 'image-at':
      return { type: 'image', source: { type: 'url', url: piece.url } };
    case 'document': {
      const document = documentAsAnthropic(piece);
      return document ?? { type: 'text', text: unshown('A document', piece.name).text };
    }
    case 'video':
      return { type: 'text', text: unshown('A video').text };
    case 'audio':
      return { type: 'text', text: unshown('A recording').text };
    case 'search-result':
      return searchResultAsAnthropic(piece);
    case 'call':
      return { type: 'tool_use', id: piece.id, name: piece.name, input: isRecord(piece.input) ? piece.input : {} };
    case 'result': {
      const content = writeContent(piece.pieces, false);
      const [only] = content;
      const isText = content.length === 1 && only?.type === 'text' && !('cache_control' in only);
      const failed = piece.hasFailed ? { is_error: true } : {};
      return { type: 'tool_result', tool_use_id: piece.id, content: isText ? only.text : content, ...failed };
    }
    case 'thought':
      return { type: 'thinking', thinking: piece.text, signature: piece.signature ?? '' };
    case 'redacted':
      return { type: 'redacted_thinking', data: piece.data };
  }
}
