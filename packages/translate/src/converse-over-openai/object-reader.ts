import type { JsonObject, JsonValue } from '@genai-gateway/protocol';
import { invalidRequest, isRecord, type JsonRecord, MAX_JSON_DEPTH, nestsWithin } from '../json.ts';

/**
 * One object of the caller's JSON and its place in the request (`messages.0.content.1`; '' for the body).
 * Each method reads one field, and throws `invalid-request` at that field when its shape is wrong. null is
 * taken for "not given", as AWS's own JSON does.
 */
export class ObjectReader {
  readonly #fields: JsonRecord;
  readonly place: string;

  /** Throws `invalid-request` when `value` is no object, or has a field that `known` does not name; undefined: any may be there. */
  constructor(value: unknown, place: string, known: readonly string[] | undefined) {
    if (!isRecord(value)) throw invalidRequest(`${quoted(place)} must be an object.`, place || 'body');
    this.#fields = value;
    this.place = place;
    if (known === undefined) return;
    const stranger = Object.keys(value).find((name) => !known.includes(name) && value[name] !== null);
    if (stranger !== undefined) {
      throw invalidRequest(
        `${quoted(stranger)} is no field of ${place === '' ? 'this request' : quoted(place)}. Known are: ${known.join(', ')}.`,
        this.at(stranger),
      );
    }
  }

  /** The same of an object whose field names are the caller's own, or not known yet. */
  static ofAnyFields(value: unknown, place: string): ObjectReader {
    return new ObjectReader(value, place, undefined);
  }

  /** The place of a field. */
  at(name: string): string {
    return this.place === '' ? name : `${this.place}.${name}`;
  }

  value(name: string): unknown {
    return this.#fields[name] ?? undefined;
  }

  /** The names of the fields that are given. */
  given(): string[] {
    return Object.keys(this.#fields).filter((name) => this.#fields[name] !== null);
  }

  text(name: string): string {
    return this.#required(name, this.optionalText(name), 'a text');
  }

  optionalText(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'string') return value;
    throw this.#wrong(name, 'a text');
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.#wrong(name, 'true or false');
  }

  /** A finite number within the bounds, both included. */
  optionalNumber(name: string, low: number, high: number): number | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && value >= low && value <= high) return value;
    throw this.#wrong(name, `a number from ${low} to ${high}`);
  }

  /** A whole number from `low` to the greatest of 32 bits. */
  optionalInteger(name: string, low: number): number | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= low && value <= MAX_INT) return value;
    throw this.#wrong(name, `a whole number of at least ${low}`);
  }

  choice<const T extends string>(name: string, choices: readonly T[]): T {
    return this.#required(name, this.optionalChoice(name, choices), oneOf(choices));
  }

  optionalChoice<const T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const known = choices.find((choice) => choice === value);
    if (known === undefined) throw this.#wrong(name, oneOf(choices));
    return known;
  }

  list<T>(name: string, read: (value: unknown, place: string) => T): T[] {
    return this.#required(name, this.optionalList(name, read), 'a list');
  }

  optionalList<T>(name: string, read: (value: unknown, place: string) => T): T[] | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.#wrong(name, 'a list');
    return value.map((item, index) => read(item, `${this.at(name)}.${index}`));
  }

  optionalTexts(name: string): string[] | undefined {
    return this.optionalList(name, (value, place) => {
      if (typeof value === 'string') return value;
      throw invalidRequest(`${quoted(place)} must be a text.`, place);
    });
  }

  object<T>(name: string, read: (value: unknown, place: string) => T): T {
    return this.#required(name, this.optionalObject(name, read), 'an object');
  }

  optionalObject<T>(name: string, read: (value: unknown, place: string) => T): T | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : read(value, this.at(name));
  }

  /** Any JSON object, as it is. */
  json(name: string): JsonObject {
    return this.#required(name, this.optionalJson(name), 'a JSON object');
  }

  optionalJson(name: string): JsonObject | undefined {
    const value = this.value(name);
    return value === undefined ? undefined : jsonObject(value, this.at(name));
  }

  /** Any JSON value but null, as it is. */
  anyJson(name: string): JsonValue {
    const value = this.#required(name, this.value(name), 'a JSON value');
    if (!nestsWithin(value, MAX_JSON_DEPTH)) throw this.#wrong(name, `JSON of at most ${MAX_JSON_DEPTH} levels`);
    return value as JsonValue;
  }

  #required<T>(name: string, value: T | undefined, expected: string): T {
    if (value === undefined) throw this.#wrong(name, `there: ${expected}`);
    return value;
  }

  #wrong(name: string, expected: string): Error {
    return invalidRequest(`${quoted(this.at(name))} must be ${expected}.`, this.at(name));
  }
}

/** Any JSON object, as it is. Throws `invalid-request` at `place` for what is none, or nests too deep. */
export function jsonObject(value: unknown, place: string): JsonObject {
  if (isRecord(value) && nestsWithin(value, MAX_JSON_DEPTH)) return value as JsonObject;
  throw invalidRequest(`${quoted(place)} must be a JSON object of at most ${MAX_JSON_DEPTH} levels.`, place);
}

const MAX_INT = 2_147_483_647;

/** A place or name of the caller in a message: short, and in one line. */
function quoted(name: string): string {
  if (name === '') return 'The body';
  const clean = name.replace(/[^\x20-\x7e]|`/g, '?');
  return `\`${clean.length > 100 ? `${clean.slice(0, 100)}…` : clean}\``;
}

function oneOf(choices: readonly string[]): string {
  return choices.length === 1 ? `"${choices[0]}"` : `one of ${choices.map((it) => `"${it}"`).join(', ')}`;
}
