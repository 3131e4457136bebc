import type { Open } from '../json.ts';
import type { ConverseCitationsConfig } from './citations.ts';

/**
 * Blocks of images, documents, video and audio. On the wire bytes are base64 text, and a source is an object
 * with exactly one of its keys.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
 * (read 2026-11-23, by `@aws-sdk/client-bedrock-runtime`).
 */
export interface ConverseImageBlock {
  readonly image: ConverseImage;
}

export interface ConverseImage {
  readonly format: Open<ConverseImageFormat>;
  readonly source: ConverseBytesOrS3;
  /** Why the model could make no image; only in answers. */
  readonly error?: ConverseMediaError;
}

/** The formats that Converse takes. */
export type ConverseImageFormat = 'png' | 'jpeg' | 'gif' | 'webp';

/** `bytes` is base64. */
export type ConverseBytesOrS3 = { readonly bytes: string } | { readonly s3Location: ConverseS3Location };

export interface ConverseS3Location {
  readonly uri: string;
  readonly bucketOwner?: string;
}

export interface ConverseMediaError {
  readonly message?: string;
}

export interface ConverseDocumentBlock {
  readonly document: ConverseDocument;
}

/**
 * `name`: at most 200 letters, digits, single blanks, hyphens, round and square brackets; the model reads it.
 * A message with a document must have a text block too.
 * Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html (as of 2026-11-23).
 */
export interface ConverseDocument {
  readonly format?: Open<ConverseDocumentFormat>;
  readonly name: string;
  readonly source: ConverseDocumentSource;
  /** What the model is told about the document, beside what is in it. */
  readonly context?: string;
  readonly citations?: ConverseCitationsConfig;
}

/** The formats that Converse takes. */
export type ConverseDocumentFormat = 'pdf' | 'csv' | 'doc' | 'docx' | 'xls' | 'xlsx' | 'html' | 'txt' | 'md';

/** `content`: the document in pieces of the caller's own choice, which citations then point to. */
export type ConverseDocumentSource =
  | ConverseBytesOrS3
  | { readonly text: string }
  | { readonly content: readonly { readonly text: string }[] };

export interface ConverseVideoBlock {
  readonly video: { readonly format: Open<ConverseVideoFormat>; readonly source: ConverseBytesOrS3 };
}

/** The formats that Converse takes. */
export type ConverseVideoFormat = 'flv' | 'mkv' | 'mov' | 'mp4' | 'mpeg' | 'mpg' | 'three_gp' | 'webm' | 'wmv';

export interface ConverseAudioBlock {
  readonly audio: {
    readonly format: Open<ConverseAudioFormat>;
    readonly source: ConverseBytesOrS3;
    /** Why the model could make no audio; only in answers. */
    readonly error?: ConverseMediaError;
  };
}

/** The formats that Converse takes. */
export type ConverseAudioFormat =
  | 'aac'
  | 'flac'
  | 'm4a'
  | 'mka'
  | 'mkv'
  | 'mp3'
  | 'mp4'
  | 'mpeg'
  | 'mpga'
  | 'ogg'
  | 'opus'
  | 'pcm'
  | 'wav'
  | 'webm'
  | 'x-aac';
