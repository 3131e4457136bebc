import type {
  ConverseAudioFormat,
  ConverseDocumentFormat,
  ConverseImageFormat,
  ConverseVideoFormat,
  JsonValue,
} from '@genai-gateway/protocol';
import { imageOfBase64 } from '../image-bytes.ts';
import { UNNAMED_DOCUMENT } from '../media/document-name.ts';
import { type Declared, type Media, mediaOfBase64, mediaOfUri, type NoMedia } from '../media/media-of.ts';

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
  | DocumentPiece
  /** `bytes` is base64. */
  | { readonly kind: 'video'; readonly format: ConverseVideoFormat; readonly bytes: string }
  /** `bytes` is base64. */
  | { readonly kind: 'audio'; readonly format: ConverseAudioFormat; readonly bytes: string }
  | SearchResultPiece
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

export interface DocumentPiece {
  readonly kind: 'document';
  readonly format: ConverseDocumentFormat;
  readonly name: string;
  /** Base64. */
  readonly bytes: string;
  /** What is told about it. */
  readonly context?: string;
  /** Whether the model says where it quotes from it; undefined: nobody has said. */
  readonly isCited?: boolean;
}

/** Something that the caller found for the model. `source` is an address or any other name of where it is from. */
export interface SearchResultPiece {
  readonly kind: 'search-result';
  readonly source: string;
  readonly title: string;
  readonly texts: readonly string[];
  readonly isCited?: boolean;
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

/** What stands at a `data:` URI, in base64, or at an address; other addresses than those of the web mean nothing to others. */
export function pieceAt(url: string, what = 'An image', name?: string): Piece {
  const media = mediaOfUri(url, { filename: name });
  if (media !== 'address') return mediaPiece(media, what, name);
  return /^https?:\/\//i.test(url) && what === 'An image' ? { kind: 'image-at', url } : unshown(what, name ?? url);
}

/** What a base64 text holds. */
export function pieceOfBase64(base64: string, declared: Declared, what: string): Piece {
  return mediaPiece(mediaOfBase64(base64, declared), what, declared.filename);
}

function mediaPiece(media: Media | NoMedia, what: string, name: string | undefined): Piece {
  if (typeof media === 'string') return unshown(what, name);
  // One that only its caller calls an image would end the conversation with the next model.
  if (media.kind === 'image') return imagePiece(media.bytes);
  return media.kind === 'document' ? { ...media, name: name || UNNAMED_DOCUMENT } : media;
}

/** A search result as a text, for APIs that have none. */
export function searchResultText({ title, source, texts }: SearchResultPiece): string {
  return [title, source, ...texts].filter((it) => it !== '').join('\n');
}

/** JSON text of any value; of what nests without end, a word in its place. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value ?? null);
  } catch {
    return '"[JSON that nests too deep to be shown]"';
  }
}
