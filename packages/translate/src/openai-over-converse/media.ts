import type { ConverseImageBlock, ConverseImageFormat } from '@genai-gateway/protocol';
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
  const bytes = cleanBase64(url.slice(comma + 1));
  if (bytes === undefined) throw invalidRequest('The data: URI holds no valid base64.', param);
  const format = sniffImage(Buffer.from(bytes.slice(0, 16), 'base64'));
  if (format === undefined) {
    throw invalidRequest('The bytes are no image that Bedrock takes. Send PNG, JPEG, GIF or WebP.', param);
  }
  return { image: { format, source: { bytes } } };
}

/** The image format that the first 12 bytes stand for. */
function sniffImage(bytes: Buffer): ConverseImageFormat | undefined {
  if (bytes.length >= 4 && bytes.readUInt32BE(0) === 0x89504e47) return 'png';
  if (bytes.length >= 3 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg';
  if (bytes.toString('latin1', 0, 4) === 'GIF8') return 'gif';
  if (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP') return 'webp';
  return undefined;
}

/** Standard padded base64 of the same bytes, or undefined. A text that is right already is not copied. */
function cleanBase64(text: string): string | undefined {
  if (text.length > 0 && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)) return text;
  let mended = text;
  if (mended.includes('%')) mended = mended.replace(/%2B/gi, '+').replace(/%2F/gi, '/').replace(/%3D/gi, '=');
  mended = mended.replace(/\s+/g, '').replace(/-/g, '+').replace(/_/g, '/').replace(/=+$/, '');
  if (mended.length === 0 || mended.length % 4 === 1 || !/^[A-Za-z0-9+/]+$/.test(mended)) return undefined;
  return mended.padEnd(Math.ceil(mended.length / 4) * 4, '=');
}
