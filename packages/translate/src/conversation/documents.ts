import type {
  AnthropicDocumentBlock,
  ConverseDocumentBlock,
  ConverseDocumentFormat,
  LitellmFilePart,
} from '@genai-gateway/protocol';
import { isRecord, textOf } from '../json.ts';
import { bytesOfDataUri, type Piece, unshown } from './pieces.ts';

const mediaTypes = {
  pdf: 'application/pdf',
  csv: 'text/csv',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  html: 'text/html',
  txt: 'text/plain',
  md: 'text/markdown',
} as const satisfies Readonly<Record<ConverseDocumentFormat, string>>;

const formats = Object.keys(mediaTypes) as ConverseDocumentFormat[];
const WHAT = 'A document';
const UNNAMED = 'document';

type DocumentPiece = Extract<Piece, { readonly kind: 'document' }>;

/** `{ format, name, source: { bytes } }` of Converse. */
export function documentOfConverse(value: unknown): Piece {
  const { format, name, source } = isRecord(value) ? value : {};
  const known = formats.find((it) => it === format);
  const { bytes, text } = isRecord(source) ? source : {};
  const base64 = typeof text === 'string' ? Buffer.from(text).toString('base64') : bytes;
  if (known === undefined || typeof base64 !== 'string') return unshown(WHAT, textOf(name));
  return { kind: 'document', format: known, name: textOf(name) || UNNAMED, bytes: base64 };
}

/** Its name may hold letters, digits, blanks, hyphens and brackets. */
export function documentAsConverse({ format, name, bytes }: DocumentPiece): ConverseDocumentBlock {
  const clean = name
    .replace(/[^A-Za-z0-9\s\-()[\]]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
  return { document: { format, name: clean.slice(0, 200) || UNNAMED, source: { bytes } } };
}

/** `{ filename, file_data }` of OpenAI, where `file_data` is a `data:` URI. */
export function documentOfOpenai(value: unknown): Piece {
  const { filename, file_data: data } = isRecord(value) ? value : {};
  const content = typeof data === 'string' ? bytesOfDataUri(data) : undefined;
  const format = formats.find((it) => mediaTypes[it] === content?.type);
  if (format === undefined || content === undefined) return unshown(WHAT, textOf(filename));
  return { kind: 'document', format, name: textOf(filename) || UNNAMED, bytes: content.bytes };
}

export function documentAsOpenai({ format, name, bytes }: DocumentPiece): LitellmFilePart {
  return { type: 'file', file: { filename: name, file_data: `data:${mediaTypes[format]};base64,${bytes}` } };
}

/** `{ title, source }` of Anthropic: a PDF in base64, or a text. */
export function documentOfAnthropic(value: Readonly<Record<string, unknown>>): Piece {
  const { title, source } = value;
  const { type, data, media_type: mediaType, url } = isRecord(source) ? source : {};
  const name = textOf(title) || UNNAMED;
  if (type === 'base64' && mediaType === mediaTypes.pdf && typeof data === 'string') {
    return { kind: 'document', format: 'pdf', name, bytes: data };
  }
  if (type === 'text' && typeof data === 'string') {
    return { kind: 'document', format: 'txt', name, bytes: Buffer.from(data).toString('base64') };
  }
  return unshown(WHAT, textOf(url) || textOf(title));
}

/** Undefined: Anthropic takes no document of this format. */
export function documentAsAnthropic({ format, name, bytes }: DocumentPiece): AnthropicDocumentBlock | undefined {
  if (format === 'pdf') {
    return { type: 'document', title: name, source: { type: 'base64', media_type: mediaTypes.pdf, data: bytes } };
  }
  if (!mediaTypes[format].startsWith('text/')) return undefined;
  const data = Buffer.from(bytes, 'base64').toString();
  return { type: 'document', title: name, source: { type: 'text', media_type: 'text/plain', data } };
}
