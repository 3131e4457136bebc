import type {
  AnthropicDocumentBlock,
  AnthropicImageBlock,
  ConverseDocumentBlock,
  ConverseDocumentSource,
  ConverseImageBlock,
} from '@genai-gateway/protocol';
import { invalidRequest } from '../json.ts';
import { documentName } from '../media/document-name.ts';
import { type Media, mediaOfBase64, mediaOfUri, type NoMedia } from '../media/media-of.ts';

/**
 * An image in Converse's words. Throws `invalid-request` for addresses, which the gateway does not fetch, and for bytes that
 * are no image.
 */
export function imageToConverse({ source }: AnthropicImageBlock, place: string): ConverseImageBlock {
  const at = `${place}.source`;
  if (source.type === 'file') throw noFiles(at);
  const media =
    source.type === 'url' ? mediaOfUri(source.url) : mediaOfBase64(source.data, { mediaType: source.media_type });
  if (media === 'address') {
    throw invalidRequest(
      'The gateway does not fetch images. Send the image itself: { "type": "base64", "media_type": "image/png", "data": "<the bytes in base64>" }.',
      at,
    );
  }
  const known = readable(media, at);
  if (known.kind === 'image') return { image: { format: known.format, source: { bytes: known.bytes } } };
  throw invalidRequest('These bytes are no image. Send PNG, JPEG, GIF or WebP.', at);
}

/**
 * A document in Converse's words. Its text goes as text, and its pieces as pieces, where the model says what it quotes, because
 * places are counted in them; elsewhere as a file, which every model with documents reads.
 * Throws as `imageToConverse` does.
 */
export function documentToConverse(
  block: AnthropicDocumentBlock,
  cites: boolean,
  place: string,
): ConverseDocumentBlock {
  const { title, context, citations } = block;
  const isCited = cites && citations?.enabled === true;
  return {
    document: {
      ...contentOf(block, isCited, `${place}.source`),
      name: documentName(title ?? undefined),
      ...(context ? { context } : {}),
      ...(isCited ? { citations: { enabled: true } } : {}),
    },
  };
}

function contentOf(
  { source, title }: AnthropicDocumentBlock,
  isCited: boolean,
  at: string,
): { readonly format: string; readonly source: ConverseDocumentSource } {
  switch (source.type) {
    case 'file':
      throw noFiles(at);
    case 'text':
      return textDocument([source.data], isCited ? 'text' : 'file', at);
    case 'content': {
      const { content } = source;
      if (typeof content === 'string') return textDocument([content], isCited ? 'pieces' : 'file', at);
      const pieces = content.map((block, index) => {
        if (block.type === 'text') return block.text;
        throw invalidRequest(
          'The content of a document can only be text for this model. Send the image in a block of its own.',
          `${at}.content.${index}.type`,
        );
      });
      return textDocument(pieces, isCited ? 'pieces' : 'file', at);
    }
    default: {
      const media =
        source.type === 'url'
          ? mediaOfUri(source.url, { filename: title ?? undefined })
          : mediaOfBase64(source.data, { mediaType: source.media_type, filename: title ?? undefined });
      if (media === 'address') {
        throw invalidRequest(
          'The gateway does not fetch documents. Send the document itself: { "type": "base64", "media_type": "application/pdf", "data": "<the bytes in base64>" }.',
          at,
        );
      }
      const known = readable(media, at);
      if (known.kind === 'document') return { format: known.format, source: { bytes: known.bytes } };
      throw invalidRequest('These bytes are no document. Send a PDF, or another format that Converse takes.', at);
    }
  }
}

function textDocument(
  pieces: readonly string[],
  how: 'text' | 'pieces' | 'file',
  at: string,
): { readonly format: string; readonly source: ConverseDocumentSource } {
  if (pieces.every((text) => text.trim() === '')) throw invalidRequest('This document has no text.', at);
  if (how === 'pieces') return { format: 'txt', source: { content: pieces.map((text) => ({ text })) } };
  const text = pieces.join('\n');
  return { format: 'txt', source: how === 'text' ? { text } : { bytes: Buffer.from(text).toString('base64') } };
}

function readable(media: Exclude<Media | NoMedia, 'address'>, at: string): Media {
  if (media === 'no-bytes') throw invalidRequest('`data` is no base64.', at);
  if (media === 'unknown-format') throw invalidRequest('Nobody can say what these bytes are. Send a known format.', at);
  return media;
}

function noFiles(at: string): Error {
  return invalidRequest('Files of Anthropic’s own store cannot be read from here. Send the bytes in base64.', at);
}
