import { GatewayError } from '@genai-gateway/core';
import type { ConverseReply, ResponsesEvent } from '@genai-gateway/protocol';
import { describe, expect, test } from 'vitest';
import { converseToResponses } from './converse-to-responses.ts';
import { echoOf } from './echo.ts';
import { type ConverseToResponsesContext, ConverseToResponsesStream } from './stream.ts';
import { eventViolations } from './test-support/response-rules.ts';

const context: ConverseToResponsesContext = {
  id: 'resp_r',
  created: 1_700_000_000,
  model: 'm',
  toolNames: new Map([['a_b', 'a.b']]),
  customTools: new Set(['patch']),
  reasoning: 'content',
  echo: echoOf({ model: 'm', input: 'i' }),
};

type Event = readonly [type: string, payload: object];
const text = (contentBlockIndex: number, said: string): Event => [
  'contentBlockDelta',
  { contentBlockIndex, delta: { text: said } },
];
const stop = (contentBlockIndex: number): Event => ['contentBlockStop', { contentBlockIndex }];
const thought = (contentBlockIndex: number, reasoningContent: object): Event => [
  'contentBlockDelta',
  { contentBlockIndex, delta: { reasoningContent } },
];
const call = (contentBlockIndex: number, name: string, type?: string): Event => [
  'contentBlockStart',
  { contentBlockIndex, start: { toolUse: { toolUseId: `id${contentBlockIndex}`, name, ...(type ? { type } : {}) } } },
];
const input = (contentBlockIndex: number, json: string): Event => [
  'contentBlockDelta',
  { contentBlockIndex, delta: { toolUse: { input: json } } },
];
const end = (stopReason: string): Event => ['messageStop', { stopReason }];
const metadata: Event = ['metadata', { usage: { inputTokens: 3, outputTokens: 2 }, serviceTier: { type: 'flex' } }];

function run(events: readonly Event[], more: Partial<ConverseToResponsesContext> = {}) {
  const stream = new ConverseToResponsesStream({ ...context, ...more });
  const out = events.flatMap(([type, payload]) => stream.push(type, payload));
  const all: readonly ResponsesEvent[] = [...out, ...stream.end()];
  expect(eventViolations(all)).toEqual([]);
  return { events: all, response: stream.response(), stream };
}

const message = (said: string, more: object = {}) => ({
  type: 'message',
  status: 'completed',
  content: [{ type: 'output_text', text: said, annotations: [] }],
  ...more,
});

