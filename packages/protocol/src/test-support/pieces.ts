import fc from 'fast-check';

/** Places to cut at. */
export const cuts = fc.array(fc.nat({ max: 60 }), { maxLength: 5 });

/** A text that a model may have written: never blank, and with everything that a careless join would break. */
export const text = fc
  .oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constantFrom('"', '\\', '🐎', ' a ', '{}', 'null'))
  .map((it) => (it.trim() === '' ? `a${it}` : it));

/** The input of a call. */
export const input = fc.dictionary(
  fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('__proto__', 'a"b')),
  fc.jsonValue({ maxDepth: 2 }),
  { maxKeys: 3, noNullPrototype: true },
);

/** The text in pieces, cut at these places; some of them may be empty, none of them may be missing. */
export function piecesOf(whole: string, places: readonly number[]): readonly string[] {
  const edges = [...places.map((place) => place % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  return edges.map((edge, index) => whole.slice(edges[index - 1] ?? 0, edge));
}

/** As it comes over the wire. */
export function throughJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** Values that belong nowhere. */
export const junk = fc.constantFrom<unknown>(
  null,
  true,
  -1,
  0,
  0.5,
  '',
  'a',
  '{"a":1}',
  [],
  [null, 'a', [1]],
  {},
  { a: {} },
);

/** Objects with some of these fields, whose values are junk, or such objects again, or lists of them. */
export function junkWith(names: readonly string[]): fc.Arbitrary<unknown> {
  const { value } = fc.letrec<{ value: unknown; fields: unknown }>((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, junk, tie('fields'), fc.array(tie('fields'), { maxLength: 2 })),
    fields: fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 4 }),
  }));
  return value;
}
