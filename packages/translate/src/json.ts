import { GatewayError } from '@genai-gateway/core';

export type JsonRecord = Readonly<Record<string, unknown>>;

/** True for a JSON object; false for null and lists. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The caller's request is wrong at `param` (`messages.0.role`); the message says how to mend it. */
export function invalidRequest(message: string, param: string): GatewayError {
  return new GatewayError('invalid-request', message, { param });
}

/** How deep JSON of a caller may nest. More than any real schema, and far from the end of the stack. */
export const MAX_JSON_DEPTH = 100;

/** True when `value` nests at most `levels` deep: what is deeper would overflow the stack when it is written. */
export function nestsWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  return (Array.isArray(value) ? value : Object.values(value)).every((item) => nestsWithin(item, levels - 1));
}