describe('items', () => {
  test.each<[rule: string, events: readonly Event[], output: readonly object[], more?: object]>([
    [
      'blocks of text that follow each other are one message',
      [text(0, 'a'), stop(0), text(1, 'b'), stop(1), end('end_turn')],
      [message('ab')],
    ],
    ['blocks without their end', [text(0, 'a'), text(1, 'b'), end('end_turn')], [message('ab')]],
    [
      'text behind a call is another message',
      [text(0, 'a'), stop(0), call(1, 'f'), input(1, '{}'), stop(1), text(2, 'b'), stop(2), end('tool_use')],
      [message('a'), { type: 'function_call', id: 'fc_r_1', call_id: 'id1', name: 'f', arguments: '{}' }, message('b')],
    ],
    [
      'calls have the caller’s names',
      [call(0, 'a_b'), input(0, '{"x":1}'), stop(0), end('tool_use')],
      [{ name: 'a.b', arguments: '{"x":1}' }],
    ],
    ['a call without arguments', [call(0, 'f'), stop(0), end('tool_use')], [{ name: 'f', arguments: '{}' }]],
    [
      'calls whose pieces come mixed',
      [
        call(0, 'f'),
        call(1, 'g'),
        input(1, '{"b"'),
        input(0, '{}'),
        input(1, ':1}'),
        stop(0),
        stop(1),
        end('tool_use'),
      ],
      [
        { name: 'f', arguments: '{}' },
        { name: 'g', arguments: '{"b":1}' },
      ],
    ],
    [
      'what the provider ran itself is not the caller’s',
      [
        call(0, 'web', 'server_tool_use'),
        input(0, '{}'),
        stop(0),
        ['contentBlockStart', { contentBlockIndex: 1, start: { toolResult: { toolUseId: 'x' } } }],
        stop(1),
        text(2, 'a'),
        end('end_turn'),
      ],
      [message('a')],
    ],
    [
      'a custom call has its text',
      [call(0, 'patch'), input(0, '{"input":"a\\n'), input(0, 'b"}'), stop(0), end('tool_use')],
      [{ type: 'custom_tool_call', id: 'ctc_r_0', input: 'a\nb' }],
    ],
    [
      'a custom call with other arguments has those',
      [call(0, 'patch'), input(0, '{"x":1}'), stop(0), end('tool_use')],
      [{ type: 'custom_tool_call', input: '{"x":1}' }],
    ],
    ['an empty answer', [end('end_turn')], []],
    ['text of nothing is no message', [text(0, ''), stop(0), end('end_turn')], []],
    [
      'unknown events and fields give nothing',
      [
        ['surprise', { contentBlockIndex: 0 }],
        ['contentBlockDelta', { contentBlockIndex: 0, delta: { hologram: {} } }],
        ['contentBlockDelta', {}],
        text(0, 'a'),
        end('end_turn'),
      ],
      [message('a')],
    ],
    ['what comes after the stop gives nothing', [text(0, 'a'), end('end_turn'), text(0, 'b'), stop(0)], [message('a')]],
    ['an unknown stop reason ends the answer', [text(0, 'a'), end('brand_new')], [message('a')]],
  ])('%s', (_, events, output) => {
    const { response } = run([['messageStart', { role: 'assistant' }], ...events, metadata]);
    expect(response.output).toHaveLength(output.length);
    expect(response.output).toMatchObject(output);
    expect(response).toMatchObject({ status: 'completed', usage: { total_tokens: 5 }, service_tier: 'flex' });
  });
});

describe('reasoning', () => {
  const signed = [thought(0, { text: 'a' }), thought(0, { text: 'b' }), thought(0, { signature: 's' }), stop(0)];
  const encrypted = (block: object) => JSON.stringify([block]);
  const whole = encrypted({ type: 'thinking', thinking: 'ab', signature: 's' });
  test.each<[rule: string, form: 'summary' | 'content', events: readonly Event[], item: object]>([
    [
      'as content',
      'content',
      signed,
      { summary: [], content: [{ type: 'reasoning_text', text: 'ab' }], encrypted_content: whole },
    ],
    ['as a summary', 'summary', signed, { summary: [{ type: 'summary_text', text: 'ab' }], encrypted_content: whole }],
    ['without a signature', 'content', [thought(0, { text: 'a' }), stop(0)], { summary: [], content: [{ text: 'a' }] }],
    [
      'a signature alone',
      'content',
      [thought(0, { signature: 's' }), stop(0)],
      { summary: [], encrypted_content: encrypted({ type: 'thinking', thinking: '', signature: 's' }) },
    ],
    [
      'redacted, in pieces that are base64 each',
      'summary',
      [thought(0, { redactedContent: 'YQ==' }), thought(0, { redactedContent: 'Yg==' }), stop(0)],
      { summary: [], encrypted_content: encrypted({ type: 'redacted_thinking', data: 'YWI=' }) },
    ],
  ])('%s', (_, reasoning, events, item) => {
    const { response } = run([...events, text(1, 'x'), stop(1), end('end_turn')], { reasoning });
    expect(response.output).toMatchObject([{ type: 'reasoning', status: 'completed', ...item }, message('x')]);
    const [made] = response.output;
    expect(Object.keys(made ?? {}).sort()).toEqual(['id', 'type', 'status', ...Object.keys(item)].sort());
  });

  test('each block is an item', () => {
    const { response } = run([...signed, thought(1, { redactedContent: 'YQ==' }), stop(1), end('end_turn')]);
    expect(response.output.map(({ id }) => id)).toEqual(['rs_r_0', 'rs_r_1']);
  });
});

