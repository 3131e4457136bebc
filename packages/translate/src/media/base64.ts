/**
 * Standard padded base64 of the same bytes; undefined where the text is none. A text that is right already is not copied;
 * mended are white space, missing padding, the alphabet for URLs, and what was escaped for a URI.
 */
export function cleanBase64(text: string): string | undefined {
  if (text.length > 0 && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)) return text;
  let mended = text;
  if (mended.includes('%')) mended = mended.replace(/%2B/gi, '+').replace(/%2F/gi, '/').replace(/%3D/gi, '=');
  mended = withoutPadding(mended.replace(/\s+/g, '').replace(/-/g, '+').replace(/_/g, '/'));
  if (mended.length === 0 || mended.length % 4 === 1 || !/^[A-Za-z0-9+/]+$/.test(mended)) return undefined;
  return mended.padEnd(Math.ceil(mended.length / 4) * 4, '=');
}

/** Not by `/=+$/`, which looks at a long run of them anew from each one on. */
function withoutPadding(text: string): string {
  let end = text.length;
  while (text[end - 1] === '=') end -= 1;
  return text.slice(0, end);
}

/** How many bytes a clean base64 text stands for. */
export function byteLength(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}

/** `length` bytes of a clean base64 text from byte `from` on, fewer at its end. The rest is not decoded. */
export function bytesAt(base64: string, from: number, length: number): Buffer {
  const first = Math.floor(from / 3) * 4;
  const last = Math.ceil((from + length) / 3) * 4;
  const skipped = from - (first / 4) * 3;
  return Buffer.from(base64.slice(first, last), 'base64').subarray(skipped, skipped + length);
}
