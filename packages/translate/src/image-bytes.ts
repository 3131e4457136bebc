import type { ConverseImageFormat } from '@genai-gateway/protocol';
import { mediaOfBase64 } from './media/media-of.ts';

/** An image as base64 (standard, padded) and the format that its first bytes stand for. */
export interface ImageBytes {
  readonly format: ConverseImageFormat;
  readonly bytes: string;
}

/**
 * The image of a base64 text. The bytes say what format it is, because what callers declare is often
 * wrong. Undefined when it is no base64, 'unknown-format' when the bytes are no PNG, JPEG, GIF or WebP.
 */
export function imageOfBase64(text: string): ImageBytes | 'unknown-format' | undefined {
  const media = mediaOfBase64(text, {});
  if (media === 'no-bytes') return undefined;
  return typeof media === 'object' && media.kind === 'image'
    ? { format: media.format, bytes: media.bytes }
    : 'unknown-format';
}
