import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SSE_DONE, SSE_HEARTBEAT, sseData } from './sse.ts';
import { SseReader } from './sse-reader.ts';

/** The events of a text that comes in pieces, cut at these places of its bytes. */
function read(text: string, cuts: readonly number[] = []): string[] {
  const bytes = Buffer.from(text);
  const reader = new SseReader();
  const edges = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return edges.flatMap((edge, index) => reader.push(bytes.subarray(edges[index - 1] ?? 0, edge)));
}

describe('events', () => {
  const rows: readonly [rule: string, text: string, events: readonly string[]][] = [
    ['one', 'data: a\n\n', ['a']],
    ['two', 'data: a\n\ndata: b\n\n', ['a', 'b']],
    ['without the space after the colon', 'data:a\n\n', ['a']],
    ['only one space belongs to the field', 'data:  a \n\n', [' a ']],
    ['lines that end in CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
    ['lines that end in CR', 'data: a\r\rdata: b\r\r', ['a', 'b']],
    ['line ends of all kinds', 'data: a\r\n\ndata: b\n\r\ndata: c\r\ndata: d\n\r', ['a', 'b', 'c\nd']],
    ['several data lines are joined', 'data: a\ndata: b\n\n', ['a\nb']],
    ['a colon in the data', 'data: a: b\n\n', ['a: b']],
    ['comments are skipped', ': ping\n\n:\ndata: a\n: in between\ndata: b\n\n', ['a\nb']],
    ['other fields are skipped', 'event: error\nid: 7\nretry: 1\ndata: a\n\nevent: empty\n\n', ['a']],
    ['a field whose name only begins so', 'database: a\ndat: b\n\n', []],
    ['empty data is an event', 'data:\n\n', ['']],
    ['a field without colon is empty', 'data\ndata\n\n', ['\n']],
    ['blank lines alone are none', '\n\r\n\r\n\n', []],
    ['the end mark is data', SSE_DONE, ['[DONE]']],
    ['a byte order mark at the start', '\ufeffdata: a\n\ndata: \ufeffb\n\n', ['a', '\ufeffb']],
    ['a byte order mark elsewhere is part of a name', 'data: a\n\n\ufeffdata: b\n\n', ['a']],
    ['an event without its blank line is none', 'data: a\n\ndata: b\n', ['a']],
    ['characters of all lengths', 'data: aé€🐎\n\n', ['aé€🐎']],
  ];
  test.each(rows)('%s', (_rule, text, events) => {
    expect(read(text)).toEqual(events);
  });
  test.each(rows)('%s, byte by byte', (_rule, text, events) => {
    expect(read(text, [...Buffer.from(text).keys()])).toEqual(events);
  });
});

test('what we write reads back', () => {
  const value = { text: 'a\nb\r\n\n', other: [1, 'é'] };
  expect(read(`${SSE_HEARTBEAT}${sseData(value)}${SSE_DONE}`)).toEqual([JSON.stringify(value), '[DONE]']);
});

test('any cut of the bytes gives the same events', () => {
  const line = fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: 'grapheme' }).map((text) => `data:${text.replace(/[\r\n]/g, '')}`) },
    fc.constantFrom('data: {"a":"🐎é"}', 'data', ': ping', 'event: x', '\ufeffdata: a', ''),
  );
  const text = fc
    .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\r\n\r\n')), { maxLength: 12 })
    .map((lines) => lines.flat().join(''));
  fc.assert(
    fc.property(text, fc.array(fc.nat(), { maxLength: 20 }), (whole, cuts) => {
      expect(read(whole, cuts)).toEqual(read(whole));
    }),
    { seed: 1, numRuns: 2000 },
  );
});

describe('heldBytes', () => {
  test.each([
    ['nothing', '', 0],
    ['whole events', 'data: a\n\n', 0],
    ['half a line', 'data: a', 7],
    ['a line whose event goes on', 'data: a\n', 7],
    ['both', 'data: a\ndata', 11],
    ['a comment that goes on', ': pi', 4],
  ])('of %s', (_rule, text, bytes) => {
    const reader = new SseReader();
    reader.push(Buffer.from(text));
    expect(reader.heldBytes).toBe(bytes);
  });
});

describe('an event of more than 16 MiB is refused', () => {
  const mebibyte = Buffer.alloc(1024 * 1024, 'a');
  const pushAll = (chunks: readonly Buffer[]) => () => {
    const reader = new SseReader();
    for (const chunk of chunks) reader.push(chunk);
  };
  const tooLarge = expect.objectContaining({ code: 'upstream-failed' });
  test('one long line', () => {
    expect(pushAll(Array.from({ length: 17 }, () => mebibyte))).toThrow(tooLarge);
    expect(pushAll(Array.from({ length: 16 }, () => mebibyte))).not.toThrow();
  });
  test('many lines', () => {
    const line = Buffer.concat([Buffer.from('data:'), mebibyte, Buffer.from('\n')]);
    expect(pushAll(Array.from({ length: 16 }, () => line))).toThrow(tooLarge);
    expect(pushAll(Array.from({ length: 15 }, () => line))).not.toThrow();
  });
  test('many empty lines', () => {
    expect(pushAll([Buffer.alloc(22 * 1024 * 1024, 'data\n')])).toThrow(tooLarge);
  });
  test('many events may have more', () => {
    const event = Buffer.concat([Buffer.from('data:'), mebibyte, Buffer.from('\n\n')]);
    expect(pushAll(Array.from({ length: 20 }, () => event))).not.toThrow();
  });
});
