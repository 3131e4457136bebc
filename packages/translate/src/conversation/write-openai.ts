import type {
  LitellmAssistantMessage,
  LitellmCacheControl,
  LitellmPart,
  LitellmThinkingBlock,
  LitellmToolCall,
  LitellmToolMessage,
  OpenaiContentPart,
  OpenaiConversationMessage,
} from '@genai-gateway/protocol';
import { FAILED_TOOL_TEXT } from '../converse-over-openai/tool-messages.ts';
import { videoTypes } from '../media/formats.ts';
import { cacheControlOf } from './cache-control.ts';
import { documentAsOpenai } from './documents.ts';
import { jsonText, type Piece, type Said, searchResultText, unshown } from './pieces.ts';

type Marked<T> = { -readonly [K in keyof T]: T[K] } & { cache_control?: LitellmCacheControl };
type Part = Marked<LitellmPart | Exclude<OpenaiContentPart, { readonly type: 'text' | 'image_url' }>>;

/** A message in the words of OpenAI and LiteLLM: the results of tools as messages of their own, in front. */
export function writeOpenai({ role, pieces }: Said): OpenaiConversationMessage[] {
  if (role === 'assistant') return [writeAnswer(pieces)];
  const results: Marked<LitellmToolMessage>[] = [];
  const parts: Part[] = [];
  let last: { cache_control?: LitellmCacheControl } | undefined;
  for (const piece of pieces) {
    if (piece.kind === 'cache-point') {
      if (last !== undefined) last.cache_control = cacheControlOf(piece);
    } else if (piece.kind === 'result') {
      const result: Marked<LitellmToolMessage> = writeResult(piece);
      results.push(result);
      last = result;
    } else {
      const part = writePart(piece);
      parts.push(part);
      last = part;
    }
  }
  const content = plain(parts);
  if (role === 'system') return [{ role, content }];
  return parts.length === 0 && results.length > 0 ? results : [...results, { role, content }];
}

function writeAnswer(pieces: readonly Piece[]): LitellmAssistantMessage {
  const texts: Marked<{ readonly type: 'text'; readonly text: string }>[] = [];
  const calls: Marked<LitellmToolCall>[] = [];
  const signed: LitellmThinkingBlock[] = [];
  const unsigned: string[] = [];
  const images: NonNullable<LitellmAssistantMessage['images']>[number][] = [];
  let last: { cache_control?: LitellmCacheControl } | undefined;
  const say = (text: string): void => {
    texts.push({ type: 'text', text });
    last = texts.at(-1);
  };
  for (const piece of pieces) {
    switch (piece.kind) {
      case 'cache-point':
        if (last !== undefined) last.cache_control = cacheControlOf(piece);
        break;
      case 'call':
        calls.push({
          id: piece.id,
          type: 'function',
          function: { name: piece.name, arguments: jsonText(piece.input) },
        });
        last = calls.at(-1);
        break;
      case 'thought':
        if (piece.signature === undefined) unsigned.push(piece.text);
        else signed.push({ type: 'thinking', thinking: piece.text, signature: piece.signature });
        break;
      case 'redacted':
        signed.push({ type: 'redacted_thinking', data: piece.data });
        break;
      case 'image':
      case 'image-at':
        images.push({ type: 'image_url', image_url: { url: urlOf(piece) } });
        break;
      default:
        say(textInAnswer(piece));
    }
  }
  const isMarked = texts.some((part) => part.cache_control !== undefined);
  const text = isMarked ? texts : texts.map((part) => part.text).join('');
  return {
    role: 'assistant',
    content: texts.length === 0 && calls.length > 0 ? null : text,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(signed.length === 0 ? {} : { thinking_blocks: signed }),
    ...(unsigned.length === 0 ? {} : { reasoning_content: unsigned.join('\n') }),
    ...(images.length === 0 ? {} : { images }),
  };
}

/** Answers and results hold no files here. */
function textInAnswer(
  piece: Exclude<Piece, { kind: 'cache-point' | 'call' | 'thought' | 'redacted' | 'image' | 'image-at' }>,
): string {
  switch (piece.kind) {
    case 'text':
      return piece.text;
    case 'search-result':
      return searchResultText(piece);
    case 'document':
      return unshown('A document', piece.name).text;
    case 'video':
      return unshown('A video').text;
    case 'audio':
      return unshown('A recording').text;
    case 'result':
      return unshown('A result of a tool').text;
  }
}

function writeResult({ id, pieces, hasFailed }: Extract<Piece, { kind: 'result' }>): LitellmToolMessage {
  const parts = pieces.filter((piece) => piece.kind !== 'cache-point').map((piece) => toolPart(piece));
  if (hasFailed) parts.unshift({ type: 'text', text: FAILED_TOOL_TEXT });
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return { role: 'tool', tool_call_id: id, content: texts.length === parts.length ? texts.join('\n') : parts };
}

function toolPart(piece: Piece): LitellmPart {
  const isFile = piece.kind === 'document' || piece.kind === 'video' || piece.kind === 'audio';
  const part = isFile ? writePart({ kind: 'text', text: textInAnswer(piece) }) : writePart(piece);
  return part.type === 'text' || part.type === 'image_url' ? part : { type: 'text', text: '' };
}

function writePart(piece: Piece): Part {
  switch (piece.kind) {
    case 'text':
      return { type: 'text', text: piece.text };
    case 'image':
    case 'image-at':
      return { type: 'image_url', image_url: { url: urlOf(piece) } };
    case 'document':
      return documentAsOpenai(piece);
    case 'video': {
      const file_data = `data:${videoTypes[piece.format]};base64,${piece.bytes}`;
      return { type: 'file', file: { filename: `video.${piece.format}`, file_data } };
    }
    case 'audio':
      return { type: 'input_audio', input_audio: { data: piece.bytes, format: piece.format } };
    case 'search-result':
      return { type: 'text', text: searchResultText(piece) };
    case 'call':
      return writePart(unshown('A call of a tool', piece.name));
    case 'thought':
    case 'redacted':
      return writePart(unshown('A thought'));
    default:
      return writePart(unshown('Something'));
  }
}

function urlOf(piece: Extract<Piece, { kind: 'image' | 'image-at' }>): string {
  return piece.kind === 'image' ? `data:image/${piece.format};base64,${piece.bytes}` : piece.url;
}

/** One text without a mark as a plain text, which every provider takes; else the list of parts. */
function plain(parts: readonly Part[]): string | readonly OpenaiContentPart[] {
  const [only] = parts;
  if (only === undefined) return '';
  return parts.length === 1 && only.type === 'text' && only.cache_control === undefined ? only.text : parts;
}
