import type { OpenaiChunk } from '@genai-gateway/protocol';
import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { ConverseToOpenaiStream } from './stream.ts';
import { type ConverseEvent, joinChunks } from './test-support/fold.ts';

function newStream(includeUsage = false, more: object = {}): ConverseToOpenaiStream {
  const toolNames = new Map([['a_b_1', 'a.b']]);
  return new ConverseToOpenaiStream({ id: 'c', created: 1, model: 'm', includeUsage, toolNames, ...more });
}

const start: ConverseEvent = ['messageStart', { role: 'assistant' }];
const delta = (index: number, value: object): ConverseEvent => [
  'contentBlockDelta',
  { contentBlockIndex: index, delta: value },
];
const text = (value: string, index = 0) => delta(index, { text: value });
const call = (index: number, id: string, name = 'f'): ConverseEvent => [
  'contentBlockStart',
  { contentBlockIndex: index, start: { toolUse: { toolUseId: id, name } } },
];
const input = (index: number, value: string) => delta(index, { toolUse: { input: value } });
const stop = (index: number): ConverseEvent => ['contentBlockStop', { contentBlockIndex: index }];
const end = (stopReason = 'end_turn'): ConverseEvent => ['messageStop', { stopReason }];
const metadata: ConverseEvent = ['metadata', { usage: { inputTokens: 3, outputTokens: 2 } }];

const thought = (index: number, value: string) => delta(index, { reasoningContent: { text: value } });
const signature = (index: number, value: string) => delta(index, { reasoningContent: { signature: value } });
const thinking = (index: number, text: string, signed: string) => ({
  thinking_blocks: [{ index, type: 'thinking', thinking: text, signature: signed }],
});
const web = { title: 't', location: { web: { url: 'https://a.example/b' } } };
const cite = (index: number, citation: object) => delta(index, { citation });
const annotation = (start_index: number, end_index: number) => ({
  type: 'url_citation',
  url_citation: { url: 'https://a.example/b', title: 't', start_index, end_index },
});

function pushAll(stream: ConverseToOpenaiStream, events: readonly ConverseEvent[]): OpenaiChunk[] {
  return events.flatMap(([type, payload]) => [...stream.push(type, payload)]);
}
function run(events: readonly ConverseEvent[], includeUsage = false, more: object = {}): OpenaiChunk[] {
  const stream = newStream(includeUsage, more);
  return [...pushAll(stream, events), ...stream.end()];
}
/** The choices in short: the delta, or the finish reason. */
const brief = (chunks: readonly OpenaiChunk[]) =>
  chunks.map((chunk) => chunk.choices[0]?.finish_reason ?? chunk.choices[0]?.delta ?? chunk.usage);

