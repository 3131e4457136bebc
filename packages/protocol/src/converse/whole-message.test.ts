import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cuts, input, junk, junkWith, piecesOf, text, throughJson } from '../test-support/pieces.ts';
import { ConverseMessageBuilder, converseAnswerOf } from './whole-message.ts';

type Event = readonly [type: string, payload: unknown];

function contentOf(events: readonly Event[]): unknown {
  const builder = new ConverseMessageBuilder();
  for (const [type, payload] of events) builder.push(type, payload);
  return builder.message()?.content;
}

const start = (contentBlockIndex: unknown, it: unknown): Event => [
  'contentBlockStart',
  { contentBlockIndex, start: it, p: 'abc' },
];
const delta = (contentBlockIndex: unknown, it: unknown): Event => [
  'contentBlockDelta',
  { contentBlockIndex, delta: it, p: 'ab' },
];
const stop = (contentBlockIndex: number): Event => ['contentBlockStop', { contentBlockIndex, p: 'a' }];
const said = (index: number, it: string) => delta(index, { text: it });
const call = (index: number, id = 't', name = 'f') => start(index, { toolUse: { toolUseId: id, name } });
const args = (index: number, json: string) => delta(index, { toolUse: { input: json } });
const thought = (index: number, it: object) => delta(index, { reasoningContent: it });
const drawn = (index: number, bytes: string) => delta(index, { image: { source: { bytes } } });
const cited = (index: number, citation: unknown) => delta(index, { citation });

const source = { title: 'a', location: { documentChar: { documentIndex: 0, start: 0, end: 2 } } };

describe('blocks of a stream', () => {
  const rows: readonly [rule: string, events: readonly Event[], content: readonly unknown[] | undefined][] = [
    ['text', [['messageStart', { role: 'assistant' }], said(0, 'a'), said(0, 'b'), stop(0)], [{ text: 'ab' }]],
    ['text with a start', [start(0, {}), said(0, 'a')], [{ text: 'a' }]],
    ['spaces at the ends stay', [said(0, ' '), said(0, 'a\n')], [{ text: ' a\n' }]],
    ['blank text is left out', [said(0, ' \n'), said(1, 'a')], [{ text: 'a' }]],
    [
      'a call',
      [call(0), args(0, ''), args(0, '{"a"'), args(0, ':[1]}'), stop(0)],
      [{ toolUse: { toolUseId: 't', name: 'f', input: { a: [1] } } }],
    ],
    ['a call without arguments', [call(0), stop(0)], [{ toolUse: { toolUseId: 't', name: 'f', input: {} } }]],
    ['a call that was cut', [call(0), args(0, '{"a":')], [{ toolUse: { toolUseId: 't', name: 'f', input: {} } }]],
    ['arguments in a list', [call(0), args(0, '[1]')], [{ toolUse: { toolUseId: 't', name: 'f', input: {} } }]],
    ['arguments that are null', [call(0), args(0, 'null')], [{ toolUse: { toolUseId: 't', name: 'f', input: {} } }]],
    ['arguments without a start', [args(0, '{}'), said(1, 'a')], [{ text: 'a' }]],
    ['a call without id', [start(0, { toolUse: { name: 'f' } }), said(1, 'a')], [{ text: 'a' }]],
    ['a call without name', [start(0, { toolUse: { toolUseId: 't', name: '' } }), said(1, 'a')], [{ text: 'a' }]],
    [
      "a call of the provider's own tool and its result",
      [
        start(0, { toolUse: { toolUseId: 't', name: 'f', type: 'server_tool_use' } }),
        args(0, '{}'),
        start(1, { toolResult: { toolUseId: 't', type: 'ran', status: 'success' } }),
        delta(1, { toolResult: [{ text: 'a' }, { text: 'b' }] }),
        delta(1, { toolResult: [{ text: 'c' }, { json: { d: 1 } }, 'none'] }),
        delta(1, { toolResult: [{ text: 'e' }] }),
      ],
      [
        { toolUse: { toolUseId: 't', name: 'f', input: {}, type: 'server_tool_use' } },
        {
          toolResult: {
            toolUseId: 't',
            type: 'ran',
            status: 'success',
            content: [{ text: 'abc' }, { json: { d: 1 } }, { text: 'e' }],
          },
        },
      ],
    ],
    [
      'signed reasoning',
      [thought(0, { text: 'a' }), thought(0, { text: 'b' }), thought(0, { signature: 's' })],
      [{ reasoningContent: { reasoningText: { text: 'ab', signature: 's' } } }],
    ],
    ['reasoning', [thought(0, { text: 'a' })], [{ reasoningContent: { reasoningText: { text: 'a' } } }]],
    [
      'a signature alone',
      [thought(0, { text: '' }), thought(0, { signature: 's' })],
      [{ reasoningContent: { reasoningText: { text: '', signature: 's' } } }],
    ],
    ['no reasoning at all', [thought(0, { text: '' }), said(1, 'a')], [{ text: 'a' }]],
    [
      'redacted reasoning',
      [thought(0, { redactedContent: 'AAEC' })],
      [{ reasoningContent: { redactedContent: 'AAEC' } }],
    ],
    [
      'redacted reasoning in pieces, each base64 by itself',
      [thought(0, { redactedContent: 'AA==' }), thought(0, { redactedContent: 'AQI=' })],
      [{ reasoningContent: { redactedContent: 'AAEC' } }],
    ],
    [
      'an image',
      [start(0, { image: { format: 'png' } }), drawn(0, 'AAEC')],
      [{ image: { format: 'png', source: { bytes: 'AAEC' } } }],
    ],
    [
      'an image in pieces',
      [start(0, { image: { format: 'webp' } }), drawn(0, 'AA=='), drawn(0, 'AQI=')],
      [{ image: { format: 'webp', source: { bytes: 'AAEC' } } }],
    ],
    [
      'an image that failed',
      [start(0, { image: { format: 'png' } }), delta(0, { image: { error: { message: 'no' } } }), said(1, 'a')],
      [{ text: 'a' }],
    ],
    [
      'text with its sources',
      [said(0, 'a'), cited(0, source), said(0, 'b'), cited(0, { title: 'b' })],
      [{ citationsContent: { content: [{ text: 'ab' }], citations: [source, { title: 'b' }] } }],
    ],
    ['sources without text', [said(0, ' '), cited(0, source)], [{ citationsContent: { citations: [source] } }]],
    [
      'blocks in the order of their indices',
      [said(2, 'c'), said(0, 'a'), said(1, 'b')],
      [{ text: 'a' }, { text: 'b' }, { text: 'c' }],
    ],
    [
      'blocks that are mixed',
      [call(0), call(1, 'u', 'g'), args(1, '{"b":'), args(0, '{"a":1}'), args(1, '2}')],
      [
        { toolUse: { toolUseId: 't', name: 'f', input: { a: 1 } } },
        { toolUse: { toolUseId: 'u', name: 'g', input: { b: 2 } } },
      ],
    ],
    [
      'an answer without content',
      [
        ['messageStart', { role: 'assistant' }],
        ['messageStop', { stopReason: 'end_turn' }],
      ],
      undefined,
    ],
    ['an answer of spaces', [said(0, '  ')], undefined],
    ['no events', [], undefined],
    [
      'what is not known',
      [['other', { contentBlockIndex: 0, delta: { text: 'a' } }], delta(0, { other: 'b' }), said(0, 'c')],
      [{ text: 'c' }],
    ],
    [
      'payloads that are none',
      [['contentBlockDelta', null], delta('0', { text: 'a' }), delta(0, null), delta(0, { text: 1 })],
      undefined,
    ],
  ];
  test.each(rows)('%s', (_rule, events, content) => {
    expect(contentOf(throughJson(events))).toEqual(content);
  });
});

