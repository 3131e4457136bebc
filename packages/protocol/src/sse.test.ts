import { describe, expect, test } from 'vitest';
import { SSE_DONE, SSE_HEARTBEAT, sseData, sseNamed } from './sse.ts';

/** What an SSE client makes of a text: the `data` of each event. Lines end in CR, LF or both. */
function events(text: string): string[] {
  return text
    .split(/(?:\r\n|\r|\n){2}/)
    .map((event) => event.split(/\r\n|\r|\n/).filter((line) => line.startsWith('data:')))
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => line.slice(5).replace(/^ /, '')).join('\n'));
}

describe('sseData', () => {
  test.each([
    ['plain', { text: 'hi' }],
    ['line breaks', { text: 'a\nb\r\nc\n\nd' }],
    ['unicode line breaks', { text: 'a\u2028b\u2029c\u0085d' }],
    ['something like an event', { text: '\n\ndata: [DONE]\n\n' }],
  ])('%s is one event that reads back', (_name, value) => {
    const read = events(sseData(value));
    expect(read).toHaveLength(1);
    expect(JSON.parse(read[0] ?? '')).toEqual(value);
  });
});

test('the end is an event, a heartbeat is none', () => {
  expect(events(`${SSE_HEARTBEAT}${sseData(1)}${SSE_HEARTBEAT}${SSE_DONE}`)).toEqual(['1', '[DONE]']);
});

test('an event has its name in a line before its data', () => {
  expect(sseNamed('ping', { type: 'ping' })).toBe('event: ping\ndata: {"type":"ping"}\n\n');
});
