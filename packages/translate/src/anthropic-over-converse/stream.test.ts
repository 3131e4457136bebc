import type { AnthropicStreamEvent, ConverseReply } from '@genai-gateway/protocol';
import { describe, expect, test } from 'vitest';
import { type ConverseEvent, eventsToReply } from '../openai-over-converse/test-support/fold.ts';
import { refusal } from '../test-support/refusal.ts';
import { converseToAnthropic } from './converse-to-anthropic.ts';
import { ConverseToAnthropicStream } from './stream.ts';
import { sdkMessage } from './test-support/sdk-message.ts';
import { streamViolations } from './test-support/stream-rules.ts';

const context = { id: 'msg_1', model: 'm', toolNames: new Map([['a_b_1', 'a.b']]) };
const jsonTool = { jsonTool: 'json_answer' };

const start: ConverseEvent = ['messageStart', { role: 'assistant' }];
const delta = (index: number, value: object): ConverseEvent => [
  'contentBlockDelta',
  { contentBlockIndex: index, delta: value },
];
const text = (value: string, index = 0) => delta(index, { text: value });
const begin = (index: number, value: object): ConverseEvent => [
  'contentBlockStart',
  { contentBlockIndex: index, start: value },
];
const call = (index: number, id: string, name = 'f', more: object = {}) =>
  begin(index, { toolUse: { toolUseId: id, name, ...more } });
const input = (index: number, value: string) => delta(index, { toolUse: { input: value } });
const stop = (index: number): ConverseEvent => ['contentBlockStop', { contentBlockIndex: index }];
const end = (stopReason = 'end_turn'): ConverseEvent => ['messageStop', { stopReason }];
const metadata: ConverseEvent = ['metadata', { usage: { inputTokens: 3, outputTokens: 2 } }];
const thought = (index: number, value: object) => delta(index, { reasoningContent: value });
const page = { documentPage: { documentIndex: 1, start: 2, end: 3 } };
const cite = (index: number, location: object = page) =>
  delta(index, { citation: { title: 'T', sourceContent: [{ text: 'so' }], location } });
const cited = {
  type: 'page_location',
  cited_text: 'so',
  document_index: 1,
  document_title: 'T',
  file_id: null,
  start_page_number: 2,
  end_page_number: 3,
};

function run(events: readonly ConverseEvent[], more: object = {}): AnthropicStreamEvent[] {
  const stream = new ConverseToAnthropicStream({ ...context, ...more });
  return [...events.flatMap(([type, payload]) => [...stream.push(type, payload)]), ...stream.end()];
}

/** The events between start and end in short: block and what begins, comes or stops there. */
function brief(events: readonly AnthropicStreamEvent[]): unknown[] {
  return events.flatMap((event): unknown[] => {
    switch (event.type) {
      case 'content_block_start':
        return [[event.index, event.content_block]];
      case 'content_block_delta': {
        const { type: _type, ...said } = event.delta;
        return [[event.index, said]];
      }
      case 'content_block_stop':
        return [[event.index, 'stop']];
      default:
        return [];
    }
  });
}

const textBlock = { type: 'text', text: '', citations: null };
const thinkingBlock = { type: 'thinking', thinking: '', signature: '' };
const toolBlock = (id: string, name = 'f') => ({ type: 'tool_use', id, name, input: {} });

