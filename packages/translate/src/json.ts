import { GatewayError } from '@genai-gateway/core';
import { isRecord, type JsonRecord } from '@genai-gateway/protocol';

export { isRecord, type JsonRecord };

/** The JSON objects of a list, without what else may be in it; none for anything but a list. */
export function recordsOf(value: unknown): readonly JsonRecord[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The text itself; '' for anything else, because no text and an empty one mean the same to a reader. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
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

/** A type whose fields that may be undefined are optional instead. */
type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The same object without the fields that are undefined: what is not given stays absent in JSON and in types. */
export function withoutUndefined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
