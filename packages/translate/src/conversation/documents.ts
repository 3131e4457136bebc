import type { AnthropicDocumentBlock, ConverseDocumentBlock, LitellmFilePart } from '@genai-gateway/protocol';
import { isRecord, type JsonRecord, recordsOf, textOf } from '../json.ts';
import { cleanBase64 } from '../media/base64.ts';
import { documentName, UNNAMED_DOCUMENT } from '../media/document-name.ts';
import { documentTypes } from '../media/formats.ts';
import { mediaOfBase64 } from '../media/media-of.ts';
import { type DocumentPiece, type Piece, unshown } from './pieces.ts';

const formats = Object.keys(documentTypes) as (keyof typeof documentTypes)[];
const WHAT = 'A document';

/** `{ format, name, source }` of Converse, its source in bytes, as a text or as pieces of text. */
export function documentOfConverse(value: unknown): Piece {
  const { format, name, source, context, citations } = isRecord(value) ? value : {};
  const { bytes, text, content } = isRecord(source) ? source : {};
  const pieces = Array.isArray(content) ? recordsOf(content).map((it) => textOf(it['text'])) : undefined;
  const written = typeof text === 'string' ? text : pieces?.join('\n\n');
  const known = formats.find((it) => it === format) ?? (written === undefined ? undefined : 'txt');
  const base64 = written === undefined ? bytes : Buffer.from(written).toString('base64');
  if (known === undefined || typeof base64 !== 'string') return unshown(WHAT, textOf(name));
  const named = { kind: 'document', format: known, name: textOf(name) || UNNAMED_DOCUMENT, bytes: base64 } as const;
  return { ...named, ...moreOf(context, citations) };
}

/** Its name may hold letters, digits, blanks, hyphens and brackets. */
export function documentAsConverse({ format, name, bytes, context, isCited }: DocumentPiece): ConverseDocumentBlock {
  return {
    document: {
      format,
      name: documentName(name),
      source: { bytes },
      ...(context === undefined ? {} : { context }),
      ...(isCited === undefined ? {} : { citations: { enabled: isCited } }),
    },
  };
}

export function documentAsOpenai({ format, name, bytes }: DocumentPiece): LitellmFilePart {
  return { type: 'file', file: { filename: name, file_data: `data:${documentTypes[format]};base64,${bytes}` } };
}

/** `{ title, source }` of Anthropic: a file in base64, a text, or pieces of text. */
export function documentOfAnthropic({ title, source, context, citations }: JsonRecord): Piece {
  const { type, data, media_type: mediaType, content, url } = isRecord(source) ? source : {};
  const more = { name: textOf(title) || UNNAMED_DOCUMENT, ...moreOf(context, citations) };
  if (type === 'base64' && typeof data === 'string') {
    const media = mediaOfBase64(data, { mediaType: textOf(mediaType), filename: textOf(title) });
    if (typeof media === 'object' && media.kind === 'document') {
      return { kind: 'document', format: media.format, bytes: media.bytes, ...more };
    }
  }
  const pieces = typeof content === 'string' ? [content] : recordsOf(content).map((it) => textOf(it['text']));
  const text = type === 'text' ? data : pieces.filter((it) => it !== '').join('\n\n');
  if ((type === 'text' || type === 'content') && typeof text === 'string' && text !== '') {
    return { kind: 'document', format: 'txt', bytes: Buffer.from(text).toString('base64'), ...more };
  }
  return unshown(WHAT, textOf(url) || textOf(title));
}

/** Undefined: Anthropic takes no document of this format. */
export function documentAsAnthropic(piece: DocumentPiece): AnthropicDocumentBlock | undefined {
  const { format, name, bytes, context, isCited } = piece;
  const more = {
    title: name,
    ...(context === undefined ? {} : { context }),
    ...(isCited === undefined ? {} : { citations: { enabled: isCited } }),
  };
  if (format === 'pdf') {
    return { type: 'document', ...more, source: { type: 'base64', media_type: documentTypes.pdf, data: bytes } };
  }
  if (!documentTypes[format].startsWith('text/')) return undefined;
  const data = Buffer.from(cleanBase64(bytes) ?? '', 'base64').toString();
  return { type: 'document', ...more, source: { type: 'text', media_type: 'text/plain', data } };
}

function moreOf(context: unknown, citations: unknown): { readonly context?: string; readonly isCited?: boolean } {
  const enabled = isRecord(citations) ? citations['enabled'] : undefined;
  return {
    ...(typeof context === 'string' && context !== '' ? { context } : {}),
    ...(typeof enabled === 'boolean' ? { isCited: enabled } : {}),
  };
}