describe('an answer that is the input of a tool', () => {
  const jsonTool = 'j';
  test.each<[rule: string, events: readonly Event[], said: string]>([
    ['is its text', [call(0, 'j'), input(0, '{"a"'), input(0, ':1}'), stop(0), end('tool_use')], '{"a":1}'],
    ['without input is an empty object', [call(0, 'j'), stop(0), end('tool_use')], '{}'],
    [
      'has no text before it',
      [text(0, 'Here: '), stop(0), call(1, 'j'), input(1, '{}'), stop(1), end('tool_use')],
      '{}',
    ],
    [
      'is the first of two',
      [call(0, 'j'), input(0, '{"a":1}'), stop(0), call(1, 'j'), input(1, '{}'), stop(1), end('tool_use')],
      '{"a":1}',
    ],
    ['may be text after all', [text(0, '{"a"'), text(0, ':1}'), stop(0), end('end_turn')], '{"a":1}'],
  ])('%s', (_, events, said) => {
    expect(run(events, { jsonTool }).response.output).toMatchObject([message(said)]);
  });

  test('may come beside thinking and a call', () => {
    const events = [
      thought(0, { text: 't' }),
      stop(0),
      call(1, 'j'),
      input(1, '{}'),
      stop(1),
      call(2, 'f'),
      stop(2),
      end('tool_use'),
    ];
    expect(run(events, { jsonTool }).response.output.map(({ type }) => type)).toEqual([
      'reasoning',
      'message',
      'function_call',
    ]);
  });
});

describe('the end', () => {
  test.each([
    ['max_tokens', 'incomplete', { reason: 'max_output_tokens' }],
    ['model_context_window_exceeded', 'incomplete', { reason: 'max_output_tokens' }],
    ['guardrail_intervened', 'incomplete', { reason: 'content_filter' }],
    ['content_filtered', 'incomplete', { reason: 'content_filter' }],
    ['refusal', 'incomplete', { reason: 'content_filter' }],
    ['end_turn', 'completed', null],
    ['stop_sequence', 'completed', null],
    ['tool_use', 'completed', null],
  ])('%s is %s', (stopReason, status, incomplete_details) => {
    const events = [call(0, 'f'), input(0, '{}'), stop(0), text(1, 'a'), stop(1), end(stopReason), metadata];
    const { response, events: told } = run(events);
    expect(response).toMatchObject({ status, incomplete_details });
    expect(told.at(-1)?.type).toBe(`response.${status}`);
    expect(response.output.map((item) => item.status)).toEqual(['completed', status]);
  });

  test('a call that was cut keeps the arguments that came', () => {
    const { response } = run([call(0, 'f'), input(0, '{"a'), end('max_tokens')]);
    expect(response.output).toMatchObject([{ status: 'incomplete', arguments: '{"a' }]);
  });

  test('usage that was not reported is null', () => {
    expect(run([text(0, 'a'), end('end_turn')]).response.usage).toBeNull();
  });

  test('usage tells the cached part, and what was thought where that is counted', () => {
    const usage = { inputTokens: 3, outputTokens: 9, cacheReadInputTokens: 5, cacheWriteInputTokens: 7 };
    const fields = { usage: { output_tokens_details: { thinking_tokens: 4 } } };
    const ended: Event = ['messageStop', { stopReason: 'end_turn', additionalModelResponseFields: fields }];
    expect(run([text(0, 'a'), ended, ['metadata', { usage }]]).response.usage).toEqual({
      input_tokens: 15,
      input_tokens_details: { cached_tokens: 5, cache_write_tokens: 7 },
      output_tokens: 9,
      output_tokens_details: { reasoning_tokens: 4 },
      total_tokens: 24,
    });
  });

  test.each<[rule: string, events: readonly Event[], code: string]>([
    ['no stop', [text(0, 'a'), stop(0)], 'upstream-cut'],
    ['nothing at all', [], 'upstream-cut'],
    ['malformed output', [text(0, 'a'), end('malformed_model_output')], 'upstream-model-error'],
    ['arguments without their call', [input(0, '{}')], 'upstream-failed'],
    [
      'a call without a name',
      [['contentBlockStart', { contentBlockIndex: 0, start: { toolUse: {} } }]],
      'upstream-failed',
    ],
    ['a stop without its reason', [['messageStop', {}]], 'upstream-failed'],
  ])('%s is an error', (_, events, code) => {
    expect(() => run(events)).toThrow(expect.objectContaining({ code }));
  });

  test('a stream that fails says so, twice: as OpenAI documents it, and as its libraries look for it', () => {
    const stream = new ConverseToResponsesStream(context);
    const error = { type: 'rate_limit_error', code: 'rate_limit_exceeded', message: 'Slow.', param: null };
    const events = [...stream.push(...text(0, 'a')), ...stream.fail(error)];
    expect(eventViolations(events)).toEqual([]);
    expect(events.slice(-2)).toMatchObject([
      { type: 'error', message: 'Slow.', code: 'rate_limit_exceeded', error },
      {
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'rate_limit_exceeded', message: 'Slow.' } },
      },
    ]);
  });

  test.each([
    ['invalid_request_error', 'invalid_prompt'],
    ['api_error', 'server_error'],
  ])('an error of type %s has the code %s', (type, code) => {
    const events = new ConverseToResponsesStream(context).fail({ type, code: 'x', message: 'm', param: null });
    expect(events.at(-1)).toMatchObject({ response: { error: { code } } });
  });
});

