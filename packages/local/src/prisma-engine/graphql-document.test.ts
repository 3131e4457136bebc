import fc from 'fast-check';
import { type FieldNode, parse, type ValueNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type DocumentField, type DocumentValue, parseDocument } from './graphql-document.ts';
import { recordedOperations } from './testing/recorded-operations.ts';

/** What GraphQL's own parser reads, in our form. */
function oracle(source: string): DocumentField {
  const [definition] = parse(source, { noLocation: true }).definitions;
  if (definition?.kind !== 'OperationDefinition') throw new Error('no operation');
  const [root] = definition.selectionSet.selections;
  return fieldOf(root as FieldNode);
}

function fieldOf(node: FieldNode): DocumentField {
  return {
    alias: node.alias?.value ?? node.name.value,
    name: node.name.value,
    arguments: new Map(node.arguments?.map((each) => [each.name.value, valueNode(each.value)])),
    selection: (node.selectionSet?.selections ?? []).map((each) => fieldOf(each as FieldNode)),
  };
}

function valueNode(node: ValueNode): DocumentValue {
  switch (node.kind) {
    case 'StringValue':
      return { kind: 'string', value: node.value };
    case 'IntValue':
    case 'FloatValue':
      return { kind: 'number', text: node.value };
    case 'BooleanValue':
      return { kind: 'boolean', value: node.value };
    case 'NullValue':
      return { kind: 'null' };
    case 'EnumValue':
      return { kind: 'enum', name: node.value };
    case 'ListValue':
      return { kind: 'list', items: node.values.map(valueNode) };
    case 'ObjectValue':
      return { kind: 'object', fields: new Map(node.fields.map((each) => [each.name.value, valueNode(each.value)])) };
    case 'Variable':
      throw new Error('a variable');
  }
}

const argument = (value: string) => `query { result: findX (a: ${value}) { id } }`;

describe('a document', () => {
  it.each(recordedOperations())('that LiteLLM sent means what GraphQL says: $name', ({ document }) => {
    expect(parseDocument(document)).toEqual(oracle(document));
  });

  it.each([
    ['shorthand', '{ findX { id } }'],
    ['a name of the operation', 'query Q { findX { id } }'],
    ['no selection', 'mutation { result: executeRaw (query: "x", parameters: "[]") }'],
    ['a comment, a BOM and commas', '\uFEFFquery # { "\n{,,findX,{id,name}}'],
    ['the list of the Python client', argument('[,\n "a",\n {b: 1},\n]')],
    ['lists in lists', argument('[[1, [2]], []]')],
    ['an empty object', argument('{}')],
    ['words', argument('[true, false, null, DbNull, nullable, Infinity]')],
    ['integers', argument('[0, -0, 12, -9223372036854775808, 123456789012345678901234567890]')],
    ['other numbers', argument('[1.5, 1e-07, 1.5E+300, -0.0, 1e400]')],
    ['escapes', argument(String.raw`"a\"b\\c\/d\b\f\n\r\té😀\u0000"`)],
    ['an empty string', argument('""')],
    ['characters beyond ASCII', argument('"é😀\u2028\u007f"')],
    ['names that objects have already', argument('{__proto__: 1, constructor: 2, toString: {__proto__: []}}')],
    ['relations with arguments', 'query { findX { id posts (take: 1) { id tags { id } } _count { _all } } }'],
  ])('may have %s', (_rule, document) => {
    expect(parseDocument(document)).toEqual(oracle(document));
  });

  it.each([
    ['nothing', ''],
    ['another operation', 'subscription { x }'],
    ['no field', 'query { }'],
    ['two root fields', 'query { a { id } b { id } }'],
    ['two operations', 'query { a } query { b }'],
    ['empty arguments', 'query { findX () { id } }'],
    ['no end', 'query { findX { id }'],
    ['a variable', argument('$x')],
    ['a directive', 'query { findX @skip(if: true) { id } }'],
    ['a fragment', 'query { findX { ...f } }'],
    ['a block string', argument('"""a"""')],
    ['a string without end', argument('"a')],
    ['a string that ends in a backslash', 'query { findX (a: "\\'],
    ['a line break in a string', argument('"a\nb"')],
    ['an unknown escape', argument(String.raw`"\x41"`)],
    ['half a surrogate pair', argument(String.raw`"\ud800"`)],
    ['a leading zero', argument('[01]')],
    ['a number that runs into a name', argument('[1a]')],
    ['a number without digits after the dot', argument('[1.]')],
    ['a lone minus', argument('-')],
    ['a field without value', argument('{b}')],
  ])('with %s is refused with P2009', (_rule, document) => {
    expect(() => parseDocument(document)).toThrow(expect.objectContaining({ code: 'P2009' }));
  });

  it('is refused in few words, with the place', () => {
    const message = 'Error parsing GraphQL query: a value was expected at 34: $secret-secret-secre';
    expect(() => parseDocument(`query { result: findX (where: {a: $secret-secret-secret-secret`)).toThrow(message);
  });

  it('of several megabytes is read in a moment', () => {
    const text = JSON.stringify('a"\\\n'.repeat(500_000));
    const begun = performance.now();
    expect(parseDocument(argument(text)).arguments.get('a')).toEqual({ kind: 'string', value: JSON.parse(text) });
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});

/** Values as prisma-client-python renders them (builder.py of prisma 0.11.0, read 2026-11-23). */
const name = fc.stringMatching(/^[_A-Za-z][_0-9A-Za-z]{0,8}$/);
const { value: rendered } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
    fc.integer().map(String),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
    fc.constantFrom('true', 'false', 'null', 'NaN', 'Infinity'),
    fc.array(tie('value')).map((items) => `[,\n${items.map((item) => `  ${item},\n`).join('')}]`),
    fc.dictionary(name, tie('value')).map(
      (fields) =>
        `{\n${Object.entries(fields)
          .map(([key, item]) => `  ${key}: ${item}\n`)
          .join('')}}`,
    ),
  ),
}));

describe('properties', () => {
  it('what the Python client renders means what GraphQL says', () => {
    fc.assert(
      fc.property(name, rendered, (field, value) => {
        const document = `query {\n  result: ${field}\n  (\n    where: ${value}\n  )\n  {\n    id\n  }\n}`;
        expect(parseDocument(document)).toEqual(oracle(document));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('whatever is accepted means what GraphQL says', () => {
    const token = fc.constantFrom(
      ...['query', 'mutation', ' ', '{', '}', '(', ')', '[', ']', ':', ',', '"', '\\', '\n', '#', '$', '@', '.', '!'],
      ...['a', 'id', '1', '-', '0', '.5', 'e3', 'true', 'null', '"x"', 'a: 1', '{ id }', 'findX'],
    );
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        const document = `query { findX ${tokens.join('')}`;
        let read: DocumentField;
        try {
          read = parseDocument(document);
        } catch {
          return;
        }
        expect(read).toEqual(oracle(document));
        accepted += 1;
      }),
      { seed: 2, numRuns: 20_000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});