describe('chunks', () => {
  const role = { role: 'assistant', content: '' };
  const begun = (index: number, id: string, name = 'f') => ({
    tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }],
  });
  const args = (index: number, json: string) => ({ tool_calls: [{ index, function: { arguments: json } }] });
  const rows: readonly [rule: string, events: readonly ConverseEvent[], expected: readonly unknown[]][] = [
    [
      'text',
      [start, text('a'), text('b'), stop(0), end(), metadata],
      [role, { content: 'a' }, { content: 'b' }, 'stop'],
    ],
    ['empty text is no chunk', [start, text(''), text('a'), end()], [role, { content: 'a' }, 'stop']],
    [
      'no messageStart: the first chunk has the role',
      [text('a'), text('b'), end()],
      [{ role: 'assistant', content: 'a' }, { content: 'b' }, 'stop'],
    ],
    ['a second messageStart is nothing', [start, start, end()], [role, 'stop']],
    [
      'reasoning',
      [start, delta(0, { reasoningContent: { text: 'x' } }), stop(0), text('a', 1), end()],
      [role, { reasoning_content: 'x' }, { content: 'a' }, 'stop'],
    ],
    [
      'signed reasoning is a block at its end, whole',
      [start, thought(0, 'x'), thought(0, 'y'), signature(0, 's'), stop(0), text('a', 1), stop(1), end()],
      [role, { reasoning_content: 'x' }, { reasoning_content: 'y' }, thinking(0, 'xy', 's'), { content: 'a' }, 'stop'],
    ],
    [
      'several blocks have their own index, which accumulators need',
      [start, signature(0, 's'), stop(0), delta(1, { reasoningContent: { redactedContent: 'AAEC' } }), stop(1), end()],
      [
        role,
        thinking(0, '', 's'),
        { thinking_blocks: [{ index: 1, type: 'redacted_thinking', data: 'AAEC' }] },
        'stop',
      ],
    ],
    [
      'redacted reasoning in pieces is joined by its bytes',
      [
        start,
        delta(0, { reasoningContent: { redactedContent: 'AA==' } }),
        delta(0, { reasoningContent: { redactedContent: 'AQI=' } }),
        stop(0),
        end(),
      ],
      [role, { thinking_blocks: [{ index: 0, type: 'redacted_thinking', data: 'AAEC' }] }, 'stop'],
    ],
    [
      'signed reasoning without its stop',
      [start, thought(0, 'x'), signature(0, 's'), text('a', 1), end()],
      [role, { reasoning_content: 'x' }, { content: 'a' }, thinking(0, 'x', 's'), 'stop'],
    ],
    [
      'sources come all at once, with their places in the whole text',
      [
        start,
        text('😀a'),
        stop(0),
        text('b', 1),
        cite(1, web),
        text('c', 1),
        stop(1),
        text('d', 2),
        cite(2, web),
        end(),
      ],
      [
        role,
        { content: '😀a' },
        { content: 'b' },
        { content: 'c' },
        { content: 'd' },
        {
          annotations: [annotation(2, 4), annotation(4, 5)],
          provider_specific_fields: {
            citationsContent: [
              { content: [{ text: 'bc' }], citations: [web] },
              { content: [{ text: 'd' }], citations: [web] },
            ],
          },
        },
        'stop',
      ],
    ],
    [
      'a document has no address',
      [start, text('a'), cite(0, { title: 'a.pdf', location: { documentChar: { start: 0, end: 3 } } }), stop(0), end()],
      [
        role,
        { content: 'a' },
        {
          provider_specific_fields: {
            citationsContent: [
              {
                content: [{ text: 'a' }],
                citations: [{ title: 'a.pdf', location: { documentChar: { start: 0, end: 3 } } }],
              },
            ],
          },
        },
        'stop',
      ],
    ],
    [
      'a picture comes whole',
      [
        start,
        ['contentBlockStart', { contentBlockIndex: 0, start: { image: { format: 'jpeg' } } }],
        delta(0, { image: { source: { bytes: 'AA==' } } }),
        delta(0, { image: { source: { bytes: 'AQI=' } } }),
        delta(0, { image: { error: { message: 'no' } } }),
        stop(0),
        stop(0),
        end(),
      ],
      [role, { images: [{ type: 'image_url', image_url: { url: 'data:image/jpeg;base64,AAEC' }, index: 0 }] }, 'stop'],
    ],
    [
      'a picture without bytes is none',
      [start, ['contentBlockStart', { contentBlockIndex: 0, start: { image: { format: 'jpeg' } } }], stop(0), end()],
      [role, 'stop'],
    ],
    [
      'what a tool of the provider did is not told',
      [
        start,
        [
          'contentBlockStart',
          { contentBlockIndex: 0, start: { toolUse: { toolUseId: 't', name: 'f', type: 'server_tool_use' } } },
        ],
        input(0, '{}'),
        stop(0),
        ['contentBlockStart', { contentBlockIndex: 1, start: { toolResult: { toolUseId: 't' } } }],
        delta(1, { toolResult: [{ json: {} }] }),
        stop(1),
        call(2, 'u'),
        stop(2),
        end('tool_use'),
      ],
      [role, begun(0, 'u'), args(0, '{}'), 'tool_calls'],
    ],
    [
      'a turn that ended with a call is for the caller',
      [start, call(0, 't'), input(0, '{}'), stop(0), end()],
      [role, begun(0, 't'), args(0, '{}'), 'tool_calls'],
    ],
    [
      'a stop for a tool without a call is an end',
      [start, text('a'), end('tool_use')],
      [role, { content: 'a' }, 'stop'],
    ],
    [
      'fields of the model that were asked for',
      [
        start,
        [
          'messageStop',
          { stopReason: 'stop_sequence', additionalModelResponseFields: { stop_sequence: 'END', usage: {} } },
        ],
      ],
      [role, { provider_specific_fields: { additionalModelResponseFields: { stop_sequence: 'END' } } }, 'stop'],
    ],
    [
      'id and name of a call come once',
      [start, call(0, 't'), input(0, '{"a"'), input(0, ':1}'), stop(0), end('tool_use')],
      [role, begun(0, 't'), args(0, '{"a"'), args(0, ':1}'), 'tool_calls'],
    ],
    [
      'the index counts calls and not blocks',
      [start, text('a'), call(3, 't'), input(3, '{}'), call(7, 'u'), input(7, '{}'), end('tool_use')],
      [role, { content: 'a' }, begun(0, 't'), args(0, '{}'), begun(1, 'u'), args(1, '{}'), 'tool_calls'],
    ],
    [
      'calls that are mixed stay apart',
      [start, call(0, 't'), call(1, 'u'), input(1, '{'), input(0, '{'), input(1, '}'), input(0, '}'), end('tool_use')],
      [role, begun(0, 't'), begun(1, 'u'), args(1, '{'), args(0, '{'), args(1, '}'), args(0, '}'), 'tool_calls'],
    ],
    [
      'no input is {}',
      [start, call(0, 't'), input(0, ''), stop(0), end('tool_use')],
      [role, begun(0, 't'), args(0, '{}'), 'tool_calls'],
    ],
    [
      'no input and no stop is {} too',
      [start, call(0, 't'), end('tool_use')],
      [role, begun(0, 't'), args(0, '{}'), 'tool_calls'],
    ],
    [
      'the start of a call twice is one',
      [start, call(0, 't'), call(0, 't'), input(0, '{}'), end('tool_use')],
      [role, begun(0, 't'), args(0, '{}'), 'tool_calls'],
    ],
    [
      "a changed tool name is the caller's again",
      [start, call(0, 't', 'a_b_1'), input(0, '{}'), end('tool_use')],
      [role, begun(0, 't', 'a.b'), args(0, '{}'), 'tool_calls'],
    ],
    [
      'the start of a text block is nothing',
      [start, ['contentBlockStart', { contentBlockIndex: 0, start: {} }], text('a'), end()],
      [role, { content: 'a' }, 'stop'],
    ],
    [
      'unknown events and deltas are nothing',
      [start, ['heartbeat', {}], ['constructor', {}], delta(0, { hologram: 1 }), ['contentBlockDelta', {}], end()],
      [role, 'stop'],
    ],
    [
      'nothing comes after the end',
      [start, end(), text('late'), call(1, 't'), end('max_tokens'), start],
      [role, 'stop'],
    ],
    ['an answer without content', [start, end('content_filtered'), metadata], [role, 'content_filter']],
    ['an unknown stop reason is an end', [start, end('pause_turn')], [role, 'stop']],
  ];
  test.each(rows)('%s', (_rule, events, expected) => {
    expect(brief(run(events))).toStrictEqual(expected);
  });

  test('every chunk carries the context', () => {
    for (const chunk of run([start, text('a'), end(), metadata], true)) {
      expect(chunk).toMatchObject({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' });
    }
  });
});

