import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { parametersToSchema } from './tool-schema.ts';

const schema = (parameters: unknown) => parametersToSchema(parameters, 'p');
const text = { type: 'string' };

test('a schema that is right already is given back as it is', () => {
  const right = { type: 'object', properties: { a: { anyOf: [text, { type: 'null' }] } }, additionalProperties: false };
  expect(schema(right)).toBe(right);
});

describe('the root is an object', () => {
  test.each([
    ['no parameters', undefined, { type: 'object', properties: {} }],
    ['null', null, { type: 'object', properties: {} }],
    ['an empty schema', {}, { type: 'object' }],
    ['no type', { properties: { a: text } }, { type: 'object', properties: { a: text } }],
    ['one of several types', { type: ['object', 'null'] }, { type: 'object' }],
  ])('%s', (_rule, given, expected) => expect(schema(given)).toEqual(expected));

  test.each([
    ['a list', { type: 'array', items: text }],
    ['a text', { type: 'string' }],
    ['several others', { type: ['string', 'null'] }],
    ['a reference that is no text', { $ref: { type: 'object' } }],
  ])('%s is refused', (_rule, given) => expect(refusal(() => schema(given))).toBe('invalid-request p'));
});

describe('anyOf, oneOf and allOf at the root become one object', () => {
  const a = { type: 'object', properties: { kind: { const: 'a' }, x: text }, required: ['kind', 'x'] };
  const b = { type: 'object', properties: { kind: { const: 'b' }, x: text }, required: ['kind'] };
  const both = {
    type: 'object',
    properties: { kind: { anyOf: [{ const: 'a' }, { const: 'b' }] }, x: text },
    required: ['kind'],
  };
  test.each([
    ['anyOf: required is what each member requires', { anyOf: [a, b] }, both],
    ['oneOf', { oneOf: [a, b] }, both],
    ['allOf: required is what any member requires', { allOf: [a, b] }, { ...both, required: ['kind', 'x'] }],
    [
      'beside own properties',
      { description: 'd', properties: { y: text }, required: ['y'], anyOf: [b] },
      {
        description: 'd',
        type: 'object',
        properties: { y: text, kind: { const: 'b' }, x: text },
        required: ['y', 'kind'],
      },
    ],
    ['one in the other', { anyOf: [{ allOf: [a] }] }, a],
    ['members that are no objects', { anyOf: [{ type: 'null' }, true] }, { type: 'object', properties: {} }],
  ])('%s', (_rule, given, expected) => expect(schema(given)).toEqual(expected));

  test('deeper ones stay', () => {
    const given = { type: 'object', properties: { a: { oneOf: [text, { type: 'number' }] } } };
    expect(schema(given)).toEqual(given);
  });
});

