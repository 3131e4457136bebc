import { BetaMessageStream } from '@anthropic-ai/sdk/lib/BetaMessageStream';
import { MessageStream } from '@anthropic-ai/sdk/lib/MessageStream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cuts, input, junk, junkWith, piecesOf, text, throughJson } from '../test-support/pieces.ts';
import { AnthropicMessageBuilder, anthropicAnswerOf } from './whole-message.ts';

function built(events: readonly unknown[]): AnthropicMessageBuilder {
  const builder = new AnthropicMessageBuilder();
  for (const event of events) builder.push(event);
  return builder;
}

const begin = (usage: unknown = { input_tokens: 5, output_tokens: 1 }) => ({
  type: 'message_start',
  message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, usage },
});
const start = (index: unknown, content_block: unknown) => ({ type: 'content_block_start', index, content_block });
const delta = (index: unknown, it: unknown) => ({ type: 'content_block_delta', index, delta: it });
const stop = (index: number) => ({ type: 'content_block_stop', index });
const ended = (stop_reason: unknown, usage: unknown = { output_tokens: 9 }) => ({
  type: 'message_delta',
  delta: { stop_reason, stop_sequence: null },
  usage,
});
const end = { type: 'message_stop' };

const textStart = (index: number) => start(index, { type: 'text', text: '', citations: null });
const said = (index: number, it: string) => delta(index, { type: 'text_delta', text: it });
const call = (index: number, id = 't', name = 'f') => start(index, { type: 'tool_use', id, name, input: {} });
const args = (index: number, json: string) => delta(index, { type: 'input_json_delta', partial_json: json });
const thinkingStart = (index: number) => start(index, { type: 'thinking', thinking: '', signature: '' });
const thought = (index: number, it: string) => delta(index, { type: 'thinking_delta', thinking: it });
const signed = (index: number, it: string) => delta(index, { type: 'signature_delta', signature: it });
const citation = { type: 'char_location', cited_text: 'a', document_index: 0, document_title: null };
const cited = (index: number, it: unknown) => delta(index, { type: 'citations_delta', citation: it });
const searched = {
  type: 'web_search_tool_result',
  tool_use_id: 's',
  content: [{ type: 'web_search_result', url: 'u' }],
};

