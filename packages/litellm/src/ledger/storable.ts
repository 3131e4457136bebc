const LONGEST_BYTES = 1_000;
const LARGEST_INT4 = 2_147_483_647;
const unstorable = /[\0\p{Surrogate}]/u;

/**
 * Text as Postgres can hold it: without NUL, without halves of characters, and short enough for the indexes of
 * LiteLLM's tables, whose entries may have 2704 bytes together. Callers choose some of it (the end user, tags, the
 * model's name): without this they could make a call that cannot be booked.
 */
export function storable(text: string, longestBytes = LONGEST_BYTES): string {
  const clean = unstorable.test(text) ? Buffer.from(text).toString().replaceAll('\0', '') : text;
  if (clean.length * 3 <= longestBytes || Buffer.byteLength(clean) <= longestBytes) return clean;
  // Cut at a character: what is left of one that was cut in two decodes to U+FFFD.
  return Buffer.from(clean).subarray(0, longestBytes).toString().replace(/�+$/, '');
}

/** A count as an `integer` column can hold it; 0 for what is none. */
export function countOf(count: number | undefined): number {
  if (count === undefined || !(count > 0)) return 0;
  return Math.min(Math.round(count), LARGEST_INT4);
}
