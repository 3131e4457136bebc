import type { GatewayError } from '@genai-gateway/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillPlaceholders, parsePromptVariables, placeholdersOf } from './variables.ts';

describe('variables are read', () => {
  test.each<[string, unknown, Record<string, string>]>([
    ['as Bedrock has them', { name: { text: 'Ada' } }, { name: 'Ada' }],
    ['as plain text', { name: 'Ada', place: { text: '' } }, { name: 'Ada', place: '' }],
    ['with fields of tomorrow', { name: { text: 'Ada', kind: 'x' } }, { name: 'Ada' }],
    ['none', {}, {}],
    ['none that are null', null, {}],
    ['none that are not there', undefined, {}],
    [
      'with names that objects inherit',
      { constructor: 'a', toString: { text: 'b' } },
      { constructor: 'a', toString: 'b' },
    ],
    ['with the name of the prototype', JSON.parse('{"__proto__": "a"}'), JSON.parse('{"__proto__": "a"}')],
  ])('%s', (_rule, value, expected) => {
    const variables = parsePromptVariables(value, 'promptVariables');
    expect(Object.entries(variables)).toEqual(Object.entries(expected));
    expect(Object.getPrototypeOf(variables)).toBeNull();
  });

  test.each<[string, unknown, string]>([
    ['a list', [], 'promptVariables'],
    ['text', 'Ada', 'promptVariables'],
    ['a number as value', { name: 7 }, 'promptVariables.name'],
    ['null as value', { name: null }, 'promptVariables.name'],
    ['a list as value', { name: ['Ada'] }, 'promptVariables.name'],
    ['text that is none', { ok: 'a', name: { text: 7 } }, 'promptVariables.name'],
    ['an object without text', { name: { json: {} } }, 'promptVariables.name'],
  ])('but not %s', (_rule, value, param) => {
    expect(() => parsePromptVariables(value, 'promptVariables')).toThrow(
      expect.objectContaining<Partial<GatewayError>>({ code: 'invalid-request', param }),
    );
  });
});

test.each<[string, string, string[]]>([
  ['one', 'Hello, {{name}}!', ['name']],
  ['several, each once', '{{a}}{{b}} and {{a}}', ['a', 'b']],
  ['with blanks inside', '{{ a }} {{\tb}}', ['a', 'b']],
  ['with every character of a name', '{{A-b_9}}', ['A-b_9']],
  ['none in single braces', '{name} {"a": {"b": 1}}', []],
  ['none without a name', '{{}} {{ }} {{a b}} {{a.b}} {{#if x}}', []],
  ['none over two lines', '{{a\n}}', []],
  ['within more braces', '{{{name}}}', ['name']],
])('places: %s', (_rule, text, expected) => {
  expect([...placeholdersOf([text])]).toEqual(expected);
});

test.each<[string, string, Record<string, string>, string]>([
  ['every place of a name', '{{a}}, {{ a }} and {{b}}', { a: '1', b: '2' }, '1, 1 and 2'],
  ['a value that holds a place is text', '{{a}} {{b}}', { a: '{{b}}', b: '{{a}}' }, '{{b}} {{a}}'],
  ['what replacements read means nothing', '<{{a}}>', { a: "$& $1 $$ $` $' $<x>" }, "<$& $1 $$ $` $' $<x>>"],
  ['nothing to fill in', '{{a}}', { a: '' }, ''],
  ['what nobody sent stays', '{{a}} {{constructor}}', { a: '1' }, '1 {{constructor}}'],
  ['braces that are no place', '{a} {{}} {"x": {"y": 1}}', { a: '1' }, '{a} {{}} {"x": {"y": 1}}'],
  ['values of any language', '{{a}}', { a: '👋 中文' }, '👋 中文'],
])('filled: %s', (_rule, text, variables, expected) => {
  expect(fillPlaceholders(text, variables)).toBe(expected);
});

test('any text around any values comes out as it went in', () => {
  const name = fc.stringMatching(/^[\w-]{1,8}$/);
  const between = fc.string().map((text) => text.replaceAll('{', '(').replaceAll('}', ')'));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(between, name, fc.string({ unit: 'grapheme' })), { minLength: 1 }),
      between,
      (parts, tail) => {
        const values = new Map(parts.map(([, key, value]) => [key, value]));
        const template = parts.map(([text, key]) => `${text}{{${key}}}`).join('') + tail;
        const expected = parts.map(([text, key]) => text + values.get(key)).join('') + tail;
        expect(fillPlaceholders(template, Object.fromEntries(values))).toBe(expected);
        expect(placeholdersOf([template])).toEqual(new Set(values.keys()));
      },
    ),
    { seed: 6 },
  );
});
