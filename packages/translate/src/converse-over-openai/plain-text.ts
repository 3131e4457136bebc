import type { LitellmPart, LitellmTextPart } from '@genai-gateway/protocol';

/** One text without a mark as a plain text, which every provider takes; else the list of parts. */
export function plain<T extends LitellmPart>(parts: readonly T[]): string | readonly T[] {
  const [only] = parts;
  return parts.length === 1 && only !== undefined && isPlainText(only) ? only.text : parts;
}

/** Text without the mark of a cache point. */
export function isPlainText(part: LitellmPart): part is LitellmTextPart {
  return part.type === 'text' && part.cache_control === undefined;
}
