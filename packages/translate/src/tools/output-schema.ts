import type { JsonObject } from '@genai-gateway/protocol';
import { isRecord, type JsonRecord } from '../json.ts';

/**
 * Limits that constrained decoding does not know. They go into the description, where the model reads them.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html, and the `transform_schema` of Anthropic's
 * own SDKs, which does the same (as of 2026-11-23).
 */
const limits = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
] as const;

/** Words that describe a schema that no grammar can be made of. */
const impossible = [
  'not',
  'if',
  'patternProperties',
  'propertyNames',
  'dependentSchemas',
  'unevaluatedProperties',
] as const;

const lists = ['anyOf', 'oneOf', 'allOf', 'prefixItems'] as const;

/**
 * A schema without references, in the form that Bedrock holds a model to: every object closed
 * (`additionalProperties: false`), limits moved into descriptions. Undefined where that would be another schema than the caller's:
 * objects with any keys, or words that no grammar has.
 */
export function closedSchema(schema: JsonObject): JsonObject | undefined {
  return isClosable(schema) ? closed(schema) : undefined;
}

/** Every place in a schema where another one stands. */
function inner(schema: JsonRecord): readonly JsonRecord[] {
  const named = isRecord(schema['properties']) ? Object.values(schema['properties']) : [];
  const listed = lists.flatMap((key) => (Array.isArray(schema[key]) ? schema[key] : []));
  return [...named, ...listed, schema['items']].filter(isRecord);
}

function isObjectSchema(schema: JsonRecord): boolean {
  const { type } = schema;
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || isRecord(schema['properties']);
}

function isClosable(schema: JsonRecord): boolean {
  if (impossible.some((key) => key in schema)) return false;
  if (isObjectSchema(schema)) {
    const more = schema['additionalProperties'];
    // An object without properties that may have any is a map, and so is one that says what the others are.
    if (isRecord(more) || more === true || (!isRecord(schema['properties']) && more !== false)) return false;
  }
  return inner(schema).every(isClosable);
}

function closed(schema: JsonRecord): JsonObject {
  const result: Record<string, unknown> = {};
  const said: string[] = [];
  for (const [key, value] of Object.entries(schema)) {
    if ((limits as readonly string[]).includes(key)) said.push(`${key}: ${JSON.stringify(value)}`);
    else if (key === 'properties' && isRecord(value)) {
      // Object.fromEntries defines the keys, so that one named __proto__ stays data.
      result[key] = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, closedValue(each)]));
    } else if ((lists as readonly string[]).includes(key) && Array.isArray(value)) result[key] = value.map(closedValue);
    else if (key === 'items') result[key] = closedValue(value);
    else if (key !== '$schema' && key !== '$id') result[key] = value;
  }
  if (isObjectSchema(schema)) result['additionalProperties'] = false;
  if (said.length > 0) {
    const description = typeof schema['description'] === 'string' ? `${schema['description']} ` : '';
    result['description'] = `${description}(${said.join(', ')})`;
  }
  return result as JsonObject;
}

function closedValue(value: unknown): unknown {
  return isRecord(value) ? closed(value) : value;
}
