import { isObject, type JsonValue, listOf, objectOf, stringOf } from '../json.ts';

const MAX_DEPTH = 8;

/**
 * A small value that fits a JSON schema: required members only, first enum value, `text` for a free string. For
 * forced tools and structured output, where the echo has to have a form. Knows no `$ref`: those become null.
 */
export function sampleOfSchema(schema: JsonValue | undefined, text: string, depth = 0): JsonValue {
  if (!isObject(schema) || depth > MAX_DEPTH) return null;
  if (schema['const'] !== undefined) return schema['const'];
  const [firstEnum] = listOf(schema['enum']);
  if (firstEnum !== undefined) return firstEnum;
  const [firstOption] = [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])];
  if (firstOption !== undefined) return sampleOfSchema(firstOption, text, depth + 1);
  const type = Array.isArray(schema['type']) ? stringOf(schema['type'][0]) : stringOf(schema['type']);
  switch (type) {
    case 'object': {
      const properties = objectOf(schema['properties']);
      const required = listOf(schema['required']).filter((name) => typeof name === 'string');
      return Object.fromEntries(required.map((name) => [name, sampleOfSchema(properties[name], text, depth + 1)]));
    }
    case 'array':
      return typeof schema['minItems'] === 'number' && schema['minItems'] > 0
        ? [sampleOfSchema(schema['items'], text, depth + 1)]
        : [];
    case 'string':
      return text;
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1;
    case 'boolean':
      return true;
    default:
      return null;
  }
}
