import { cleanBase64 } from './base64.ts';
import { base64Of, readDataUri } from './data-uri.ts';
import { formatOfName, formatOfType, type MediaFormat } from './formats.ts';
import { sniff } from './sniff.ts';

/** A file: its format, and its bytes as clean base64. */
export type Media = MediaFormat & { readonly bytes: string };

/** Why something is no media: it is an address, its bytes cannot be read, or nobody can say what they are. */
export type NoMedia = 'address' | 'no-bytes' | 'unknown-format';

/** What a caller says of a file. */
export interface Declared {
  /** `application/pdf`, with or without parameters. */
  readonly mediaType?: string | undefined;
  readonly filename?: string | undefined;
}

/**
 * The media of a `data:` URI, or of base64 alone. What is declared beside it helps where neither the bytes nor the URI say what
 * it is.
 * An address is never fetched.
 */
export function mediaOfUri(uri: string, declared: Declared = {}): Media | NoMedia {
  const read = readDataUri(uri);
  if (read !== undefined) {
    const base64 = base64Of(read);
    return base64 === undefined
      ? 'no-bytes'
      : mediaOfClean(base64, read.mediaType === '' ? declared : { ...declared, mediaType: read.mediaType });
  }
  if (/^\s*data:/i.test(uri)) return 'no-bytes';
  // Addresses have colons or dots, which base64 has not.
  const base64 = /[:.]/.test(uri.slice(0, 300)) ? undefined : cleanBase64(uri);
  return base64 === undefined ? 'address' : mediaOfClean(base64, declared);
}

/** The media of a base64 text. */
export function mediaOfBase64(text: string, declared: Declared): Media | NoMedia {
  const base64 = cleanBase64(text);
  return base64 === undefined ? 'no-bytes' : mediaOfClean(base64, declared);
}

/**
 * The bytes say what a file is, because what callers declare is often wrong: a JPEG named .png, a PDF sent as
 * application/octet-stream. Texts look all alike, and an old file may hold its marks where we do not look: there the
 * declared type counts, then the end of the name.
 */
function mediaOfClean(bytes: string, declared: Declared): Media | NoMedia {
  const sniffed = sniff(bytes);
  if (typeof sniffed === 'object' && !isOtherSideOf(sniffed, declared)) return { ...sniffed, bytes };
  const said = saidToBe(declared);
  if (typeof sniffed === 'object') return { ...(said ?? sniffed), bytes };
  if (said === undefined) {
    return sniffed === 'text' && !isPictureOrSound(declared)
      ? { kind: 'document', format: 'txt', bytes }
      : 'unknown-format';
  }
  return sniffed === undefined || said.kind === 'document' ? { ...said, bytes } : 'unknown-format';
}

function saidToBe({ mediaType, filename }: Declared): MediaFormat | undefined {
  return formatOfType(mediaType ?? '') ?? formatOfName(filename ?? '');
}

/** Some containers hold both: whether there are pictures in them is what the caller says. HTML may be shown as the text that it is. */
function isOtherSideOf({ kind, format }: MediaFormat, declared: Declared): boolean {
  const said = saidToBe(declared);
  if (kind === 'video') return said?.kind === 'audio' && ['mp4', 'webm', 'mkv', 'mpeg'].includes(format);
  return format === 'html' && isTextual(said);
}

/** A picture or a recording of a kind that no model takes, and no text: SVG for instance. */
function isPictureOrSound({ mediaType }: Declared): boolean {
  return /^\s*(?:image|audio|video|font)\//i.test(mediaType ?? '');
}

function isTextual(format: MediaFormat | undefined): format is MediaFormat {
  return format?.kind === 'document' && ['csv', 'html', 'txt', 'md'].includes(format.format);
}
