/** Any JSON value. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** A vendor's text value: the ones we know by name, and whatever they add later. */
export type Open<Known extends string> = Known | (string & Record<never, never>);

/** A JSON object whose values nobody has looked at. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** True for a JSON object; false for null and lists. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
