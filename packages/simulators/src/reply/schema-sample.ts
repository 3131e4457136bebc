import { isObject, type JsonObject, type JsonValue, listOf, objectOf, stringOf } from '../json.ts';

const MAX_DEPTH = 12;

/**
 * A small value that fits a JSON schema: required members only, first enum value, `text` for a free string. For
 * forced tools and structured output, where the echo has to have a form. Of `$ref`s those into the schema itself are
 * followed; others, and what is nested too deep, become null.
 */
export function sampleOfSchema(schema: JsonValue | undefined, text: string): JsonValue {
  return sample(schema, { root: objectOf(schema), text }, 0);
}

interface Source {
  readonly root: JsonObject;
  readonly text: string;
}

function sample(schema: JsonValue | undefined, source: Source, depth: number): JsonValue {
  if (!isObject(schema) || depth > MAX_DEPTH) return null;
  const inner = (value: JsonValue | undefined): JsonValue => sample(value, source, depth + 1);
  const reference = stringOf(schema['$ref']);
  if (reference !== undefined) return inner(referredTo(reference, source.root));
  if (schema['const'] !== undefined) return schema['const'];
  const [firstEnum] = listOf(schema['enum']);
  if (firstEnum !== undefined) return firstEnum;
  const [firstOption] = [...listOf(schema['anyOf']), ...listOf(schema['oneOf']), ...listOf(schema['allOf'])];
  if (firstOption !== undefined && schema['properties'] === undefined) return inner(firstOption);
  const type = Array.isArray(schema['type']) ? stringOf(schema['type'][0]) : stringOf(schema['type']);
  switch (type) {
    case 'object': {
      const properties = objectOf(schema['properties']);
      const required = listOf(schema['required']).filter((name) => typeof name === 'string');
      return Object.fromEntries(required.map((name) => [name, inner(properties[name])]));
    }
    case 'array':
      return typeof schema['minItems'] === 'number' && schema['minItems'] > 0 ? [inner(schema['items'])] : [];
    case 'string':
      return source.text;
    case 'integer':
    case 'number':
      return Math.max(1, typeof schema['minimum'] === 'number' ? schema['minimum'] : 1);
    case 'boolean':
      return true;
    default:
      return null;
  }
}

/** What a reference such as `#/$defs/city` stands for. */
function referredTo(reference: string, root: JsonObject): JsonValue | undefined {
  if (!reference.startsWith('#')) return undefined;
  const path = reference.slice(1).split('/').filter(Boolean);
  return path.reduce<JsonValue | undefined>(
    (value, name) => objectOf(value)[name.replaceAll('~1', '/').replaceAll('~0', '~')],
    root,
  );
}
