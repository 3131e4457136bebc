import type { ConverseImageBlock, LitellmImagePart } from '@genai-gateway/protocol';
import { type ImageBytes, imageOfBase64 } from '../image-bytes.ts';
import { invalidRequest, isRecord } from '../json.ts';

/**
 * A Converse image as a `data:` URI. The bytes say what type it is: Converse's `format` is often wrong.
 * Throws `invalid-request` for an image in S3, which the gateway does not fetch, and for what is no image.
 */
export function imageToPart({ image }: ConverseImageBlock, place: string): LitellmImagePart {
  if (!('bytes' in image.source)) {
    throw invalidRequest(
      'The gateway does not fetch images from S3 for this model. Send the image itself in `source.bytes`.',
      `${place}.image.source.s3Location`,
    );
  }
  const found = imageOfBase64(image.source.bytes);
  if (found === undefined || found === 'unknown-format') {
    const what = found === undefined ? 'These are no bytes in base64' : 'The bytes are no image that is known';
    throw invalidRequest(`${what}. Send PNG, JPEG, GIF or WebP.`, `${place}.image.source.bytes`);
  }
  return { type: 'image_url', image_url: { url: `data:image/${found.format};base64,${found.bytes}` } };
}

/**
 * The images that a model made: `images` of LiteLLM's answer or delta. What is no `data:` URI of a format
 * that Converse has is left out.
 * Source: litellm 1.106.2, types/utils.py `Message.images`, `Delta.images` (read 2026-11-23).
 */
export function imagesOfAnswer(images: unknown): readonly ImageBytes[] {
  if (!Array.isArray(images)) return [];
  return images.flatMap((item: unknown) => {
    const target = isRecord(item) ? item['image_url'] : undefined;
    const url = isRecord(target) ? target['url'] : undefined;
    const comma = typeof url === 'string' && /^data:[^,]{0,200};base64,/i.test(url) ? url.indexOf(',') : -1;
    if (typeof url !== 'string' || comma === -1) return [];
    const image = imageOfBase64(url.slice(comma + 1));
    return image === undefined || image === 'unknown-format' ? [] : [image];
  });
}
