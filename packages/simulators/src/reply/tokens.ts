import { isObject, type JsonValue } from '../json.ts';

const BYTES_PER_TOKEN = 4;

/** What an image, document, video or audio block costs, whatever its size. In tokens. */
export const MEDIA_TOKENS = 256;

/** Members whose text is bytes in base64, not words. */
const MEDIA_KINDS = new Set(['image', 'document', 'video', 'audio']);

/** The rule of this simulator: UTF-8 bytes divided by four, rounded up. */
export function tokensOfText(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

/** The longest start of `text` that is at most `tokens` long, never half a character. */
export function cutToTokens(text: string, tokens: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > tokens * BYTES_PER_TOKEN) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/**
 * Tokens of a prompt: the bytes of every string in the given parts of the body (texts, tool inputs, schemas, names)
 * divided by four, and `MEDIA_TOKENS` for each media block. At least 1.
 */
export function tokensOfPrompt(parts: readonly (JsonValue | undefined)[]): number {
  let bytes = 0;
  let media = 0;
  function count(value: JsonValue | undefined): void {
    if (typeof value === 'string') bytes += Buffer.byteLength(value);
    else if (Array.isArray(value)) value.forEach(count);
    else if (isObject(value)) {
      if (typeof value['type'] === 'string' && MEDIA_KINDS.has(value['type']) && 'source' in value) {
        media += 1;
        return;
      }
      for (const [key, member] of Object.entries(value)) {
        if (MEDIA_KINDS.has(key) && isObject(member) && 'source' in member) media += 1;
        else count(member);
      }
    }
  }
  parts.forEach(count);
  return Math.max(1, Math.ceil(bytes / BYTES_PER_TOKEN) + media * MEDIA_TOKENS);
}