describe('sources', () => {
  const cite = (contentBlockIndex: number, citation: object): Event => [
    'contentBlockDelta',
    { contentBlockIndex, delta: { citation } },
  ];
  const web = { title: 'T', location: { web: { url: 'https://x.test' } } };
  test.each<[rule: string, citation: object, annotations: readonly object[]]>([
    ['an address', web, [{ type: 'url_citation', url: 'https://x.test', title: 'T', start_index: 1, end_index: 3 }]],
    [
      'a document',
      { title: 'D', location: { documentChar: { documentIndex: 1, start: 0, end: 5 } } },
      [{ type: 'file_citation', file_id: 'document-1', filename: 'D', index: 1 }],
    ],
    [
      'a piece of the first document',
      { location: { documentChunk: { start: 0 } } },
      [{ type: 'file_citation', file_id: 'document-0', filename: '', index: 0 }],
    ],
    ['what has no place', { title: 'N' }, []],
  ])('%s', (_, citation, annotations) => {
    const { response } = run([
      text(0, '😀'),
      stop(0),
      text(1, 'ab'),
      cite(1, citation),
      stop(1),
      text(2, 'c'),
      end('end_turn'),
    ]);
    expect(response.output).toMatchObject([{ content: [{ text: '😀abc', annotations }] }]);
  });

  test('a source may come before its text', () => {
    const { response } = run([cite(0, web), text(0, 'ab'), stop(0), end('end_turn')]);
    expect(response.output).toMatchObject([{ content: [{ annotations: [{ start_index: 0, end_index: 2 }] }] }]);
  });
});

describe('a whole answer', () => {
  test.each<[what: string, reply: unknown]>([
    ['no answer', {}],
    ['content that is no list', { output: { message: { content: 'x' } }, stopReason: 'end_turn' }],
    ['no stop reason', { output: { message: { content: [] } } }],
  ])('%s is refused', (_, reply) => {
    expect(() => converseToResponses(reply as ConverseReply, context)).toThrow(
      expect.objectContaining({ code: 'upstream-failed' }),
    );
    expect(() => converseToResponses(reply as ConverseReply, context)).toThrow(GatewayError);
  });

  test('blocks of all kinds, and some of none', () => {
    const content = [null, 'x', { video: {} }, { text: 'a' }, { toolUse: { toolUseId: '1', name: 'f' } }];
    const reply = { output: { message: { role: 'assistant', content } }, stopReason: 'tool_use' };
    expect(converseToResponses(reply as unknown as ConverseReply, context).output).toMatchObject([
      message('a'),
      { type: 'function_call', arguments: '{}' },
    ]);
  });
});
