import { describe, expect, it } from 'vitest';
import { graphqlReply } from './engine-reply.ts';

const reply = (value: unknown, raw = false) => graphqlReply({ data: { findManyBook: value } }, 'result', raw);
const tagged = ($type: string, value: unknown) => ({ $type, value });

describe('a reply in the form of GraphQL', () => {
  it.each<[rule: string, given: unknown, expected: unknown]>([
    ['null', null, null],
    ['plain values', [{ a: 1, b: 'x', c: true, d: null, e: 0.5 }], [{ a: 1, b: 'x', c: true, d: null, e: 0.5 }]],
    ['BigInt as text', { a: tagged('BigInt', '9007199254740993') }, { a: '9007199254740993' }],
    ['Decimal as a number', { a: tagged('Decimal', '12.50') }, { a: 12.5 }],
    ['dates and times', { a: tagged('DateTime', '2026-01-02T03:04:05.678Z') }, { a: '2026-01-02T03:04:05.678Z' }],
    ['bytes', { a: tagged('Bytes', 'AP8=') }, { a: 'AP8=' }],
    ['words', { a: tagged('Enum', 'POEM') }, { a: 'POEM' }],
    ['JSON as text, whatever is in it', { a: tagged('Json', '{"$type":"BigInt"}') }, { a: '{"$type":"BigInt"}' }],
    ['lists of tagged values', { a: [tagged('BigInt', '1'), null] }, { a: ['1', null] }],
    ['related rows', [{ a: { b: [{ c: tagged('BigInt', '1') }] } }], [{ a: { b: [{ c: '1' }] } }]],
  ])('has %s', (_rule, given, expected) => {
    expect(reply(given)).toEqual({ data: { result: expected } });
  });

  it('has rows of raw SQL as objects of typed cells', () => {
    const given = {
      columns: ['a', 'b', '__proto__'],
      types: ['int', 'int-array', 'json'],
      rows: [
        [1, [2, null], { $type: 'x' }],
        [null, null, 'x'],
      ],
    };
    const cell = (prisma__type: string, prisma__value: unknown) => ({ prisma__type, prisma__value });
    const rows = [
      [
        ['a', cell('int', 1)],
        ['b', cell('array', [cell('int', 2), cell('null', null)])],
        ['__proto__', cell('json', { $type: 'x' })],
      ],
      [
        ['a', cell('null', null)],
        ['b', cell('null', null)],
        ['__proto__', cell('json', 'x')],
      ],
    ] as const;
    expect(reply(given, true)).toEqual({ data: { result: rows.map((row) => Object.fromEntries(row)) } });
  });

  it('has the number of rows that raw SQL changed', () => {
    expect(reply(3, true)).toEqual({ data: { result: 3 } });
  });

  it('has errors as they are', () => {
    const errors = [{ error: 'x', user_facing_error: { is_panic: false, message: 'x' } }];
    expect(graphqlReply({ errors }, 'result', false)).toEqual({ errors });
  });
});
