import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SessionMark, withSessionId } from './session-answer.ts';

const marked = (text: string): string => withSessionId(Buffer.from(text), 's-1').toString();

describe('a whole answer', () => {
  test.each<[string, string, string]>([
    ['gets its session in front', '{"a":1}', '{"session_id":"s-1","a":1}'],
    ['keeps its blanks', ' \n{ "a":1}', ' \n{"session_id":"s-1", "a":1}'],
    ['may be empty', '{ }', '{"session_id":"s-1" }'],
    ['is left alone when it is a list', '[1]', '[1]'],
    ['is left alone when it is no JSON', 'oops {', 'oops {'],
    ['is left alone when it is nothing', '', ''],
  ])('%s', (_rule, body, expected) => {
    expect(marked(body)).toBe(expected);
  });
});

describe('an answer in pieces', () => {
  const through = (pieces: readonly string[]): string => {
    const mark = new SessionMark('s-1');
    return Buffer.concat([...pieces.map((piece) => mark.push(Buffer.from(piece))), mark.end()]).toString();
  };
  const rows: readonly (readonly [string, string, string])[] = [
    ['JSON', '{"id":"x"}', '{"session_id":"s-1","id":"x"}'],
    ['an empty object', '{}', '{"session_id":"s-1"}'],
    [
      'events: the first alone is marked',
      'data: {"n":1}\n\ndata: {"n":2}\n\ndata: [DONE]\n\n',
      'data: {"session_id":"s-1","n":1}\n\ndata: {"n":2}\n\ndata: [DONE]\n\n',
    ],
    [
      'events behind comments and names',
      ': ping\n\nevent: x\ndata:{"n":1}\n\n',
      ': ping\n\nevent: x\ndata:{"session_id":"s-1","n":1}\n\n',
    ],
    ['no event that is an object', 'data: [DONE]\n\n', 'data: [DONE]\n\n'],
    ['something else', 'plain text', 'plain text'],
    ['nothing', '', ''],
  ];

  test.each(rows)('%s, however it is cut', (_rule, text, expected) => {
    expect(through([text])).toBe(expected);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((end, index) => text.slice(at[index], end));
        expect(through(pieces)).toBe(expected);
      }),
      { seed: 6 },
    );
  });

  test('that never comes to a point is not held for ever', () => {
    const mark = new SessionMark('s-1');
    expect(mark.push(Buffer.alloc(70_000, 'x'))).toHaveLength(70_000);
    expect(mark.push(Buffer.from('data: {}'))).toEqual(Buffer.from('data: {}'));
  });
});