const rows: readonly [rule: string, events: readonly ConverseEvent[], expected: readonly unknown[], more?: object][] = [
  [
    'text',
    [start, text('a'), text('b'), stop(0), end(), metadata],
    [
      [0, textBlock],
      [0, { text: 'a' }],
      [0, { text: 'b' }],
      [0, 'stop'],
    ],
  ],
  ['empty text begins no block', [start, text(''), stop(0), end()], []],
  [
    'no messageStart and no contentBlockStop',
    [text('a'), end()],
    [
      [0, textBlock],
      [0, { text: 'a' }],
      [0, 'stop'],
    ],
  ],
  ['a second messageStart is nothing', [start, start, end()], []],
  ['no content at all', [end()], []],
  [
    'a signature comes at the end and whole, because the SDKs join none',
    [
      start,
      thought(0, { text: 'x' }),
      thought(0, { signature: 's1' }),
      thought(0, { signature: 's2' }),
      stop(0),
      end(),
    ],
    [
      [0, thinkingBlock],
      [0, { thinking: 'x' }],
      [0, { signature: 's1s2' }],
      [0, 'stop'],
    ],
  ],
  [
    'a signature without text',
    [start, thought(0, { signature: 's' }), stop(0), end()],
    [
      [0, thinkingBlock],
      [0, { signature: 's' }],
      [0, 'stop'],
    ],
  ],
  [
    'thinking without a signature has an empty one',
    [start, thought(0, { text: 'x' }), stop(0), text('a', 1), stop(1), end()],
    [
      [0, thinkingBlock],
      [0, { thinking: 'x' }],
      [0, 'stop'],
      [1, textBlock],
      [1, { text: 'a' }],
      [1, 'stop'],
    ],
  ],
  [
    'redacted thinking is one block, its pieces joined as bytes',
    [start, thought(0, { redactedContent: 'AQ==' }), thought(0, { redactedContent: 'Ag==' }), stop(0), end()],
    [
      [0, { type: 'redacted_thinking', data: 'AQI=' }],
      [0, 'stop'],
    ],
  ],
  [
    'thinking and text under one index are two blocks',
    [start, thought(0, { text: 'x' }), text('a', 0), stop(0), end()],
    [
      [0, thinkingBlock],
      [0, { thinking: 'x' }],
      [0, 'stop'],
      [1, textBlock],
      [1, { text: 'a' }],
      [1, 'stop'],
    ],
  ],
  [
    'a call, with the caller’s own name for the tool',
    [start, call(0, 'tooluse_1', 'a_b_1'), input(0, '{"a"'), input(0, ''), input(0, ':1}'), stop(0), end('tool_use')],
    [
      [0, toolBlock('tooluse_1', 'a.b')],
      [0, { partial_json: '{"a"' }],
      [0, { partial_json: ':1}' }],
      [0, 'stop'],
    ],
  ],
  [
    'a call without input',
    [start, call(0, '1'), stop(0), end('tool_use')],
    [
      [0, toolBlock('1')],
      [0, 'stop'],
    ],
  ],
  [
    'three calls, the blocks counted without gaps',
    [start, text('', 0), stop(0), call(1, '1'), stop(1), call(2, '2'), stop(2), call(5, '3'), end('tool_use')],
    [
      [0, toolBlock('1')],
      [0, 'stop'],
      [1, toolBlock('2')],
      [1, 'stop'],
      [2, toolBlock('3')],
      [2, 'stop'],
    ],
  ],
  [
    'calls of the provider are not the caller’s, nor their results',
    [
      start,
      call(0, '1', 'nova_grounding', { type: 'server_tool_use' }),
      input(0, '{}'),
      stop(0),
      begin(1, { toolResult: { toolUseId: '1' } }),
      delta(1, { toolResult: [{ text: 'r' }] }),
      stop(1),
      text('a', 2),
      stop(2),
      end(),
    ],
    [
      [0, textBlock],
      [0, { text: 'a' }],
      [0, 'stop'],
    ],
  ],
  [
    'text with its source',
    [start, text('a'), cite(0), stop(0), end()],
    [
      [0, textBlock],
      [0, { text: 'a' }],
      [0, { citation: cited }],
      [0, 'stop'],
    ],
  ],
  [
    'a source without a place is none',
    [start, text('a'), delta(0, { citation: { title: 'T' } }), stop(0), end()],
    [
      [0, textBlock],
      [0, { text: 'a' }],
      [0, 'stop'],
    ],
  ],
  [
    'JSON by a tool is text',
    [start, call(0, '1', 'json_answer'), input(0, '{"a":'), input(0, '1}'), stop(0), end('tool_use')],
    [
      [0, textBlock],
      [0, { text: '{"a":' }],
      [0, { text: '1}' }],
      [0, 'stop'],
    ],
    jsonTool,
  ],
  [
    'words beside JSON by a tool are left out, for callers parse each text',
    [
      start,
      text('Here '),
      stop(0),
      call(1, '1', 'json_answer'),
      input(1, '{}'),
      stop(1),
      text('!', 2),
      end('tool_use'),
    ],
    [
      [0, textBlock],
      [0, { text: '{}' }],
      [0, 'stop'],
    ],
    jsonTool,
  ],
  [
    'of two answers in JSON by a tool the first is the answer',
    [
      ...[start, call(0, '1', 'json_answer'), input(0, '{"a":1}'), stop(0)],
      ...[call(1, '2', 'json_answer'), input(1, '{}'), stop(1), end('tool_use')],
    ],
    [
      [0, textBlock],
      [0, { text: '{"a":1}' }],
      [0, 'stop'],
    ],
    jsonTool,
  ],
  [
    'words of a model that does not call the tool for JSON are the answer',
    [start, text('I '), text('cannot.'), stop(0), end()],
    [
      [0, textBlock],
      [0, { text: 'I cannot.' }],
      [0, 'stop'],
    ],
    jsonTool,
  ],
  [
    'empty JSON by a tool is text',
    [start, call(0, '1', 'json_answer'), stop(0), end('tool_use')],
    [
      [0, textBlock],
      [0, { text: '{}' }],
      [0, 'stop'],
    ],
    jsonTool,
  ],
  [
    'an image that the model made is named',
    [start, begin(0, { image: { format: 'png' } }), delta(0, { image: { source: { bytes: 'AQ==' } } }), stop(0), end()],
    [
      [0, textBlock],
      [0, { text: '[An image that cannot be shown here]' }],
      [0, 'stop'],
    ],
  ],
  [
    'what is unknown is nothing',
    [start, ['somethingNew', {}], delta(0, { somethingNew: {} }), text('a'), end(), text('b'), ['x', {}]],
    [
      [0, textBlock],
      [0, { text: 'a' }],
      [0, 'stop'],
    ],
  ],
  [
    'calls that come at the same time',
    [
      start,
      call(0, '1'),
      call(1, '2'),
      input(0, '{"a"'),
      input(1, '{"b"'),
      input(0, ':1}'),
      stop(0),
      input(1, ':2}'),
      stop(1),
      end('tool_use'),
    ],
    [
      [0, toolBlock('1')],
      [1, toolBlock('2')],
      [0, { partial_json: '{"a"' }],
      [1, { partial_json: '{"b"' }],
      [0, { partial_json: ':1}' }],
      [0, 'stop'],
      [1, { partial_json: ':2}' }],
      [1, 'stop'],
    ],
  ],
  [
    'a second start of one block is nothing',
    [start, call(0, '1'), call(0, '2'), stop(0), end('tool_use')],
    [
      [0, toolBlock('1')],
      [0, 'stop'],
    ],
  ],
];