describe('$ref', () => {
  const of = (properties: object, rest: object = {}) => ({ type: 'object', properties, ...rest });
  const $defs = { City: { type: 'string', minLength: 1 }, Pair: of({ a: { $ref: '#/$defs/City' } }) };
  test.each([
    ['is replaced', of({ c: { $ref: '#/$defs/City' } }, { $defs }), of({ c: $defs.City })],
    ['within what it stands for', of({ p: { $ref: '#/$defs/Pair' } }, { $defs }), of({ p: of({ a: $defs.City }) })],
    ['of definitions', of({ c: { $ref: '#/definitions/City' } }, { definitions: $defs }), of({ c: $defs.City })],
    ['in a list', of({ c: { anyOf: [{ $ref: '#/$defs/City' }] } }, { $defs }), of({ c: { anyOf: [$defs.City] } })],
    [
      'keeps what stands beside it',
      of({ c: { $ref: '#/$defs/City', description: 'd' } }, { $defs }),
      of({ c: { ...$defs.City, description: 'd' } }),
    ],
    ['of a property', of({ a: text, b: { $ref: '#/properties/a' } }), of({ a: text, b: text })],
    ['with escapes', of({ a: { $ref: '#/$defs/x~1y%20z' } }, { $defs: { 'x/y z': text } }), of({ a: text })],
    ['of the root itself', of({ next: { $ref: '#' } }), of({ next: { type: 'object' } })],
    [
      'in a circle',
      of({ t: { $ref: '#/$defs/Tree' } }, { $defs: { Tree: of({ left: { $ref: '#/$defs/Tree' } }) } }),
      of({ t: of({ left: { type: 'object' } }) }),
    ],
    [
      'in a circle without type',
      of({ t: { $ref: '#/$defs/A' } }, { $defs: { A: { $ref: '#/$defs/B' }, B: { $ref: '#/$defs/A' } } }),
      of({ t: {} }),
    ],
    [
      'twice is no circle',
      of({ a: { $ref: '#/$defs/City' }, b: { $ref: '#/$defs/City' } }, { $defs }),
      of({ a: $defs.City, b: $defs.City }),
    ],
    ['at the root', { $ref: '#/$defs/Pair', $defs }, of({ a: $defs.City })],
    ['in data stays', of({ a: { const: { $ref: '#/$defs/City' } } }), of({ a: { const: { $ref: '#/$defs/City' } } })],
    ['as the name of a property stays', of({ $ref: text }), of({ $ref: text })],
    [
      'of a property named enum is replaced',
      of({ enum: { $ref: '#/$defs/City' } }, { $defs }),
      of({ enum: $defs.City }),
    ],
  ])('%s', (_rule, given, expected) => expect(schema(given)).toEqual(expected));

  test('a property named __proto__ stays data', () => {
    const given = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"$ref":"#/$defs/a"}},"$defs":{"a":{"type":"string"}}}',
    );
    expect(JSON.stringify(schema(given))).toBe('{"type":"object","properties":{"__proto__":{"type":"string"}}}');
  });

  test.each([
    ['nowhere', '#/$defs/None'],
    ['to what every object has', '#/constructor'],
    ['to what is no schema', '#/type'],
    ['to another document', 'https://example.com/schema.json'],
    ['to an anchor', '#City'],
  ])('that leads %s is refused', (_rule, $ref) => {
    expect(refusal(() => schema(of({ a: { $ref } })))).toBe('invalid-request p');
  });

  test('a schema that explodes is refused', () => {
    const bomb: Record<string, unknown> = { L0: text };
    for (let level = 1; level < 30; level++) {
      const $ref = `#/$defs/L${level - 1}`;
      bomb[`L${level}`] = of({ a: { $ref }, b: { $ref } });
    }
    expect(refusal(() => schema(of({ a: { $ref: '#/$defs/L29' } }, { $defs: bomb })))).toBe('invalid-request p');
  });

  test('a long chain is no end of the stack', () => {
    const chain: Record<string, unknown> = { L0: text };
    for (let level = 1; level < 5000; level++) chain[`L${level}`] = { $ref: `#/$defs/L${level - 1}` };
    expect(refusal(() => schema(of({ a: { $ref: '#/$defs/L4999' } }, { $defs: chain })))).toBe('invalid-request p');
  });
});

test('a schema that nests without end is refused', () => {
  const deep = JSON.parse(`${'{"items":'.repeat(5000)}{}${'}'.repeat(5000)}`);
  expect(refusal(() => schema(deep))).toBe('invalid-request p');
});

describe('of very many choices', () => {
  test('a property is one flat list, which can be written', () => {
    const anyOf = Array.from({ length: 20_000 }, (_, index) => ({ properties: { a: { const: index } } }));
    const given = schema({ anyOf });
    expect(JSON.stringify(given)).toContain('{"const":19999}');
  });

  test('the names that all of them require are found in one go', { timeout: 3_000 }, () => {
    const required = Array.from({ length: 50_000 }, (_, index) => `n${index}`);
    expect(schema({ anyOf: [{ required }, { required }] })).toMatchObject({ required });
  });
});