test('a message can be asked for more than once', () => {
  const builder = new ConverseMessageBuilder();
  builder.push(...said(0, 'a'));
  expect(builder.message()).toEqual({ role: 'assistant', content: [{ text: 'a' }] });
  builder.push(...said(0, 'b'));
  expect(builder.message()).toEqual({ role: 'assistant', content: [{ text: 'ab' }] });
});

describe('whole answers', () => {
  const use = { toolUseId: 't', name: 'f', input: { a: 1 }, type: 'server_tool_use' };
  const signed = { reasoningContent: { reasoningText: { text: 'a', signature: 's' } } };
  const rows: readonly [rule: string, content: unknown, expected: readonly unknown[] | undefined][] = [
    ['all blocks as they are', [signed, { text: 'a' }, { toolUse: use }], [signed, { text: 'a' }, { toolUse: use }]],
    ['blocks that are not known', [{ video: { format: 'mp4' } }], [{ video: { format: 'mp4' } }]],
    ['blank text is left out', [{ text: '\n' }, { text: 'a' }], [{ text: 'a' }]],
    ['input that is no object', [{ toolUse: { ...use, input: '{"a"' } }], [{ toolUse: { ...use, input: {} } }]],
    [
      'input that is missing',
      [{ toolUse: { toolUseId: 't', name: 'f' } }],
      [{ toolUse: { toolUseId: 't', name: 'f', input: {} } }],
    ],
    ['a call without id', [{ toolUse: { name: 'f', input: {} } }, { text: 'a' }], [{ text: 'a' }]],
    ['blocks that are none', [null, 'a', [], 1], undefined],
    ['no blocks', [], undefined],
    ['no list', 'a', undefined],
  ];
  test.each(rows)('%s', (_rule, content, expected) => {
    const message = converseAnswerOf({ output: { message: { role: 'assistant', content } }, stopReason: 'end_turn' });
    expect(message).toEqual(expected && { role: 'assistant', content: expected });
  });
  test.each([null, 1, 'a', {}, { output: null }, { output: { message: [] } }])('no answer: %j', (reply) => {
    expect(converseAnswerOf(reply)).toBeUndefined();
  });
});