describe('the tool whose input is the answer', () => {
  const rows: readonly [rule: string, events: readonly ConverseEvent[], content: string, finish: string][] = [
    ['its input is the content', [call(0, 't', 'j'), input(0, '{"a"'), input(0, ':1}'), stop(0)], '{"a":1}', 'stop'],
    ['no input is {}', [call(0, 't', 'j'), stop(0)], '{}', 'stop'],
    ['text before and after is left out', [text('a'), call(1, 't', 'j'), input(1, '{}'), text('b', 2)], '{}', 'stop'],
    ['twice is once', [call(0, 't', 'j'), input(0, '{}'), call(1, 'u', 'j'), input(1, '{}')], '{}', 'stop'],
    ["beside the caller's own tool", [call(0, 't', 'j'), input(0, '{}'), call(1, 'u'), stop(1)], '{}', 'tool_calls'],
    ['where it is not called, text is text', [text('a'), text('b')], 'ab', 'stop'],
  ];
  test.each(rows)('%s', (_rule, events, content, finish) => {
    const joined = joinChunks(run([start, ...events, end('tool_use'), metadata], false, { jsonTool: 'j' }));
    expect([joined.content, joined.finishes]).toEqual([content, [finish]]);
    expect(joined.toolCalls.map(({ name }) => name)).toEqual(finish === 'tool_calls' ? ['f'] : []);
  });
  test('cut off it is not the end', () => {
    const chunks = run([start, call(0, 't', 'j'), input(0, '{"a'), end('max_tokens')], false, { jsonTool: 'j' });
    expect(brief(chunks).at(-1)).toBe('length');
  });
});

