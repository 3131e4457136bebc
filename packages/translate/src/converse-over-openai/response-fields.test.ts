import { describe, expect, test } from 'vitest';
import { responseFields } from './response-fields.ts';

const choice = { stop_reason: '###', list: [{ a: 1 }], empty: null, zero: 0, 'a/b': 1, 'c~d': 2, index: 0 };
const completion = { index: 7, system_fingerprint: 'fp', usage: { details: { tokens: 3, other: 4 } } };

describe('what is asked for of an answer', () => {
  test.each<[rule: string, paths: string[], expected: object | undefined]>([
    ['a field of the choice', ['/stop_reason'], { stop_reason: '###' }],
    ['a field of the completion', ['/system_fingerprint'], { system_fingerprint: 'fp' }],
    ['the innermost first', ['/index'], { index: 0 }],
    ['a field within', ['/usage/details/tokens'], { usage: { details: { tokens: 3 } } }],
    [
      'two of one object',
      ['/usage/details/tokens', '/usage/details/other'],
      { usage: { details: { tokens: 3, other: 4 } } },
    ],
    ['an item of a list', ['/list/0/a'], { list: { 0: { a: 1 } } }],
    ['nothing of the kind', ['/b', '/list/x', '/list/5', '/stop_reason/0'], undefined],
    ['null', ['/empty'], undefined],
    ['zero', ['/zero'], { zero: 0 }],
    ['escaped names', ['/a~1b', '/c~0d'], { 'a/b': 1, 'c~d': 2 }],
    ['what every object has', ['/constructor', '/__proto__/a', '/usage/toString'], undefined],
    ['a field and one within it', ['/usage', '/usage/details/tokens'], { usage: { details: { tokens: 3 } } }],
    ['no paths', [], undefined],
  ])('%s', (_rule, paths, expected) => {
    expect(responseFields(paths, [undefined, choice, completion])).toStrictEqual(expected);
  });

  test('a name that objects have of their own is a field like others', () => {
    const fields = responseFields(['/__proto__'], [JSON.parse('{"__proto__":{"a":1}}')]);
    expect(JSON.stringify(fields)).toBe('{"__proto__":{"a":1}}');
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype);
  });
});