describe('blocks of a stream', () => {
  const use = { type: 'tool_use', id: 't', name: 'f' };
  const rows: readonly [rule: string, events: readonly unknown[], content: readonly unknown[] | undefined][] = [
    ['text', [textStart(0), said(0, 'a'), said(0, 'b'), stop(0)], [{ type: 'text', text: 'ab' }]],
    ['text of the start', [start(0, { type: 'text', text: 'a' }), said(0, 'b')], [{ type: 'text', text: 'ab' }]],
    [
      'blank text is left out',
      [textStart(0), said(0, '\n'), textStart(1), said(1, 'a')],
      [{ type: 'text', text: 'a' }],
    ],
    ['a call', [call(0), args(0, ''), args(0, '{"a"'), args(0, ':[1]}')], [{ ...use, input: { a: [1] } }]],
    ['a call without arguments', [call(0), args(0, '')], [{ ...use, input: {} }]],
    ['a call that was cut', [call(0), args(0, '{"a":')], [{ ...use, input: {} }]],
    ['arguments that are no object', [call(0), args(0, '[1]')], [{ ...use, input: {} }]],
    [
      'arguments that the start has',
      [start(0, { ...use, input: { a: 1 } }), args(0, '')],
      [{ ...use, input: { a: 1 } }],
    ],
    ['a call without id', [call(0, ''), textStart(1), said(1, 'a')], [{ type: 'text', text: 'a' }]],
    ['a call without name', [call(0, 't', ''), textStart(1), said(1, 'a')], [{ type: 'text', text: 'a' }]],
    [
      'what else a call says stays',
      [start(0, { ...use, input: {}, caller: { type: 'direct' } }), args(0, '{}')],
      [{ ...use, input: {}, caller: { type: 'direct' } }],
    ],
    [
      'signed thinking',
      [thinkingStart(0), thought(0, 'a'), thought(0, 'b'), signed(0, 's')],
      [{ type: 'thinking', thinking: 'ab', signature: 's' }],
    ],
    ['a signature alone', [thinkingStart(0), signed(0, 's')], [{ type: 'thinking', thinking: '', signature: 's' }]],
    ['unsigned thinking', [thinkingStart(0), thought(0, 'a')], [{ type: 'thinking', thinking: 'a', signature: '' }]],
    [
      'redacted thinking',
      [start(0, { type: 'redacted_thinking', data: 'AAEC' })],
      [{ type: 'redacted_thinking', data: 'AAEC' }],
    ],
    [
      'text with its sources',
      [textStart(0), cited(0, citation), said(0, 'a'), cited(0, { ...citation, document_index: 1 })],
      [{ type: 'text', text: 'a', citations: [citation, { ...citation, document_index: 1 }] }],
    ],
    [
      "a call of Anthropic's own tool and its result",
      [
        start(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
        args(0, '{"q":1}'),
        start(1, searched),
      ],
      [{ type: 'server_tool_use', id: 's', name: 'web_search', input: { q: 1 } }, searched],
    ],
    [
      'a summary of what was before',
      [
        start(0, { type: 'compaction', content: null }),
        delta(0, { type: 'compaction_delta', content: 'a', encrypted_content: 'b' }),
      ],
      [{ type: 'compaction', content: 'a', encrypted_content: 'b' }],
    ],
    [
      'blocks that are not known',
      [start(0, { type: 'later', a: 1 }), delta(0, { type: 'later_delta', a: 2 })],
      [{ type: 'later', a: 1 }],
    ],
    [
      'blocks that are mixed, in the order in which they began',
      [call(0), call(1, 'u', 'g'), args(1, '{"b":'), args(0, '{"a":1}'), args(1, '2}')],
      [
        { ...use, input: { a: 1 } },
        { type: 'tool_use', id: 'u', name: 'g', input: { b: 2 } },
      ],
    ],
    [
      'two blocks of one index',
      [textStart(0), said(0, 'a'), call(0), args(0, '{"a":1}')],
      [
        { type: 'text', text: 'a' },
        { ...use, input: { a: 1 } },
      ],
    ],
    ['a source that is none', [textStart(0), said(0, 'a'), cited(0, undefined)], [{ type: 'text', text: 'a' }]],
    ['a delta without a start', [said(0, 'a'), textStart(1), said(1, 'b')], [{ type: 'text', text: 'b' }]],
    ['an answer without content', [begin(), ended('end_turn'), end], undefined],
    ['no events', [], undefined],
    [
      'what is no event',
      [null, 1, [], { type: 'ping' }, start(0, null), start(1, { text: 'a' }), delta(0, null)],
      undefined,
    ],
  ];
  test.each(rows)('%s', (_rule, events, content) => {
    expect(built(throughJson(events)).message()).toEqual(content && { role: 'assistant', content });
  });
});

describe('how it ended', () => {
  const whole = [begin(), textStart(0), said(0, 'a'), stop(0), ended('end_turn'), end];
  const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
  const rows: readonly [
    rule: string,
    events: readonly unknown[],
    stopReason: string | undefined,
    isComplete: boolean,
  ][] = [
    ['whole', whole, 'end_turn', true],
    ['before its last event', whole.slice(0, -1), 'end_turn', false],
    ['before its end', whole.slice(0, -2), undefined, false],
    ['with an error', [...whole.slice(0, 3), error], undefined, false],
    ['with an error and a stop', [...whole.slice(0, 3), error, end], undefined, false],
    ['with a ping', [...whole, { type: 'ping' }], 'end_turn', true],
    ['for another reason', [begin(), ended('pause_turn'), end], 'pause_turn', true],
    ['for no reason', [begin(), ended(null), end], undefined, true],
    [
      'with a reason in the first event',
      [{ type: 'message_start', message: { stop_reason: 'refusal' } }],
      'refusal',
      false,
    ],
    ['before it began', [], undefined, false],
  ];
  test.each(rows)('%s', (_rule, events, stopReason, isComplete) => {
    const builder = built(events);
    expect([builder.stopReason, builder.isComplete]).toEqual([stopReason, isComplete]);
  });
});

describe('usage', () => {
  const cached = { cache_creation_input_tokens: 7, cache_creation: { ephemeral_1h_input_tokens: 3 } };
  const rows: readonly [rule: string, events: readonly unknown[], usage: object | undefined][] = [
    ['none', [textStart(0)], undefined],
    ['of the start', [begin({ input_tokens: 5, output_tokens: 1 })], { inputTokens: 5, outputTokens: 1 }],
    [
      'the end counts all output',
      [begin({ input_tokens: 5, output_tokens: 1 }), ended('end_turn')],
      { inputTokens: 5, outputTokens: 9 },
    ],
    [
      'the end knows better, and null is not known',
      [
        begin({ input_tokens: 5, ...cached }),
        ended('end_turn', { input_tokens: 6, output_tokens: 9, cache_creation_input_tokens: null }),
      ],
      { inputTokens: 6, outputTokens: 9, cacheWriteTokens: 7, cacheWriteOneHourTokens: 3 },
    ],
    [
      'of the end alone',
      [ended('end_turn', { input_tokens: 5, output_tokens: 9 })],
      { inputTokens: 5, outputTokens: 9 },
    ],
  ];
  test.each(rows)('%s', (_rule, events, usage) => {
    expect(built(events).usage).toEqual(usage);
  });
});

describe('whole answers', () => {
  const rows: readonly [rule: string, content: unknown, expected: readonly unknown[] | undefined][] = [
    [
      'blocks as they are',
      [
        { type: 'thinking', thinking: 'a', signature: 's' },
        { type: 'text', text: 'a', citations: [citation] },
        searched,
      ],
      [
        { type: 'thinking', thinking: 'a', signature: 's' },
        { type: 'text', text: 'a', citations: [citation] },
        searched,
      ],
    ],
    [
      'sources that are null are left out',
      [{ type: 'text', text: 'a', citations: null }],
      [{ type: 'text', text: 'a' }],
    ],
    [
      'blank text is left out',
      [
        { type: 'text', text: ' ' },
        { type: 'text', text: 'a' },
      ],
      [{ type: 'text', text: 'a' }],
    ],
    [
      'input that is no object',
      [{ type: 'tool_use', id: 't', name: 'f', input: '{"a"' }],
      [{ type: 'tool_use', id: 't', name: 'f', input: {} }],
    ],
    ['blocks that are none', [null, 'a', {}, { type: 1 }, { type: 'text' }], undefined],
    ['no blocks', [], undefined],
    ['no list', 'a', undefined],
  ];
  test.each(rows)('%s', (_rule, content, expected) => {
    const message = anthropicAnswerOf({ type: 'message', role: 'assistant', content });
    expect(message).toEqual(expected && { role: 'assistant', content: expected });
  });
  test.each([null, 1, 'a', [], {}])('no answer: %j', (reply) => {
    expect(anthropicAnswerOf(reply)).toBeUndefined();
  });
});

/** A block, and the events that it may have come in. */
type Drawn = { readonly block: unknown; readonly events: (index: number) => readonly unknown[] };

const citations = fc.array(fc.record({ type: fc.constant('char_location'), cited_text: fc.string() }), {
  maxLength: 2,
});
const textBlock = fc.tuple(text, cuts, citations).map(
  ([whole, places, sources]): Drawn => ({
    block: { type: 'text', text: whole, ...(sources.length === 0 ? {} : { citations: sources }) },
    events: (index) => [
      textStart(index),
      ...sources.map((it) => cited(index, it)),
      ...piecesOf(whole, places).map((piece) => said(index, piece)),
    ],
  }),
);
const callBlock = fc.tuple(fc.constantFrom('tool_use', 'server_tool_use'), fc.uuid(), input, cuts).map(
  ([type, id, value, places]): Drawn => ({
    block: { type, id, name: 'f', input: value },
    events: (index) => [
      start(index, { type, id, name: 'f', input: {} }),
      ...piecesOf(JSON.stringify(value), places).map((piece) => args(index, piece)),
    ],
  }),
);
const thinkingBlock = fc.tuple(text, cuts, fc.base64String({ minLength: 4, maxLength: 8 })).map(
  ([whole, places, signature]): Drawn => ({
    block: { type: 'thinking', thinking: whole, signature },
    events: (index) => [
      thinkingStart(index),
      ...piecesOf(whole, places).map((piece) => thought(index, piece)),
      signed(index, signature),
    ],
  }),
);
const wholeBlock = fc
  .constantFrom({ type: 'redacted_thinking', data: 'AAEC' }, searched)
  .map((block): Drawn => ({ block, events: (index) => [start(index, block)] }));
const drafts = fc.array(fc.oneof(textBlock, callBlock, thinkingBlock, wholeBlock), { minLength: 1, maxLength: 5 });
const eventsOf = (drawn: readonly Drawn[]) =>
  throughJson([
    begin(),
    ...drawn.flatMap(({ events }, index) => [...events(index), stop(index)]),
    ended('end_turn'),
    end,
  ]);

describe('any message cut into any deltas', () => {
  test('gives back the message', () => {
    fc.assert(
      fc.property(drafts, (drawn) => {
        expect(built(eventsOf(drawn)).message()?.content).toEqual(throughJson(drawn.map(({ block }) => block)));
      }),
      { seed: 6, numRuns: 300 },
    );
  });

  test.each([
    ['client', MessageStream],
    ['client for betas', BetaMessageStream],
  ])("gives what Anthropic's own %s makes of it", async (_name, Stream) => {
    await fc.assert(
      fc.asyncProperty(drafts, async (drawn) => {
        const events = eventsOf(drawn);
        const lines = new Blob([events.map((event) => `${JSON.stringify(event)}\n`).join('')]).stream();
        const theirs = throughJson(await Stream.fromReadableStream(lines).finalMessage());
        const ours = built(events);
        expect(ours.message()).toEqual(anthropicAnswerOf(theirs));
        expect(ours.message()?.content).toHaveLength(theirs.content.length);
        expect(ours.stopReason).toBe(theirs.stop_reason);
        expect(ours.usage).toMatchObject({ inputTokens: 5, outputTokens: theirs.usage.output_tokens });
      }),
      { seed: 6, numRuns: 100 },
    );
  });
});

test('any events at all give a message or none', () => {
  const types = [
    'message_start',
    'content_block_start',
    'content_block_delta',
    'message_delta',
    'error',
    'text',
    'tool_use',
  ];
  const names = [
    'type',
    'text',
    'input',
    'partial_json',
    'thinking',
    'signature',
    'citations',
    'citation',
    'usage',
    'id',
  ];
  const fields = fc.oneof(junkWith(names), fc.record({ type: fc.constantFrom(...types), input: junkWith(names) }));
  const event = fc.record({
    type: fc.constantFrom(...types),
    index: fc.constantFrom(0, 1, null),
    content_block: fields,
    delta: fields,
    message: fields,
    usage: junkWith(names),
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(junk, event), { maxLength: 6 }), fields, (events, content) => {
      const builder = built(events);
      const messages = [builder.message(), anthropicAnswerOf({ content })];
      for (const message of messages) expect(message?.content ?? [0]).not.toEqual([]);
      expect(typeof builder.stopReason).toMatch(/string|undefined/);
      expect(typeof builder.usage).toMatch(/object|undefined/);
    }),
    { seed: 6, numRuns: 500 },
  );
});
