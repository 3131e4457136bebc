import type { ConverseImageFormat } from '@genai-gateway/protocol';

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
  const bytes = cleanBase64(text);
  if (bytes === undefined) return undefined;
  const format = sniffImage(Buffer.from(bytes.slice(0, 16), 'base64'));
  return format === undefined ? 'unknown-format' : { format, bytes };
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
