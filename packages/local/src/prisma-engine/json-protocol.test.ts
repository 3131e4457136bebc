import { describe, expect, it } from 'vitest';
import { parseDatamodel } from './datamodel.ts';
import { parseDocument } from './graphql-document.ts';
import { translatorFor } from './json-protocol.ts';
import { recordedDatamodel, recordedOperations } from './testing/recorded-operations.ts';

/** A field called `data`, a relation each way, JSON on both sides. */
const translate = translatorFor(
  parseDatamodel(`
model Author {
  id Int @id
  settings Json?
  books Book[]
}

model Book {
  id Int @id
  title String
  data Json
  notes Json[]
  author Author? @relation(fields: [authorId], references: [id])
  authorId Int?
}`),
);

/** The translation as it goes to the engine. */
const sent = (document: string): unknown => JSON.parse(JSON.stringify(translate(parseDocument(document))));
const json = (text: string) => ({ $type: 'Json', value: text });
const argumentsOf = (document: string) => sent(document) as { query: { arguments: unknown } };

describe('an operation', () => {
  it.each([
    ['findUnique', 'findUnique', ''],
    ['findUniqueOrThrow', 'findUnique', 'OrThrow'],
    ['findFirst', 'findFirst', ''],
    ['findFirstOrThrow', 'findFirst', 'OrThrow'],
    ['findMany', 'findMany', ''],
    ['createOne', 'createOne', ''],
    ['createMany', 'createMany', ''],
    ['updateOne', 'updateOne', ''],
    ['updateMany', 'updateMany', ''],
    ['upsertOne', 'upsertOne', ''],
    ['deleteOne', 'deleteOne', ''],
    ['deleteMany', 'deleteMany', ''],
    ['aggregate', 'aggregate', ''],
    ['groupBy', 'groupBy', ''],
  ])('%s has its action and model', (action, before, after) => {
    expect(sent(`query { result: ${before}Book${after} { id } }`)).toEqual({
      modelName: 'Book',
      action,
      query: { arguments: {}, selection: { id: true } },
    });
  });

  it.each(['queryRaw', 'executeRaw'])('%s has no model, and its parameters stay text', (action) => {
    expect(sent(`mutation { result: ${action} (query: "SELECT $1", parameters: "[\\"a\\"]") }`)).toEqual({
      action,
      query: { arguments: { query: 'SELECT $1', parameters: '["a"]' }, selection: {} },
    });
  });

  it.each(['findManyNothing', 'frobBook', 'Book', 'findManyOrThrow', 'constructor'])('%s is refused', (name) => {
    expect(() => sent(`query { ${name} { id } }`)).toThrow(`There is no operation ${name}.`);
  });

  it('takes relations with their own arguments', () => {
    const document =
      'query { findManyAuthor { id books (take: 1, where: { data: { equals: "1" } }) { id } author { id } } }';
    expect(sent(document)).toMatchObject({
      query: {
        selection: {
          id: true,
          books: { arguments: { take: 1, where: { data: { equals: json('1') } } }, selection: { id: true } },
        },
      },
    });
  });

  it('takes counts of relations', () => {
    const document = 'query { findManyAuthor { _count { books (where: { data: { equals: "1" } }) } } }';
    expect(sent(document)).toMatchObject({
      query: {
        selection: { _count: { selection: { books: { arguments: { where: { data: { equals: json('1') } } } } } } },
      },
    });
  });

  it('takes no alias below the root', () => {
    expect(() => sent('query { findManyBook { other: id } }')).toThrow('alias');
  });
});

