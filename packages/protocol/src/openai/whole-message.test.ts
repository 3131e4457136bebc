import fc from 'fast-check';
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream';
import { describe, expect, test } from 'vitest';
import { cuts, input, junk, junkWith, piecesOf, text, throughJson } from '../test-support/pieces.ts';
import { OpenaiMessageBuilder, openaiAnswerOf } from './whole-message.ts';

const madeId = (position: number) => `made_${position}`;

function messageOf(chunks: readonly unknown[]) {
  const builder = new OpenaiMessageBuilder(madeId);
  for (const chunk of chunks) builder.push(chunk);
  return builder.message();
}

const chunk = (delta: unknown, finish_reason: string | null = null) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason }],
});
const call = (index: unknown, id: unknown, name: unknown, args: unknown = '') =>
  chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: args } }] });
const args = (index: unknown, json: string) => chunk({ tool_calls: [{ index, function: { arguments: json } }] });
const thinking = (...blocks: unknown[]) => chunk({ thinking_blocks: blocks });
const made = (id: string, name: string, json: string) => ({
  id,
  type: 'function',
  function: { name, arguments: json },
});
const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAEC' } };

/** The rows of both forms: what a message of a whole completion says, and what is kept of it. */
const contents: readonly [rule: string, message: object, kept: object | undefined][] = [
  ['text', { content: 'a' }, { content: 'a' }],
  ['spaces at the ends stay', { content: ' a\n' }, { content: ' a\n' }],
  ['no content', { content: null }, undefined],
  ['empty content', { content: '' }, undefined],
  ['blank content', { content: '\n\n' }, undefined],
  ['content that is no text', { content: [{ type: 'text', text: 'a' }] }, undefined],
  ['a refusal', { content: null, refusal: 'no' }, { content: null, refusal: 'no' }],
  ['text and a refusal', { content: 'a', refusal: 'no' }, { content: 'a', refusal: 'no' }],
  ['a refusal that is null', { content: 'a', refusal: null }, { content: 'a' }],
  [
    'a call',
    { content: null, tool_calls: [made('t', 'f', '{"a": 1}')] },
    { content: null, tool_calls: [made('t', 'f', '{"a": 1}')] },
  ],
  [
    'blank text before a call',
    { content: '\n', tool_calls: [made('t', 'f', '{}')] },
    { content: null, tool_calls: [made('t', 'f', '{}')] },
  ],
  [
    'text and calls in one list',
    { content: 'a', tool_calls: [made('t', 'f', '{}'), made('u', 'f', '{"b":2}')] },
    { content: 'a', tool_calls: [made('t', 'f', '{}'), made('u', 'f', '{"b":2}')] },
  ],
  [
    'no arguments are {}',
    { content: null, tool_calls: [made('t', 'f', '')] },
    { content: null, tool_calls: [made('t', 'f', '{}')] },
  ],
  [
    'arguments that were cut are {}',
    { content: null, tool_calls: [made('t', 'f', '{"a":')] },
    { content: null, tool_calls: [made('t', 'f', '{}')] },
  ],
  [
    'arguments that are no object are {}',
    { content: null, tool_calls: [made('t', 'f', '[1]')] },
    { content: null, tool_calls: [made('t', 'f', '{}')] },
  ],
  [
    'two objects as arguments are {}',
    { content: null, tool_calls: [made('t', 'f', '{}{}')] },
    { content: null, tool_calls: [made('t', 'f', '{}')] },
  ],
  [
    'a call without id gets the one that the client was told',
    { content: null, tool_calls: [made('t', 'f', '{}'), { function: { name: 'g', arguments: '{}' } }] },
    { content: null, tool_calls: [made('t', 'f', '{}'), made('made_1', 'g', '{}')] },
  ],
  [
    "Gemini's signature in an id stays",
    { content: null, tool_calls: [made('call_1__thought__c2ln', 'f', '{}')] },
    { content: null, tool_calls: [made('call_1__thought__c2ln', 'f', '{}')] },
  ],
  ['a call without name', { content: 'a', tool_calls: [made('t', '', '{}'), null, 'u'] }, { content: 'a' }],
  [
    'a call that Anthropic ran itself',
    {
      content: 'a',
      tool_calls: [made('srvtoolu_1', 'web_search', '{}')],
      provider_specific_fields: { tool_results: [] },
    },
    { content: 'a' },
  ],
  [
    'a call of a custom tool, whose input is any text',
    { content: null, tool_calls: [{ id: 't', type: 'custom', custom: { name: 'f', input: 'a b' } }] },
    { content: null, tool_calls: [{ id: 't', type: 'custom', custom: { name: 'f', input: 'a b' } }] },
  ],
  ['reasoning', { content: 'a', reasoning_content: 'x' }, { content: 'a', reasoning_content: 'x' }],
  ['reasoning alone', { content: null, reasoning_content: 'x' }, { content: '', reasoning_content: 'x' }],
  ['blank reasoning', { content: 'a', reasoning_content: '\n' }, { content: 'a' }],
  [
    'signed and redacted thinking',
    {
      content: 'a',
      reasoning_content: 'xy',
      thinking_blocks: [
        { type: 'thinking', thinking: 'x', signature: 's' },
        { type: 'redacted_thinking', data: 'AAEC' },
        { type: 'thinking', thinking: '', signature: 't' },
      ],
    },
    {
      content: 'a',
      reasoning_content: 'xy',
      thinking_blocks: [
        { type: 'thinking', thinking: 'x', signature: 's' },
        { type: 'redacted_thinking', data: 'AAEC' },
        { type: 'thinking', thinking: '', signature: 't' },
      ],
    },
  ],
  [
    'unsigned thinking is no block',
    { content: 'a', reasoning_content: 'x', thinking_blocks: [{ type: 'thinking', thinking: 'x' }] },
    { content: 'a', reasoning_content: 'x' },
  ],
  [
    'thinking blocks that say nothing',
    { content: 'a', thinking_blocks: [null, {}, { type: 'redacted_thinking' }, { type: 'thinking', signature: null }] },
    { content: 'a' },
  ],
  ['images', { content: null, images: [{ ...image, index: 0 }, null] }, { content: '', images: [image] }],
  [
    'of audio its transcript',
    { content: null, audio: { id: 'audio_1', data: 'AAEC', expires_at: 1, transcript: 'a' } },
    { content: 'a' },
  ],
  ['text beside audio', { content: 'a', audio: { transcript: 'b' } }, { content: 'a' }],
  [
    'what nobody takes back',
    {
      content: 'a',
      annotations: [{ type: 'url_citation' }],
      audio: null,
      function_call: { name: 'f', arguments: '{}' },
      provider_specific_fields: { citations: [] },
      tool_calls: null,
      other: 1,
    },
    { content: 'a' },
  ],
];

