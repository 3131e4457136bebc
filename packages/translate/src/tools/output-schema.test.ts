import type { JsonObject } from '@genai-gateway/protocol';
import { describe, expect, test } from 'vitest';
import { closedSchema } from './output-schema.ts';

const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({ type: 'object', properties, ...more });
const shut = { additionalProperties: false };

describe('closedSchema', () => {
  test.each<[rule: string, schema: JsonObject, expected: JsonObject]>([
    ['an object', object({ a: { type: 'string' } }), object({ a: { type: 'string' } }, shut)],
    ['one that is closed already', object({}, shut), object({}, shut)],
    ['what is within', object({ a: object({}) }), object({ a: object({}, shut) }, shut)],
    ['items', { type: 'array', items: object({}) }, { type: 'array', items: object({}, shut) }],
    ['choices', { anyOf: [object({}), { type: 'null' }] }, { anyOf: [object({}, shut), { type: 'null' }] }],
    [
      'an object that may be null',
      { type: ['object', 'null'], properties: {} },
      { type: ['object', 'null'], properties: {}, ...shut },
    ],
    ['properties without type', { properties: { a: {} } }, { properties: { a: {} }, ...shut }],
    [
      'limits',
      { type: 'integer', minimum: 1, maximum: 5 },
      { type: 'integer', description: '(minimum: 1, maximum: 5)' },
    ],
    [
      'limits beside words',
      { type: 'string', maxLength: 5, description: 'A name.' },
      { type: 'string', description: 'A name. (maxLength: 5)' },
    ],
    [
      'a property that is called like a limit',
      object({ minimum: { type: 'number' } }),
      object({ minimum: { type: 'number' } }, shut),
    ],
    ['its own address', { $schema: 'x', $id: 'y', type: 'string' }, { type: 'string' }],
    [
      'values are no schemas',
      { enum: [{ minimum: 1 }], const: { type: 'object' } },
      { enum: [{ minimum: 1 }], const: { type: 'object' } },
    ],
    [
      'a format and a pattern stay',
      { type: 'string', format: 'date', pattern: '^a$' },
      { type: 'string', format: 'date', pattern: '^a$' },
    ],
  ])('%s', (_rule, schema, expected) => expect(closedSchema(schema)).toEqual(expected));

  test('a property named __proto__ stays data', () => {
    const schema = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}') as JsonObject;
    expect(JSON.stringify(closedSchema(schema))).toContain('__proto__');
  });

  test.each<[rule: string, schema: JsonObject]>([
    ['an object with any keys', { type: 'object' }],
    ['an object that says so', object({}, { additionalProperties: true })],
    ['a map', object({}, { additionalProperties: { type: 'string' } })],
    ['one within', object({ a: { type: 'object' } })],
    ['one among choices', { anyOf: [{ type: 'object' }] }],
    ['one in a list', { type: 'array', items: { type: 'object' } }],
    ['what may not be', { not: { type: 'string' } }],
    ['keys by a pattern', object({}, { patternProperties: { '^a': {} } })],
    ['conditions', object({}, { if: {} })],
  ])('%s is none', (_rule, schema) => expect(closedSchema(schema)).toBeUndefined());
});
