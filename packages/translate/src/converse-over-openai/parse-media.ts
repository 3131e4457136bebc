import type {
  ConverseAudioBlock,
  ConverseBytesOrS3,
  ConverseCitationsConfig,
  ConverseDocumentBlock,
  ConverseDocumentSource,
  ConverseImageBlock,
  ConverseVideoBlock,
} from '@genai-gateway/protocol';
import { withoutUndefined } from '../json.ts';
import { audioFormats, documentTypes, videoTypes } from '../media/formats.ts';
import { ObjectReader } from './object-reader.ts';
import { unionReader } from './union-reader.ts';

const documentFormats = Object.keys(documentTypes) as (keyof typeof documentTypes)[];
const videoFormats = Object.keys(videoTypes) as (keyof typeof videoTypes)[];

/** The value of an `image` field. This and the others throw `invalid-request` with the place of the fault. */
export function imageBlock(value: unknown, place: string): ConverseImageBlock {
  const reader = new ObjectReader(value, place, ['format', 'source']);
  return {
    image: {
      format: reader.choice('format', ['png', 'jpeg', 'gif', 'webp']),
      source: reader.object('source', bytesOrS3),
    },
  };
}

export function documentBlock(value: unknown, place: string): ConverseDocumentBlock {
  const reader = new ObjectReader(value, place, ['format', 'name', 'source', 'context', 'citations']);
  return {
    document: withoutUndefined({
      format: reader.optionalChoice('format', documentFormats),
      name: reader.text('name'),
      source: reader.object('source', documentSource),
      context: reader.optionalText('context'),
      citations: reader.optionalObject('citations', citationsConfig),
    }),
  };
}

export function videoBlock(value: unknown, place: string): ConverseVideoBlock {
  const reader = new ObjectReader(value, place, ['format', 'source']);
  return { video: { format: reader.choice('format', videoFormats), source: reader.object('source', bytesOrS3) } };
}

export function audioBlock(value: unknown, place: string): ConverseAudioBlock {
  const reader = new ObjectReader(value, place, ['format', 'source']);
  return { audio: { format: reader.choice('format', audioFormats), source: reader.object('source', bytesOrS3) } };
}

/** `citations` of a document or a search result. */
export function citationsConfig(value: unknown, place: string): ConverseCitationsConfig {
  return { enabled: new ObjectReader(value, place, ['enabled']).optionalBoolean('enabled') ?? false };
}

/** One of a list of texts, `{ text }`. */
export function textPiece(value: unknown, place: string): { readonly text: string } {
  return { text: new ObjectReader(value, place, ['text']).text('text') };
}

function bytesOrS3(value: unknown, place: string): ConverseBytesOrS3 {
  const { kind, reader } = unionReader(value, place, ['bytes', 's3Location']);
  return kind === 'bytes' ? { bytes: reader.text('bytes') } : reader.object('s3Location', s3Location);
}

function documentSource(value: unknown, place: string): ConverseDocumentSource {
  const { kind, reader } = unionReader(value, place, ['bytes', 's3Location', 'text', 'content']);
  switch (kind) {
    case 'bytes':
      return { bytes: reader.text('bytes') };
    case 's3Location':
      return reader.object('s3Location', s3Location);
    case 'text':
      return { text: reader.text('text') };
    case 'content':
      return { content: reader.list('content', textPiece) };
  }
}

function s3Location(value: unknown, place: string): Extract<ConverseBytesOrS3, { readonly s3Location: unknown }> {
  const reader = new ObjectReader(value, place, ['uri', 'bucketOwner']);
  return {
    s3Location: withoutUndefined({ uri: reader.text('uri'), bucketOwner: reader.optionalText('bucketOwner') }),
  };
}
