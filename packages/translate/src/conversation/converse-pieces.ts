import type {
  ConverseContentBlock,
  ConverseMessage,
  ConverseToolResultContent,
  JsonValue,
} from '@genai-gateway/protocol';
import { bytesToRedacted, redactedToBytes } from '../converse-over-openai/reasoning.ts';
import { isRecord, type JsonRecord, recordsOf, textOf } from '../json.ts';
import { cleanBase64 } from '../media/base64.ts';
import { audioFormats, videoFormats } from '../media/formats.ts';
import { documentAsConverse, documentOfConverse } from './documents.ts';
import { imagePiece, jsonText, type Piece, type Said, unshown } from './pieces.ts';
import { searchResultAsConverse, searchResultOf } from './search-results.ts';

/** A message of Converse, read. */
export function readConverse({ role, content }: ConverseMessage): Said {
  return { role, pieces: recordsOf(content).map(readBlock) };
}

function readBlock(block: JsonRecord): Piece {
  const [kind = 'nothing'] = Object.keys(block);
  const value = block[kind];
  const fields: JsonRecord = isRecord(value) ? value : {};
  switch (kind) {
    case 'text':
      return { kind: 'text', text: textOf(value) };
    case 'image':
      return readImage(fields['source']);
    case 'document':
      return documentOfConverse(value);
    case 'toolUse':
      return readToolUse(fields);
    case 'toolResult':
      return readToolResult(fields);
    case 'reasoningContent':
      return readReasoning(fields);
    case 'citationsContent':
      return { kind: 'text', text: textsOf(fields['content']) };
    case 'guardContent':
      return 'image' in fields
        ? readBlock({ image: fields['image'] })
        : { kind: 'text', text: textOf(isRecord(fields['text']) && fields['text']['text']) };
    case 'searchResult':
      return searchResultOf(fields);
    case 'video':
      return readFile(fields, 'A video');
    case 'audio':
      return readFile(fields, 'A recording');
    case 'cachePoint':
      return { kind: 'cache-point', ttl: textOf(fields['ttl']) || undefined };
    default:
      return unshown(`A block "${kind}"`);
  }
}

function readImage(source: unknown): Piece {
  const { bytes, s3Location } = isRecord(source) ? source : {};
  return isRecord(s3Location) ? unshown('An image', textOf(s3Location['uri'])) : imagePiece(bytes);
}

function readFile({ format, source }: JsonRecord, what: string): Piece {
  const { bytes, s3Location } = isRecord(source) ? source : {};
  if (isRecord(s3Location)) return unshown(what, textOf(s3Location['uri']));
  const base64 = typeof bytes === 'string' ? cleanBase64(bytes) : undefined;
  if (base64 === undefined) return unshown(what);
  const asVideo = what === 'A video' ? videoFormats.find((it) => it === format) : undefined;
  if (asVideo !== undefined) return { kind: 'video', format: asVideo, bytes: base64 };
  const asAudio = what === 'A video' ? undefined : audioFormats.find((it) => it === format);
  return asAudio === undefined ? unshown(what) : { kind: 'audio', format: asAudio, bytes: base64 };
}

function readToolUse({ toolUseId, name, input, type }: JsonRecord): Piece {
  if (type !== undefined) return unshown('A call of a tool of the provider', textOf(name));
  return { kind: 'call', id: textOf(toolUseId), name: textOf(name), input: (input ?? {}) as JsonValue };
}

function readToolResult({ toolUseId, content, status, type }: JsonRecord): Piece {
  if (type !== undefined) return unshown('A result of a tool of the provider');
  const pieces = recordsOf(content).map((part): Piece => {
    if ('json' in part) return { kind: 'text', text: jsonText(part['json']) };
    // There is none in a result, and what nests without end must not be followed.
    return 'toolResult' in part ? unshown('A result of a tool') : readBlock(part);
  });
  return { kind: 'result', id: textOf(toolUseId), pieces, hasFailed: status === 'error' };
}

function readReasoning({ reasoningText, redactedContent }: JsonRecord): Piece {
  if (typeof redactedContent === 'string') return { kind: 'redacted', data: bytesToRedacted(redactedContent) };
  const { text, signature } = isRecord(reasoningText) ? reasoningText : {};
  return { kind: 'thought', text: textOf(text), signature: textOf(signature) || undefined };
}

function textsOf(content: unknown): string {
  return recordsOf(content)
    .map((part) => textOf(part['text']))
    .join('');
}

/** A message in the words of Converse. Empty texts, which no model takes, are left out. */
export function writeConverse({ role, pieces }: Said): ConverseMessage {
  return { role, content: pieces.filter((piece) => !(piece.kind === 'text' && piece.text === '')).map(writeBlock) };
}

function writeBlock(piece: Piece): ConverseContentBlock {
  switch (piece.kind) {
    case 'text':
      return { text: piece.text };
    case 'image':
      return { image: { format: piece.format, source: { bytes: piece.bytes } } };
    case 'image-at':
      return writeBlock(unshown('An image', piece.url));
    case 'document':
      return documentAsConverse(piece);
    case 'video':
      return { video: { format: piece.format, source: { bytes: piece.bytes } } };
    case 'audio':
      return { audio: { format: piece.format, source: { bytes: piece.bytes } } };
    case 'search-result':
      return searchResultAsConverse(piece);
    case 'call':
      return { toolUse: { toolUseId: piece.id, name: piece.name, input: piece.input } };
    case 'result': {
      // Whatever a result may hold is one of the kinds that Converse has in results too.
      const content = piece.pieces.map(writeBlock) as ConverseToolResultContent[];
      const status = piece.hasFailed ? { status: 'error' } : {};
      return { toolResult: { toolUseId: piece.id, content, ...status } };
    }
    case 'thought': {
      const { text, signature } = piece;
      return { reasoningContent: { reasoningText: signature === undefined ? { text } : { text, signature } } };
    }
    case 'redacted':
      return { reasoningContent: { redactedContent: redactedToBytes(piece.data) } };
    case 'cache-point':
      return { cachePoint: piece.ttl === undefined ? { type: 'default' } : { type: 'default', ttl: piece.ttl } };
  }
}
