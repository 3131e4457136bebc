import type { ConverseDocumentFormat, ConverseImageFormat, JsonValue } from '@genai-gateway/protocol';
import { imageOfBase64 } from '../image-bytes.ts';

/**
 * What messages consist of, in the words of no API. Every API is read into pieces and written from them; what only one of
 * them has a word for becomes a text piece when it is read, so that all can say it.
 */
export type Piece =
  | TextPiece
  /** `bytes` is base64. */
  | { readonly kind: 'image'; readonly format: ConverseImageFormat; readonly bytes: string }
  /** An image that stands on the web. */
  | { readonly kind: 'image-at'; readonly url: string }
  /** `bytes` is base64. */
  | {
      readonly kind: 'document';
      readonly format: ConverseDocumentFormat;
      readonly name: string;
      readonly bytes: string;
    }
  | { readonly kind: 'call'; readonly id: string; readonly name: string; readonly input: JsonValue }
  | { readonly kind: 'result'; readonly id: string; readonly pieces: readonly Piece[]; readonly hasFailed: boolean }
  | { readonly kind: 'thought'; readonly text: string; readonly signature: string | undefined }
  /** Thinking that only its provider can read, as Anthropic's text of it. */
  | { readonly kind: 'redacted'; readonly data: string }
  | CachePointPiece;

export interface TextPiece {
  readonly kind: 'text';
  readonly text: string;
}

/** "Cache the prompt up to here." */
export interface CachePointPiece {
  readonly kind: 'cache-point';
  readonly ttl: string | undefined;
}

/** One message. */
export interface Said {
  readonly role: 'system' | 'user' | 'assistant';
  readonly pieces: readonly Piece[];
}

/** The longest address or name that is shown of what cannot be shown itself. */
const MAX_SHOWN = 300;

/**
 * What stands in the place of something that an API cannot carry: `[An image that cannot be shown here: https://…]`.
 * `what` with its article; `where`: its address or name, if it has one.
 */
export function unshown(what: string, where?: string): TextPiece {
  const line = (where ?? '').replace(/\s+/g, ' ').slice(0, MAX_SHOWN);
  return { kind: 'text', text: `[${what} that cannot be shown here${line === '' ? '' : `: ${line}`}]` };
}

/** The image of a base64 text; its bytes say what format it is. */
export function imagePiece(base64: unknown): Piece {
  const image = typeof base64 === 'string' ? imageOfBase64(base64) : undefined;
  return image === undefined || image === 'unknown-format' ? unshown('An image') : { kind: 'image', ...image };
}

/** The image of a `data:` URI or an address; other addresses than those of the web mean nothing to others. */
export function imageAt(url: string): Piece {
  const data = bytesOfDataUri(url);
  if (data !== undefined) return imagePiece(data.bytes);
  if (/^data:/i.test(url)) return unshown('An image');
  return /^https?:\/\//i.test(url) ? { kind: 'image-at', url } : unshown('An image', url);
}

/** The type and the base64 text of a `data:` URI; undefined: it is none. */
export function bytesOfDataUri(url: string): { readonly type: string; readonly bytes: string } | undefined {
  const comma = url.indexOf(',');
  const head = comma === -1 || comma > MAX_SHOWN ? '' : url.slice(0, comma);
  const type = /^data:([^;,]*)(?:;[^,]*)?;\s*base64\s*$/i.exec(head)?.[1];
  return type === undefined ? undefined : { type: type.trim().toLowerCase(), bytes: url.slice(comma + 1) };
}

/** JSON text of any value; of what nests without end, a word in its place. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value ?? null);
  } catch {
    return '"[JSON that nests too deep to be shown]"';
  }
}
