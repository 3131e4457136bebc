import { encodeEventFrame, SSE_DONE, sseData } from '@genai-gateway/protocol';
import { ConverseToOpenaiStream } from '@genai-gateway/translate';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallRecord } from './call.ts';
import { OpenaiStreamCodec } from './openai-codec.ts';

type Event = readonly [eventType: string, payload: object];

const context = { id: 'c', created: 1, model: 'm "1"', toolNames: new Map<string, string>(), includeUsage: true };
const begin: Event = ['messageStart', { role: 'assistant' }];
const end: readonly Event[] = [
  ['messageStop', { stopReason: 'end_turn' }],
  ['metadata', { usage: { inputTokens: 3, outputTokens: 2 }, serviceTier: { type: 'flex' } }],
];

function record(): CallRecord {
  return { requestId: 'r', dialect: 'openai', operation: 'chat', startedAtMs: 0 };
}

/** What a client gets of the events, by the codec. */
function written(events: readonly Event[], more: object = {}): string {
  const codec = new OpenaiStreamCodec({
    record: record(),
    stream: new ConverseToOpenaiStream({ ...context, ...more }),
    headers: {},
    listener: undefined,
  });
  let text = '';
  for (const [type, payload] of events) codec.push(encodeEventFrame(type, payload), (bytes) => (text += bytes));
  return text + codec.end();
}

/** The same, of the chunks themselves. */
function chunks(events: readonly Event[], more: object = {}): string {
  const stream = new ConverseToOpenaiStream({ ...context, ...more });
  const all = events.flatMap(([type, payload]) => [...stream.push(type, payload)]);
  return [...all, ...stream.end()].map(sseData).join('') + SSE_DONE;
}

const text = (value: string, contentBlockIndex = 0, p?: string): Event => [
  'contentBlockDelta',
  { contentBlockIndex, delta: { text: value }, ...(p === undefined ? {} : { p }) },
];

test.each<[rule: string, events: readonly Event[], more?: object]>([
  ['plain text', [begin, text('Hello', 0, 'abc'), text(' world', 0, 'abcdefXYZ012')]],
  ['text that JSON escapes', [begin, text('a "b" \\ \n\t\u0000'), text('c')]],
  ['text that JSON does not escape', [begin, text('ü 😀 \u2028 \u007f {"text":1}')]],
  ['half a character', [begin, text('\ud83d'), text('\ude00')]],
  ['no text', [begin, text('')]],
  ['no messageStart: the first text has the role', [text('a'), text('b')]],
  ['text after the end', [begin, text('a'), ...end, text('late')]],
  [
    'sources of the second of two blocks',
    [
      begin,
      text('a'),
      text('b', 1),
      [
        'contentBlockDelta',
        { contentBlockIndex: 1, delta: { citation: { location: { web: { url: 'https://a.example' } } } } },
      ],
      text('c', 2),
    ],
  ],
  [
    'the place of a source behind text that JSON escapes',
    [
      begin,
      text('a\\b\n'),
      text('c', 1),
      ['contentBlockDelta', { contentBlockIndex: 1, delta: { citation: { source: 'https://a.example' } } }],
    ],
  ],
  [
    'text beside the tool whose input is the answer',
    [
      begin,
      text('a'),
      ['contentBlockStart', { contentBlockIndex: 1, start: { toolUse: { toolUseId: 't', name: 'j' } } }],
      ['contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: '{}' } } }],
    ],
    { jsonTool: 'j' },
  ],
  ['a delta of another event', [begin, ['other', { contentBlockIndex: 0, delta: { text: 'a' } }]]],
])('text is written as its chunk would be: %s', (_rule, events, more) => {
  expect(written([...events, ...end], more)).toBe(chunks([...events, ...end], more));
});

test('any text is written as its chunk would be', () => {
  const words = fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', '\u0001', 'ü', '\u2028', '\ud83d', '\ude00') });
  fc.assert(
    fc.property(fc.array(fc.tuple(words, fc.nat(2)), { maxLength: 4 }), (all) => {
      const events = [begin, ...all.map(([value, index]) => text(value, index, 'abc')), ...end];
      expect(written(events)).toBe(chunks(events));
    }),
    { seed: 1, numRuns: 200 },
  );
});