describe('whole completions', () => {
  test.each(contents)('%s', (_rule, message, kept) => {
    const completion = { choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', ...message } }] };
    expect(openaiAnswerOf(completion, madeId)).toEqual(kept && { role: 'assistant', ...kept });
  });

  test('unsigned thinking does not get the signature of the next', () => {
    const thinking_blocks = [
      { type: 'thinking', thinking: 'x' },
      { type: 'thinking', thinking: 'y', signature: 's' },
    ];
    const completion = { choices: [{ message: { content: 'a', thinking_blocks } }] };
    expect(openaiAnswerOf(completion, madeId)?.thinking_blocks).toEqual([thinking_blocks[1]]);
  });

  test('only the first choice', () => {
    const choices = [{ message: { content: 'a' } }, { message: { content: 'b' } }];
    expect(openaiAnswerOf({ choices }, madeId)?.content).toBe('a');
  });

  test.each([null, 1, {}, { choices: {} }, { choices: [] }, { choices: [{ message: 'a' }] }])(
    'no answer: %j',
    (reply) => {
      expect(openaiAnswerOf(reply, madeId)).toBeUndefined();
    },
  );
});

describe('streams', () => {
  test.each(contents)('%s, in one delta', (_rule, message, kept) => {
    const chunks = [chunk({ role: 'assistant', content: '' }), chunk(message), chunk({}, 'stop')];
    expect(messageOf(throughJson(chunks))).toEqual(kept && { role: 'assistant', ...kept });
  });

  const calls = (...tool_calls: object[]) => ({ content: null, tool_calls });
  const rows: readonly [rule: string, chunks: readonly unknown[], message: object | undefined][] = [
    ['text in pieces', [chunk({ content: 'a' }), chunk({ content: 'b' })], { content: 'ab' }],
    ['a refusal in pieces', [chunk({ refusal: 'n' }), chunk({ refusal: 'o' })], { content: null, refusal: 'no' }],
    ['arguments in pieces', [call(0, 't', 'f'), args(0, '{"a"'), args(0, ':1}')], calls(made('t', 'f', '{"a":1}'))],
    [
      'calls that are mixed',
      [call(0, 't', 'f'), call(1, 'u', 'g'), args(1, '{"b":'), args(0, '{}'), args(1, '2}')],
      calls(made('t', 'f', '{}'), made('u', 'g', '{"b":2}')),
    ],
    ['id and name with every piece', [call(0, 't', 'f', '{'), call(0, 't', 'f', '}')], calls(made('t', 'f', '{}'))],
    ['a name that comes late', [call(0, 't', null, '{'), call(0, null, 'f', '}')], calls(made('t', 'f', '{}'))],
    ['an id that comes late', [call(0, null, 'f', '{'), call(0, 't', null, '}')], calls(made('t', 'f', '{}'))],
    [
      'a new id at the same index is a new call',
      [call(0, 't', 'f', '{}'), call(0, 'u', 'g', '{"b"'), args(0, ':2}')],
      calls(made('t', 'f', '{}'), made('u', 'g', '{"b":2}')),
    ],
    [
      'no index is the place in the list',
      [
        chunk({
          tool_calls: [
            { id: 't', function: { name: 'f' } },
            { id: 'u', function: { name: 'g' } },
          ],
        }),
        chunk({ tool_calls: [{ function: { arguments: '{"a":1}' } }, { function: { arguments: '{"b":2}' } }] }),
      ],
      calls(made('t', 'f', '{"a":1}'), made('u', 'g', '{"b":2}')),
    ],
    [
      'calls without ids',
      [call(0, null, 'f', '{}'), call(1, undefined, 'g', '{}')],
      calls(made('made_0', 'f', '{}'), made('made_1', 'g', '{}')),
    ],
    [
      'a custom call in pieces',
      [
        chunk({ tool_calls: [{ index: 0, id: 't', type: 'custom', custom: { name: 'f', input: 'a' } }] }),
        chunk({ tool_calls: [{ index: 0, custom: { input: ' b' } }] }),
      ],
      calls({ id: 't', type: 'custom', custom: { name: 'f', input: 'a b' } }),
    ],
    [
      'signed thinking in pieces',
      [
        thinking({ type: 'thinking', thinking: 'x' }),
        thinking({ type: 'thinking', thinking: 'y' }),
        thinking({ type: 'thinking', thinking: '', signature: 's' }),
        thinking({ type: 'thinking', thinking: 'z', signature: 't' }),
      ],
      {
        content: '',
        thinking_blocks: [
          { type: 'thinking', thinking: 'xy', signature: 's' },
          { type: 'thinking', thinking: 'z', signature: 't' },
        ],
      },
    ],
    [
      'a signed block that comes whole, after its text',
      [
        chunk({ reasoning_content: 'x' }),
        chunk({ reasoning_content: 'y' }),
        thinking({ index: 0, type: 'thinking', thinking: 'xy', signature: 's' }),
        thinking({ index: 1, type: 'redacted_thinking', data: 'AAEC' }),
        chunk({ content: 'a' }),
        chunk({ annotations: [{ type: 'url_citation' }], provider_specific_fields: { citationsContent: [] } }),
      ],
      {
        content: 'a',
        thinking_blocks: [
          { type: 'thinking', thinking: 'xy', signature: 's' },
          { type: 'redacted_thinking', data: 'AAEC' },
        ],
        reasoning_content: 'xy',
      },
    ],
    [
      'thinking that was never signed before redacted thinking',
      [
        thinking({ type: 'thinking', thinking: 'x' }),
        thinking({ type: 'redacted_thinking', data: 'AAEC' }),
        thinking({ type: 'thinking', thinking: '', signature: 's' }),
      ],
      {
        content: '',
        thinking_blocks: [
          { type: 'redacted_thinking', data: 'AAEC' },
          { type: 'thinking', thinking: '', signature: 's' },
        ],
      },
    ],
    [
      'a transcript in pieces',
      [chunk({ audio: { transcript: 'a' } }), chunk({ audio: { transcript: 'b' } })],
      { content: 'ab' },
    ],
    [
      'images of several chunks',
      [chunk({ images: [image] }), chunk({ images: [image] })],
      { content: '', images: [image, image] },
    ],
    [
      'only the first choice',
      [
        {
          choices: [
            { index: 1, delta: { content: 'b' } },
            { index: 0, delta: { content: 'a' } },
          ],
        },
        { choices: [{ index: 1, delta: { content: 'c' } }] },
      ],
      { content: 'a' },
    ],
    ['a choice without index is the first', [{ choices: [{ delta: { content: 'a' } }] }], { content: 'a' }],
    [
      'usage, errors and what is no chunk',
      [{ choices: [], usage: {} }, { error: { message: 'no' } }, null, 1, { choices: 'a' }],
      undefined,
    ],
    ['no chunks', [], undefined],
  ];
  test.each(rows)('%s', (_rule, chunks, message) => {
    expect(messageOf(throughJson(chunks))).toEqual(message && { role: 'assistant', ...message });
  });
});

const drawnCall = fc.record({ id: fc.uuid(), name: fc.constantFrom('f', 'g'), value: input, places: cuts });
const drawn = fc
  .record({
    content: fc.option(fc.tuple(text, cuts)),
    refusal: fc.option(fc.tuple(text, cuts)),
    calls: fc.array(drawnCall, { maxLength: 3 }),
  })
  .filter(({ content, refusal, calls }) => content !== null || refusal !== null || calls.length > 0);

/** The chunks that a message may have come in. */
function chunksOf({ content, refusal, calls }: typeof drawn extends fc.Arbitrary<infer T> ? T : never) {
  const pieces = (it: readonly [string, readonly number[]] | null) => (it === null ? [] : piecesOf(...it));
  return [
    chunk({ role: 'assistant', content: '' }),
    ...pieces(content).map((piece) => chunk({ content: piece })),
    ...pieces(refusal).map((piece) => chunk({ refusal: piece })),
    ...calls.map(({ id, name }, index) => call(index, id, name)),
    ...calls.flatMap(({ value, places }, index) =>
      piecesOf(JSON.stringify(value), places).map((piece) => args(index, piece)),
    ),
    chunk({}, calls.length > 0 ? 'tool_calls' : 'stop'),
  ];
}

describe('any message cut into any deltas', () => {
  test('gives back the message', () => {
    fc.assert(
      fc.property(drawn, (it) => {
        expect(messageOf(throughJson(chunksOf(it)))).toEqual({
          role: 'assistant',
          content: it.content?.[0] ?? null,
          ...(it.refusal === null ? {} : { refusal: it.refusal[0] }),
          ...(it.calls.length === 0
            ? {}
            : { tool_calls: it.calls.map(({ id, name, value }) => made(id, name, JSON.stringify(value))) }),
        });
      }),
      { seed: 6, numRuns: 300 },
    );
  });

  test("gives what OpenAI's own client makes of it", async () => {
    await fc.assert(
      fc.asyncProperty(drawn, async (it) => {
        const chunks = throughJson(chunksOf(it));
        const lines = new Blob([chunks.map((each) => `${JSON.stringify(each)}\n`).join('')]).stream();
        const theirs = await ChatCompletionStream.fromReadableStream(lines).finalMessage();
        const ours = messageOf(chunks);
        expect({
          content: ours?.content ?? '',
          refusal: ours?.refusal ?? null,
          tool_calls: ours?.tool_calls,
        }).toEqual({
          content: theirs.content,
          refusal: theirs.refusal,
          tool_calls: theirs.tool_calls,
        });
      }),
      { seed: 6, numRuns: 100 },
    );
  });
});

test('any chunks at all give a message or none', () => {
  const names = [
    'content',
    'tool_calls',
    'thinking_blocks',
    'images',
    'audio',
    'function',
    'custom',
    'index',
    'id',
    'type',
  ];
  const choice = fc.record({ index: fc.constantFrom(0, null, 1), delta: junkWith(names), message: junkWith(names) });
  const chunks = fc.array(fc.oneof(junk, fc.record({ choices: fc.array(choice, { maxLength: 2 }) })), { maxLength: 4 });
  fc.assert(
    fc.property(chunks, (all) => {
      const messages = [messageOf(all), ...all.map((each) => openaiAnswerOf(each, madeId))];
      for (const message of messages) expect(message?.role ?? 'assistant').toBe('assistant');
    }),
    { seed: 6, numRuns: 500 },
  );
});
