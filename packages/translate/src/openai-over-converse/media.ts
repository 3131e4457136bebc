import type { ConverseImageBlock } from '@genai-gateway/protocol';
import { imageOfBase64 } from '../image-bytes.ts';
import { invalidRequest } from '../json.ts';

/**
 * The Converse image of a `data:` URI. The bytes say what format it is, because what callers declare
 * is often wrong. Parameters between type and data are allowed (`data:image/png;name=a.png;base64,…`).
 * Throws `invalid-request` for addresses, which the gateway does not fetch, and for what is no image.
 */
export function dataUriToImage(url: string, param: string): ConverseImageBlock {
  const comma = url.indexOf(',');
  if (!/^data:/i.test(url) || comma < 0) {
    throw invalidRequest(
      'The gateway does not fetch images. Send the image itself: "data:image/png;base64,<the bytes in base64>".',
      param,
    );
  }
  // The parameters are short: only their end is looked at, however long the whole is.
  if (!/;\s*base64\s*$/i.test(url.slice(Math.max(5, comma - 32), comma))) {
    throw invalidRequest('The data: URI of an image must be in base64: "data:image/png;base64,…".', param);
  }
  const image = imageOfBase64(url.slice(comma + 1));
  if (image === undefined) throw invalidRequest('The data: URI holds no valid base64.', param);
  if (image === 'unknown-format') {
    throw invalidRequest('The bytes are no image that Bedrock takes. Send PNG, JPEG, GIF or WebP.', param);
  }
  return { image: { format: image.format, source: { bytes: image.bytes } } };
}
