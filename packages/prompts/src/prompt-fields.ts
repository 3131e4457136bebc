import { GatewayError } from '@genai-gateway/core';
import { isRecord, type JsonRecord } from '@genai-gateway/protocol';

/** The fields of an object that a caller sent, each of the type that is asked for. */
export interface Fields {
  /** It is there, and not null. */
  has(name: string): boolean;
  value(name: string): unknown;
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  flag(name: string): boolean | undefined;
  object(name: string): JsonRecord | undefined;
  list(name: string): readonly unknown[] | undefined;
  /** A list of texts; one text is a list of one. */
  texts(name: string): readonly string[] | undefined;
}

/**
 * Reads an object: a field that is absent or null is undefined. `at`: where it stands in the body, empty for the body
 * itself. Throws `invalid-request` for what is no object, for a field that is not among `known`, and later for one of
 * another type.
 */
export function fieldsIn(value: unknown, at: string, known: readonly string[]): Fields {
  if (!isRecord(value)) {
    throw invalid(at === '' ? 'Send a JSON object.' : `'${at}' must be an object.`, at === '' ? undefined : at);
  }
  const path = (name: string) => (at === '' ? name : `${at}.${name}`);
  const strange = Object.keys(value).find((name) => !known.includes(name));
  if (strange !== undefined) {
    const shown = path(strange.slice(0, 60));
    throw invalid(`'${shown}' is no field here. Send any of: ${known.join(', ')}.`, shown);
  }
  const of = (name: string): unknown => value[name] ?? undefined;
  const typed = <T>(name: string, is: (each: unknown) => each is T, what: string): T | undefined => {
    const each = of(name);
    if (each === undefined || is(each)) return each;
    throw invalid(`'${path(name)}' must be ${what}.`, path(name));
  };
  return {
    has: (name) => of(name) !== undefined,
    value: of,
    text: (name) => typed(name, isText, 'a text'),
    number: (name) => typed(name, isNumber, 'a number'),
    flag: (name) => typed(name, isFlag, 'true or false'),
    object: (name) => typed(name, isRecord, 'an object'),
    list: (name) => typed(name, isList, 'a list'),
    texts: (name) => {
      const each = of(name);
      return typeof each === 'string' ? [each] : typed(name, isTexts, 'a list of texts');
    },
  };
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isTexts = (value: unknown): value is readonly string[] => isList(value) && value.every(isText);

function invalid(message: string, param: string | undefined): GatewayError {
  return new GatewayError('invalid-request', message, param === undefined ? {} : { param });
}