describe('JSON is tagged', () => {
  it.each<[rule: string, given: string, expected: unknown]>([
    ['in new values', 'data: { data: "{\\"a\\":1}", title: "{}" }', { data: { data: json('{"a":1}'), title: '{}' } }],
    ['in many rows', 'data: [{ data: "1" }, { data: "2" }]', { data: [{ data: json('1') }, { data: json('2') }] }],
    ['in a list of JSON', 'data: { notes: ["1", "2"] }', { data: { notes: [json('1'), json('2')] } }],
    ['in set', 'data: { notes: { set: ["1"] } }', { data: { notes: { set: [json('1')] } } }],
    ['in push', 'data: { notes: { push: "1" } }', { data: { notes: { push: json('1') } } }],
    [
      'in an upsert',
      'where: { id: 1 }, create: { data: "1" }, update: { data: "2" }',
      { where: { id: 1 }, create: { data: json('1') }, update: { data: json('2') } },
    ],
    ['in a filter', 'where: { data: { equals: "1" } }', { where: { data: { equals: json('1') } } }],
    [
      'in a filter with a path, which is none',
      'where: { data: { path: ["a"], string_contains: "1", not: "null" } }',
      { where: { data: { path: ['a'], string_contains: '1', not: json('null') } } },
    ],
    [
      'in a filter on a list',
      'where: { data: { array_contains: "[1]", array_ends_with: null } }',
      { where: { data: { array_contains: json('[1]'), array_ends_with: null } } },
    ],
    [
      'below AND, OR and NOT',
      'where: { AND: [{ OR: [{ data: { equals: "1" } }] }], NOT: { data: { equals: "2" } } }',
      { where: { AND: [{ OR: [{ data: { equals: json('1') } }] }], NOT: { data: { equals: json('2') } } } },
    ],
    [
      'below a compound key',
      'where: { id_data: { id: 1, data: "1" } }',
      { where: { id_data: { id: 1, data: json('1') } } },
    ],
    [
      'in a filter on a relation',
      'where: { author: { is: { settings: { equals: "1" } } } }',
      { where: { author: { is: { settings: { equals: json('1') } } } } },
    ],
    [
      'in a related row that is created',
      'data: { author: { create: { settings: "1" } } }',
      { data: { author: { create: { settings: json('1') } } } },
    ],
    [
      'in a related row that is created when it is not there',
      'data: { author: { connectOrCreate: { where: { id: 1 }, create: { settings: "1" } } } }',
      { data: { author: { connectOrCreate: { where: { id: 1 }, create: { settings: json('1') } } } } },
    ],
    [
      'in a related row that is updated',
      'data: { author: { update: { settings: "1" } } }',
      { data: { author: { update: { settings: json('1') } } } },
    ],
    [
      'in a related row that is upserted',
      'data: { author: { upsert: { create: { settings: "1" }, update: { settings: "2" } } } }',
      { data: { author: { upsert: { create: { settings: json('1') }, update: { settings: json('2') } } } } },
    ],
    ['not in an order', 'orderBy: { data: "asc" }', { orderBy: { data: 'asc' } }],
    ['not in names of fields', 'by: ["data"], distinct: ["data"]', { by: ['data'], distinct: ['data'] }],
    ['not where a word stands', 'data: { data: JsonNull }', { data: { data: { $type: 'Enum', value: 'JsonNull' } } }],
  ])('%s', (_rule, given, expected) => {
    expect(argumentsOf(`mutation { result: updateManyBook (${given}) { count } }`).query.arguments).toEqual(expected);
  });

  it.each<[rule: string, given: string, expected: unknown]>([
    [
      'in related rows that are created at once',
      'books: { createMany: { data: [{ data: "1" }], skipDuplicates: true } }',
      { books: { createMany: { data: [{ data: json('1') }], skipDuplicates: true } } },
    ],
    [
      'in a related row of several',
      'books: { update: [{ where: { id: 1 }, data: { data: "1" } }] }',
      { books: { update: [{ where: { id: 1 }, data: { data: json('1') } }] } },
    ],
    [
      'in a related row of one',
      'books: { update: { where: { id: 1 }, data: { data: "1" } } }',
      { books: { update: { where: { id: 1 }, data: { data: json('1') } } } },
    ],
    [
      'in a field `data` of a related row',
      'books: { update: { data: "1" } }',
      { books: { update: { data: json('1') } } },
    ],
    [
      'in many related rows',
      'books: { updateMany: { where: { id: 1 }, data: { data: "1" } } }',
      { books: { updateMany: { where: { id: 1 }, data: { data: json('1') } } } },
    ],
    ['not where a row is only named', 'books: { disconnect: true }', { books: { disconnect: true } }],
  ])('%s', (_rule, given, expected) => {
    const document = `mutation { result: updateOneAuthor (where: { id: 1 }, data: { ${given} }) { id } }`;
    expect(argumentsOf(document).query.arguments).toEqual({ where: { id: 1 }, data: expected });
  });

  it.each(['null', '""', '"hello"', '"{"', '"NaN"', '"1e999"', String.raw`"\"\\ud800\""`])(
    'and %s is refused',
    (value) => {
      expect(() => sent(`mutation { createOneBook (data: { data: ${value} }) { id } }`)).toThrow(/^Field data: /);
    },
  );

  it('and its absence has the words by which the client knows it', () => {
    expect(() => sent('mutation { createOneBook (data: { data: null }) { id } }')).toThrow(
      'A value is required but not set',
    );
  });
});

describe('values', () => {
  it('reach the engine with every digit', () => {
    const numbers = '[9007199254740993, -9223372036854775808, 0.0034799999999999996, 1.0, 1e-07]';
    const document = `query { findManyBook (where: { id: { in: ${numbers} } }) { id } }`;
    const compact = numbers.replaceAll(' ', '');
    expect(JSON.stringify(translate(parseDocument(document)))).toContain(`{"in":${compact}}`);
  });

  it('named as objects name their own are just values', () => {
    const document = 'query { findManyBook (where: { __proto__: 1, constructor: { toString: "x" } }) { id } }';
    expect(JSON.stringify(translate(parseDocument(document)))).toContain(
      '{"__proto__":1,"constructor":{"toString":"x"}}',
    );
  });
});

describe('what LiteLLM sends', () => {
  const translateRecorded = translatorFor(recordedDatamodel());
  it.each(recordedOperations())('$name', async ({ document, translation }) => {
    const text = `${JSON.stringify(translateRecorded(parseDocument(document)), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(translation);
    // The snapshot is written by the code under test, so one thing is held apart from it.
    expect(text.match(/"\$type": "Json"/g)?.length ?? 0).toBe(
      document.match(/^ +\w+: "(?:\{|\[|false|true)/gm)?.length ?? 0,
    );
  });
});
