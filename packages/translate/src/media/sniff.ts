import type { ConverseDocumentFormat, ConverseVideoFormat } from '@genai-gateway/protocol';
import { byteLength, bytesAt } from './base64.ts';
import type { MediaFormat } from './formats.ts';

/** How much of a file's beginning is looked at. */
const HEAD_BYTES = 1_024;
/** How much of its end is looked at for the names in it. */
const SEARCHED_BYTES = 64 * 1024;

/**
 * What the bytes of a clean base64 text are by the marks in them, whatever a caller says they are. `zip` and `ole`: an Office
 * file of the newer or the older kind, one cannot tell which. `text`: letters in UTF-8. Undefined: bytes that say nothing.
 * Sources: https://en.wikipedia.org/wiki/List_of_file_signatures, [MS-CFB] 2.6 for the names in an older Office file (as of 2026-11-23).
 */
export function sniff(base64: string): MediaFormat | 'zip' | 'ole' | 'text' | undefined {
  const head = bytesAt(base64, 0, HEAD_BYTES);
  const start = head.toString('latin1');
  // Words may begin like a song, but no picture is all letters.
  return sniffImage(start) ?? sniffDocument(start, base64) ?? (isText(head) ? 'text' : sniffMoving(start));
}

function sniffImage(start: string): MediaFormat | undefined {
  if (start.startsWith('\x89PNG')) return { kind: 'image', format: 'png' };
  if (start.startsWith('\xff\xd8\xff')) return { kind: 'image', format: 'jpeg' };
  if (start.startsWith('GIF8')) return { kind: 'image', format: 'gif' };
  return start.startsWith('RIFF') && start.startsWith('WEBP', 8) ? { kind: 'image', format: 'webp' } : undefined;
}

function sniffDocument(start: string, base64: string): MediaFormat | 'zip' | 'ole' | undefined {
  const document = (format: ConverseDocumentFormat): MediaFormat => ({ kind: 'document', format });
  if (/^(?:\xef\xbb\xbf)?\s*%PDF-/.test(start)) return document('pdf');
  if (start.startsWith('PK\x03\x04')) return document2007(start, base64) ?? 'zip';
  if (start.startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) return documentBefore2007(start, base64) ?? 'ole';
  return /^(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)[\s>]/i.test(start) ? document('html') : undefined;
}

/** By the names of the files in the archive, which stand in its beginning and again, all of them, in its end. */
function document2007(start: string, base64: string): MediaFormat | undefined {
  const end = bytesAt(base64, Math.max(0, byteLength(base64) - SEARCHED_BYTES), SEARCHED_BYTES).toString('latin1');
  const has = (name: string): boolean => start.includes(name) || end.includes(name);
  const isWord = has('word/document');
  const isExcel = has('xl/workbook');
  if (isWord === isExcel) return undefined;
  return { kind: 'document', format: isWord ? 'docx' : 'xlsx' };
}

/** By the names of the streams in the file, which stand in its directory. */
function documentBefore2007(start: string, base64: string): MediaFormat | undefined {
  const header = Buffer.from(start.slice(0, 512), 'latin1');
  if (header.length < 512) return undefined;
  const sectorBytes = 2 ** Math.min(header.readUInt16LE(30), 12);
  const directory = bytesAt(base64, (header.readUInt32LE(48) + 1) * sectorBytes, 2_048).toString('utf16le');
  if (directory.includes('WordDocument')) return { kind: 'document', format: 'doc' };
  return directory.includes('Workbook') || directory.includes('Book\0')
    ? { kind: 'document', format: 'xls' }
    : undefined;
}

/** Video and audio. */
function sniffMoving(start: string): MediaFormat | undefined {
  const video = (format: ConverseVideoFormat): MediaFormat => ({ kind: 'video', format });
  if (start.startsWith('ftyp', 4)) {
    const brand = start.slice(8, 12).toLowerCase();
    if (brand.startsWith('m4a')) return { kind: 'audio', format: 'm4a' };
    if (brand.startsWith('3g')) return video('three_gp');
    return video(brand === 'qt  ' ? 'mov' : 'mp4');
  }
  if (start.startsWith('\x1aE\xdf\xa3')) return video(start.slice(0, 64).includes('webm') ? 'webm' : 'mkv');
  if (start.startsWith('FLV\x01')) return video('flv');
  if (start.startsWith('\x00\x00\x01\xba') || start.startsWith('\x00\x00\x01\xb3')) return video('mpeg');
  if (start.startsWith('\x30\x26\xb2\x75\x8e\x66\xcf\x11')) return video('wmv');
  if (start.startsWith('RIFF') && start.startsWith('WAVE', 8)) return { kind: 'audio', format: 'wav' };
  if (start.startsWith('fLaC')) return { kind: 'audio', format: 'flac' };
  if (start.startsWith('OggS')) {
    return { kind: 'audio', format: start.slice(0, 64).includes('OpusHead') ? 'opus' : 'ogg' };
  }
  if (start.startsWith('ID3') || /^\xff[\xfb\xf3\xf2]/.test(start)) return { kind: 'audio', format: 'mp3' };
  return /^\xff[\xf1\xf9]/.test(start) ? { kind: 'audio', format: 'aac' } : undefined;
}

function isText(head: Buffer): boolean {
  if (head.length === 0 || head.includes(0)) return false;
  try {
    // What was cut may end in the middle of a letter.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}
