import type { JsonObject, JsonValue } from '../json.ts';
import { badRequest } from './errors.ts';

/**
 * The rules most bodies share. Messages say what OpenAI's say in our words; `param` and `code` are OpenAI's.
 * Source: https://platform.openai.com/docs/api-reference (as of 2026-11-23).
 */

/** What JSON calls the kind of a value. */
function kindOf(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Refuses a body without this field; null counts as absent. */
export function requireField(body: JsonObject, field: string, place = field): JsonValue {
  const value = body[field];
  if (value === undefined || value === null) {
    throw badRequest(`Missing required parameter: '${place}'.`, place, 'missing_required_parameter');
  }
  return value;
}

/** Refuses a value of another kind. */
export function requireKind(value: JsonValue | undefined, kinds: readonly string[], place: string): void {
  if (kinds.includes(kindOf(value))) return;
  const wanted = kinds.join(' or ');
  throw badRequest(`Invalid type for '${place}': expected ${wanted}, got ${kindOf(value)}.`, place, 'invalid_type');
}

/** Refuses a text that is none of these. */
export function requireOneOf(value: JsonValue | undefined, values: readonly string[], place: string): void {
  if (typeof value === 'string' && values.includes(value)) return;
  throw badRequest(
    `Invalid value for '${place}': ${JSON.stringify(value ?? null)}. Supported: ${values.join(', ')}.`,
    place,
    'invalid_value',
  );
}

/** Refuses a number outside of a range; null and absent are fine. */
export function requireRange(body: JsonObject, field: string, least: number, most: number): void {
  const value = body[field];
  if (value === undefined || value === null) return;
  requireKind(value, ['number'], field);
  const code = Number.isInteger(least) && Number.isInteger(value) ? 'integer' : 'decimal';
  if (Number(value) < least) {
    throw badRequest(`Invalid '${field}': ${value} is below ${least}.`, field, `${code}_below_min_value`);
  }
  if (Number(value) > most) {
    throw badRequest(`Invalid '${field}': ${value} is above ${most}.`, field, `${code}_above_max_value`);
  }
}

/** Refuses a body that names no model, as a text. */
export function requireModel(body: JsonObject): string {
  const { model } = body;
  if (typeof model !== 'string' || model === '') throw badRequest('you must provide a model parameter');
  return model;
}

/** `stream_options` without a stream is refused. */
export function checkStreamOptions(body: JsonObject): void {
  const options = body['stream_options'];
  if (options === undefined || options === null || body['stream'] === true) return;
  throw badRequest("'stream_options' needs 'stream'.", 'stream_options');
}