describe('how it was served', () => {
  const served: ConverseEvent = [
    'metadata',
    {
      usage: { inputTokens: 3, outputTokens: 2 },
      serviceTier: { type: 'reserved' },
      trace: { guardrail: { modelOutput: [] }, promptRouter: {} },
    },
  ];
  test('is on the chunk with the finish reason, and the tier on the last one too', () => {
    const [finish, usage] = run([start, end(), served], true, { showsTrace: true }).slice(-2);
    expect(finish).toMatchObject({ service_tier: 'scale', trace: { guardrail: { modelOutput: [] } } });
    expect(usage).toMatchObject({ choices: [], service_tier: 'scale' });
    expect(usage).not.toHaveProperty('trace');
  });
  test('the trace is for those who asked for it', () => {
    for (const chunk of run([start, end(), served], true)) expect(chunk).not.toHaveProperty('trace');
  });
  test('what the model counted of its thinking is in the usage', () => {
    const counted: ConverseEvent = [
      'messageStop',
      {
        stopReason: 'end_turn',
        additionalModelResponseFields: { usage: { output_tokens_details: { thinking_tokens: 1 } } },
      },
    ];
    expect(run([start, counted, metadata], true).at(-1)?.usage?.completion_tokens_details).toEqual({
      reasoning_tokens: 1,
    });
  });
});

describe('usage', () => {
  const counts = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  test.each([
    ['comes last, without choices, when asked for', [start, end(), metadata], true, ['stop', counts]],
    ['comes last also when metadata came early', [start, metadata, end()], true, ['stop', counts]],
    ['does not come when not asked for', [start, end(), metadata], false, ['stop']],
    ['does not come when not reported', [start, end()], true, ['stop']],
  ])('%s', (_rule, events, includeUsage, expected) => {
    const chunks = run(events, includeUsage);
    expect(brief(chunks).slice(1)).toEqual(expected);
    for (const chunk of chunks) expect(chunk.choices).toHaveLength(chunk.usage === undefined ? 1 : 0);
  });

  test('is there for the settlement, asked for or not', () => {
    const stream = newStream();
    pushAll(stream, [start, end('max_tokens')]);
    expect(stream.usage).toBeUndefined();
    expect(stream.stopReason).toBe('max_tokens');
    pushAll(stream, [metadata, ['metadata', {}]]);
    expect(stream.usage).toEqual({ inputTokens: 3, outputTokens: 2 });
  });
});

describe('failures', () => {
  test.each([
    ['an end without messageStop', [start, text('a')], 'upstream-cut undefined'],
    ['nothing at all', [], 'upstream-cut undefined'],
    ['malformed tool use', [start, end('malformed_tool_use')], 'upstream-model-error undefined'],
    ['malformed output', [start, end('malformed_model_output')], 'upstream-model-error undefined'],
    ['arguments of a call that never began', [start, input(0, '{}')], 'upstream-failed undefined'],
    [
      'a call without name',
      [start, ['contentBlockStart', { contentBlockIndex: 0, start: { toolUse: { toolUseId: 't' } } }]],
      'upstream-failed undefined',
    ],
    ['messageStop without reason', [start, ['messageStop', {}]], 'upstream-failed undefined'],
  ] as readonly [string, readonly ConverseEvent[], string][])('%s', (_rule, events, expected) => {
    expect(refusal(() => run(events))).toBe(expected);
  });

  test.each([undefined, null, 'text', 1, []])('a payload that is %j is nothing', (payload) => {
    for (const type of ['messageStart', 'contentBlockDelta', 'messageStop', 'metadata']) {
      expect(newStream().push(type, payload)).toEqual([]);
    }
  });

  test('the usage is kept when the model output was malformed', () => {
    const stream = newStream();
    expect(refusal(() => pushAll(stream, [start, end('malformed_tool_use')]))).toContain('upstream-model-error');
    pushAll(stream, [metadata]);
    expect(stream.usage).toEqual({ inputTokens: 3, outputTokens: 2 });
    expect(stream.stopReason).toBe('malformed_tool_use');
  });
});

test('two streams share nothing', () => {
  const [one, two] = [newStream(), newStream()];
  pushAll(one, [start, call(0, 't'), end('tool_use')]);
  expect(joinChunks(pushAll(two, [start, call(0, 'u'), end('tool_use')])).toolCalls).toEqual([
    { id: 'u', name: 'f', input: {} },
  ]);
});