/** A block, and the events that a provider may have sent it in, whatever its index. */
type Drawn = { readonly block: unknown; readonly events: (index: number) => readonly Event[] };

const bytes = fc.uint8Array({ minLength: 1, maxLength: 9 }).map((it) => Buffer.from(it));
const base64Pieces = (whole: Buffer, places: readonly number[]) => {
  const edges = [...places.map((place) => place % whole.length).sort((a, b) => a - b), whole.length];
  return edges.map((edge, index) => whole.subarray(edges[index - 1] ?? 0, edge).toString('base64'));
};
const textBlock = fc.tuple(text, cuts).map(
  ([whole, places]): Drawn => ({
    block: { text: whole },
    events: (index) => piecesOf(whole, places).map((piece) => said(index, piece)),
  }),
);
const callBlock = fc.tuple(fc.uuid(), input, cuts).map(
  ([id, value, places]): Drawn => ({
    block: { toolUse: { toolUseId: id, name: 'f', input: value } },
    events: (index) => [call(index, id), ...piecesOf(JSON.stringify(value), places).map((piece) => args(index, piece))],
  }),
);
const reasoningBlock = fc.tuple(text, cuts, fc.base64String({ minLength: 4, maxLength: 8 })).map(
  ([whole, places, signature]): Drawn => ({
    block: { reasoningContent: { reasoningText: { text: whole, signature } } },
    events: (index) => [
      ...piecesOf(whole, places).map((it) => thought(index, { text: it })),
      thought(index, { signature }),
    ],
  }),
);
const redactedBlock = fc.tuple(bytes, cuts).map(
  ([whole, places]): Drawn => ({
    block: { reasoningContent: { redactedContent: whole.toString('base64') } },
    events: (index) => base64Pieces(whole, places).map((piece) => thought(index, { redactedContent: piece })),
  }),
);
const imageBlock = fc.tuple(bytes, cuts).map(
  ([whole, places]): Drawn => ({
    block: { image: { format: 'png', source: { bytes: whole.toString('base64') } } },
    events: (index) => [
      start(index, { image: { format: 'png' } }),
      ...base64Pieces(whole, places).map((piece) => drawn(index, piece)),
    ],
  }),
);
const citedBlock = fc
  .tuple(text, cuts, fc.array(fc.record({ title: fc.string() }), { minLength: 1, maxLength: 3 }))
  .map(
    ([whole, places, citations]): Drawn => ({
      block: { citationsContent: { content: [{ text: whole }], citations } },
      events: (index) => [
        ...piecesOf(whole, places).map((piece) => said(index, piece)),
        ...citations.map((citation) => cited(index, citation)),
      ],
    }),
  );
const block = fc.oneof(textBlock, callBlock, reasoningBlock, redactedBlock, imageBlock, citedBlock);

test('any message cut into any deltas, its blocks in any order, gives back the message', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(block, fc.nat()), { minLength: 1, maxLength: 5 }), (drafts) => {
      const parts = drafts.map(([{ events }, order], index) => ({ order, events: events(index * 2) }));
      const inAnyOrder = parts.toSorted((one, other) => one.order - other.order).flatMap(({ events }) => events);
      expect(contentOf(throughJson(inAnyOrder))).toEqual(throughJson(drafts.map(([it]) => it.block)));
    }),
    { seed: 6, numRuns: 500 },
  );
});

test('any events at all give a message or none', () => {
  const types = ['contentBlockStart', 'contentBlockDelta', 'messageStop', 'metadata', 'p'];
  const names = [
    'text',
    'toolUse',
    'toolResult',
    'image',
    'reasoningContent',
    'citation',
    'input',
    'source',
    'bytes',
    'toolUseId',
    'name',
  ];
  const fields = junkWith(names);
  const payload = fc.oneof(
    junk,
    fc.record({ contentBlockIndex: fc.constantFrom(0, 1, null), start: fields, delta: fields }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...types), payload), { maxLength: 6 }), fields, (events, content) => {
      const messages = [contentOf(events), converseAnswerOf({ output: { message: { content } } })?.content];
      for (const message of messages) expect(message ?? [0]).not.toEqual([]);
    }),
    { seed: 6, numRuns: 500 },
  );
});
