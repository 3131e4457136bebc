import { type ImageBytes, imageOfBase64 } from '../image-bytes.ts';
import { isRecord } from '../json.ts';

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