describe('blocks', () => {
  test.each(rows)('%s', async (_rule, events, expected, more) => {
    const answer = run(events, more);
    expect(brief(answer)).toEqual(expected);
    expect(streamViolations(answer)).toEqual([]);
    await expect(sdkMessage(answer)).resolves.toMatchObject({ role: 'assistant' });
  });
});

describe('begin and end', () => {
  test('the message starts empty', () => {
    expect(run([start, end()])[0]).toEqual({
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'm',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        stop_details: null,
        usage: expect.objectContaining({ input_tokens: 0, output_tokens: 0 }),
      },
    });
  });

  test('it starts as soon as the upstream does', () => {
    const stream = new ConverseToAnthropicStream(context);
    expect(stream.push('messageStart', { role: 'assistant' })).toMatchObject([{ type: 'message_start' }]);
    expect(stream.push('messageStart', { role: 'assistant' })).toEqual([]);
  });

  test('stop reason and usage come together, though the upstream tells them apart', () => {
    const stream = new ConverseToAnthropicStream(context);
    for (const [type, payload] of [start, text('a'), end('max_tokens')]) stream.push(type, payload);
    expect(stream.usage).toBeUndefined();
    const cached = { inputTokens: 3, outputTokens: 2, cacheReadInputTokens: 5, cacheWriteInputTokens: 0 };
    expect(stream.push('metadata', { usage: cached, serviceTier: { type: 'priority' } })).toEqual([]);
    expect([stream.stopReason, stream.usage]).toMatchObject(['max_tokens', { inputTokens: 3 }]);
    expect(stream.end()).toMatchObject([
      {
        type: 'message_delta',
        delta: { stop_reason: 'max_tokens', stop_sequence: null, stop_details: null },
        usage: { input_tokens: 3, output_tokens: 2, cache_read_input_tokens: 5, service_tier: 'priority' },
      },
      { type: 'message_stop' },
    ]);
  });

  test('the sequence that ended it', () => {
    const stream = new ConverseToAnthropicStream({ ...context, stopSequences: ['X', 'Y'] });
    stream.push('messageStop', {
      stopReason: 'stop_sequence',
      additionalModelResponseFields: { stop_sequence: 'Y' },
    });
    expect(stream.end()[1]).toMatchObject({ delta: { stop_reason: 'stop_sequence', stop_sequence: 'Y' } });
  });

  test.each<[rule: string, events: readonly ConverseEvent[], expected: string]>([
    ['no messageStop', [start, text('a'), stop(0), metadata], 'upstream-cut undefined'],
    ['nothing at all', [], 'upstream-cut undefined'],
    ['malformed output', [start, end('malformed_tool_use')], 'upstream-model-error undefined'],
    ['a call without a name', [begin(0, { toolUse: { toolUseId: '1' } })], 'upstream-failed undefined'],
    ['input without a call', [input(0, '{}')], 'upstream-failed undefined'],
    ['messageStop without a reason', [['messageStop', {}]], 'upstream-failed undefined'],
  ])('an error: %s', (_rule, events, expected) => {
    expect(refusal(() => run(events))).toBe(expected);
  });

  test('malformed output is told at the end, when the usage is known', () => {
    const stream = new ConverseToAnthropicStream(context);
    for (const [type, payload] of [start, end('malformed_model_output'), metadata]) stream.push(type, payload);
    expect(stream.usage).toEqual({ inputTokens: 3, outputTokens: 2 });
    expect(refusal(() => stream.end())).toBe('upstream-model-error undefined');
  });
});

test.each<[rule: string, events: readonly ConverseEvent[], more?: object]>([
  ['text', [start, text('a'), text('b'), stop(0), end(), metadata]],
  [
    'all kinds',
    [
      start,
      thought(0, { text: 'x' }),
      thought(0, { signature: 's' }),
      stop(0),
      text('a', 1),
      cite(1),
      cite(1, { web: { url: 'https://a.example' } }),
      stop(1),
      call(2, '1', 'a_b_1'),
      input(2, '{"a":1}'),
      stop(2),
      call(3, '2'),
      stop(3),
      end('tool_use'),
      metadata,
    ],
  ],
  [
    'JSON by a tool',
    [start, call(0, '1', 'json_answer'), input(0, '{"a":1}'), stop(0), end('tool_use'), metadata],
    jsonTool,
  ],
])('the SDK makes the whole answer of the events: %s', async (_rule, events, more) => {
  const reply: ConverseReply = eventsToReply(events);
  const whole = converseToAnthropic(reply, { ...context, ...more });
  expect(await sdkMessage(run(events, more))).toEqual({ ...whole, usage: expect.anything() });
});
