import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LastEventHold } from './last-event-hold.ts';

const rows: readonly (readonly [string, string, string])[] = [
  ['OpenAI’s', 'data: {"a":1}\n\ndata: {"b":2}\n\n', 'data: [DONE]\n\n'],
  ['OpenAI’s with other line ends', 'data: {"a":1}\r\n\r\n', 'data: [DONE]\r\n\r\n'],
  [
    'Anthropic’s',
    'event: message_delta\ndata: {"type":"message_delta"}\n\n',
    'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  ],
  ['Anthropic’s with blanks', 'data: {"type": "ping"}\n\n', 'data: {"type": "message_stop"}\n\n'],
  ['what comes behind it', 'data: {"a":1}\n\n', 'data: [DONE]\n\n: a comment\n\n'],
  ['an event that never ends', 'data: {"a":1}\n\n', 'data: {"b"'],
  ['nothing of a stream that is cut', 'data: {"a":"[DONE]"}\n\n', ''],
];

describe('a stream of events', () => {
  test.each(rows)('keeps back %s, however it is cut', (_what, passes, held) => {
    const text = passes + held;
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const hold = new LastEventHold();
        const passed = at.slice(1).map((end, index) => hold.push(Buffer.from(text.slice(at[index], end))));
        expect([Buffer.concat(passed).toString(), hold.end().toString()]).toEqual([passes, held]);
      }),
      { seed: 6 },
    );
  });
});
