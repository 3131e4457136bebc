import type { ConverseEvent } from '@genai-gateway/protocol';
import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { OpenaiToConverseStream } from './stream.ts';
import { joinEvents } from './test-support/join-events.ts';
import { IMAGES } from './test-support/translate.ts';

const newStream = () => new OpenaiToConverseStream({ requestId: 'req-1' });

const chunk = (delta: object, finishReason: string | null = null, fields: object = {}) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: finishReason }],
  ...fields,
});
const text = (content: string) => chunk({ content });
const thought = (reasoning: string) => chunk({ reasoning_content: reasoning });
const thinking = (...blocks: object[]) => chunk({ reasoning_content: 'repeated', thinking_blocks: blocks });
const call = (index: unknown, id: unknown, name: unknown, args: unknown = '') =>
  chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: args } }] });
const args = (index: unknown, json: string) => chunk({ tool_calls: [{ index, function: { arguments: json } }] });
const cited = (title: string) => chunk({ provider_specific_fields: { citation: { type: 'new', title } } });
const address = { type: 'url_citation', url_citation: { url: 'b' } };
const end = (reason = 'stop') => chunk({}, reason);
const usageChunk = (usage: unknown) => chunk({}, null, { usage });

function pushAll(stream: OpenaiToConverseStream, chunks: readonly unknown[]): ConverseEvent[] {
  return chunks.flatMap((it) => [...stream.push(JSON.parse(JSON.stringify(it)))]);
}
function run(chunks: readonly unknown[]): ConverseEvent[] {
  const stream = newStream();
  return [...pushAll(stream, chunks), ...stream.end(12)];
}

/** Events in short: `0 start t f`, `0 "a"`, `0 stop`, `end_turn`; the message's start and the metadata left out. */
function brief(events: readonly ConverseEvent[]): string[] {
  return events.map(inShort).filter((line) => line !== '');
}

function inShort(event: ConverseEvent): string {
  switch (event.type) {
    case 'messageStart':
    case 'metadata':
      return '';
    case 'contentBlockStart': {
      const { toolUse, image } = event.payload.start;
      const what = toolUse === undefined ? `image ${image?.format}` : `${toolUse.toolUseId} ${toolUse.name}`;
      return `${event.payload.contentBlockIndex} start ${what}`;
    }
    case 'contentBlockDelta': {
      const { text: plain, toolUse, reasoningContent, image, citation } = event.payload.delta;
      const said = plain ?? toolUse?.input ?? image?.source.bytes ?? reasoningContent ?? citation;
      return `${event.payload.contentBlockIndex} ${JSON.stringify(said)}`;
    }
    case 'contentBlockStop':
      return `${event.payload.contentBlockIndex} stop`;
    case 'messageStop':
      return event.payload.stopReason;
  }
}

describe('events', () => {
  const role = chunk({ role: 'assistant', content: '' });
  const rows: readonly [rule: string, chunks: readonly unknown[], expected: readonly string[]][] = [
    ['text', [role, text('a'), text('b'), end()], ['0 "a"', '0 "b"', '0 stop', 'end_turn']],
    [
      'text in parts',
      [role, chunk({ content: [{ type: 'text', text: 'a' }] }), end()],
      ['0 "a"', '0 stop', 'end_turn'],
    ],
    ['an answer without content', [role, end()], ['end_turn']],
    ['the end with the last text', [chunk({ content: 'a' }, 'length')], ['0 "a"', '0 stop', 'max_tokens']],
    [
      'a source after its text; what comes then is another block',
      [text('a'), cited('T'), cited('U'), text('b'), end()],
      ['0 "a"', '0 {"title":"T"}', '0 {"title":"U"}', '0 stop', '1 "b"', '1 stop', 'end_turn'],
    ],
    [
      'sources at the end',
      [text('a'), chunk({ annotations: [address] }, 'stop')],
      ['0 "a"', '0 {"source":"b","location":{"web":{"url":"b"}}}', '0 stop', 'end_turn'],
    ],
    [
      'a source without text before it',
      [call(0, 't', 'f', '{}'), cited('T'), end()],
      ['0 start t f', '0 "{}"', '0 stop', '1 {"title":"T"}', '1 stop', 'tool_use'],
    ],
    [
      'a call',
      [call(0, 't', 'f'), args(0, '{"a"'), args(0, ':1}'), end('tool_calls')],
      ['0 start t f', '0 "{\\"a\\""', '0 ":1}"', '0 stop', 'tool_use'],
    ],
    [
      'a call in one chunk',
      [call(0, 't', 'f', '{}'), end('tool_calls')],
      ['0 start t f', '0 "{}"', '0 stop', 'tool_use'],
    ],
    ['no arguments are {}', [call(0, 't', 'f'), end('tool_calls')], ['0 start t f', '0 "{}"', '0 stop', 'tool_use']],
    [
      'blank arguments are {}',
      [call(0, 't', 'f', ' '), args(0, '\n'), end('tool_calls')],
      ['0 start t f', '0 "{}"', '0 stop', 'tool_use'],
    ],
    [
      'arguments that are null are {}',
      [call(0, 't', 'f', null), end('tool_calls')],
      ['0 start t f', '0 "{}"', '0 stop', 'tool_use'],
    ],
    [
      'text stops before a call',
      [text('a'), call(0, 't', 'f', '{}'), end('tool_calls')],
      ['0 "a"', '0 stop', '1 start t f', '1 "{}"', '1 stop', 'tool_use'],
    ],
    [
      'calls one after the other go out as they come',
      [call(0, 't', 'f', '{"a":'), args(0, '1}'), call(1, 'u', 'g', '{}'), end('tool_calls')],
      ['0 start t f', '0 "{\\"a\\":"', '0 "1}"', '0 stop', '1 start u g', '1 "{}"', '1 stop', 'tool_use'],
    ],
    [
      'calls in one chunk',
      [
        chunk({
          tool_calls: [
            { index: 0, id: 't', function: { name: 'f', arguments: '{}' } },
            { index: 1, id: 'u', function: { name: 'g', arguments: '{}' } },
          ],
        }),
        end(),
      ],
      ['0 start t f', '0 "{}"', '0 stop', '1 start u g', '1 "{}"', '1 stop', 'tool_use'],
    ],
    [
      'calls that are mixed wait for their turn',
      [
        call(0, 't', 'f'),
        call(1, 'u', 'g'),
        args(1, '{"b":'),
        args(0, '{'),
        args(1, '2}'),
        args(0, '}'),
        end('tool_calls'),
      ],
      ['0 start t f', '0 "{"', '0 "}"', '0 stop', '1 start u g', '1 "{\\"b\\":"', '1 "2}"', '1 stop', 'tool_use'],
    ],
    [
      'a call without arguments before others lasts to the end',
      [call(0, 't', 'f'), call(1, 'u', 'g', '{'), args(1, '}'), end('tool_calls')],
      ['0 start t f', '0 "{}"', '0 stop', '1 start u g', '1 "{"', '1 "}"', '1 stop', 'tool_use'],
    ],
    [
      'text within a call waits for its end',
      [call(0, 't', 'f', '{'), text('a'), text('b'), args(0, '}'), text('c'), end()],
      ['0 start t f', '0 "{"', '0 "}"', '0 stop', '1 "a"', '1 "b"', '1 "c"', '1 stop', 'tool_use'],
    ],
    [
      'a brace in a text does not end arguments',
      [call(0, 't', 'f', '{"a":"}\\"'), call(1, 'u', 'g', '{}'), args(0, '}"}'), end()],
      ['0 start t f', '0 "{\\"a\\":\\"}\\\\\\""', '0 "}\\"}"', '0 stop', '1 start u g', '1 "{}"', '1 stop', 'tool_use'],
    ],
    [
      'space after arguments is nothing',
      [call(0, 't', 'f', '{}'), call(1, 'u', 'g', '{}'), args(0, '\n'), end()],
      ['0 start t f', '0 "{}"', '0 stop', '1 start u g', '1 "{}"', '1 stop', 'tool_use'],
    ],
    [
      'a call without id gets one',
      [call(0, null, 'f', '{}'), call(1, undefined, 'g', '{}'), end()],
      ['0 start call_req-1_0 f', '0 "{}"', '0 stop', '1 start call_req-1_1 g', '1 "{}"', '1 stop', 'tool_use'],
    ],
    [
      'id and name with every piece',
      [call(0, 't', 'f', '{'), call(0, 't', 'f', '}'), end()],
      ['0 start t f', '0 "{"', '0 "}"', '0 stop', 'tool_use'],
    ],
    [
      'a new id at the same index is a new call',
      [call(0, 't', 'f', '{}'), call(0, 'u', 'g', '{}'), end()],
      ['0 start t f', '0 "{}"', '0 stop', '1 start u g', '1 "{}"', '1 stop', 'tool_use'],
    ],
    [
      'no index is the place in the list',
      [
        chunk({
          tool_calls: [
            { id: 't', function: { name: 'f', arguments: '{}' } },
            { id: 'u', function: { name: 'g' } },
          ],
        }),
        end(),
      ],
      ['0 start t f', '0 "{}"', '0 stop', '1 start u g', '1 "{}"', '1 stop', 'tool_use'],
    ],
    [
      'a name that comes late',
      [call(0, 't', undefined, '{'), call(0, undefined, 'f', '}'), end()],
      ['0 start t f', '0 "{"', '0 "}"', '0 stop', 'tool_use'],
    ],
    [
      'reasoning',
      [thought('x'), thought('y'), text('a'), end()],
      ['0 {"text":"x"}', '0 {"text":"y"}', '0 stop', '1 "a"', '1 stop', 'end_turn'],
    ],
    [
      'signed reasoning',
      [
        thinking({ type: 'thinking', thinking: 'x' }),
        thinking({ type: 'thinking', thinking: '', signature: 's' }),
        text('a'),
        end(),
      ],
      ['0 {"text":"x"}', '0 {"signature":"s"}', '0 stop', '1 "a"', '1 stop', 'end_turn'],
    ],
    [
      'text after a signature is another block',
      [
        thinking({ type: 'thinking', thinking: 'x', signature: 's' }),
        thinking({ type: 'thinking', thinking: 'y', signature: 't' }),
        end(),
      ],
      [
        '0 {"text":"x"}',
        '0 {"signature":"s"}',
        '0 stop',
        '1 {"text":"y"}',
        '1 {"signature":"t"}',
        '1 stop',
        'end_turn',
      ],
    ],
    [
      'signatures alone',
      [
        thinking({ type: 'thinking', thinking: '', signature: 's' }),
        thinking({ type: 'thinking', thinking: '', signature: 't' }),
        end(),
      ],
      ['0 {"signature":"s"}', '0 stop', '1 {"signature":"t"}', '1 stop', 'end_turn'],
    ],
    [
      'a signature alone',
      [thinking({ type: 'thinking', thinking: '', signature: 's' }), end()],
      ['0 {"signature":"s"}', '0 stop', 'end_turn'],
    ],
    [
      'redacted reasoning has blocks of its own',
      [
        thought('x'),
        thinking({ type: 'redacted_thinking', data: 'AAEC' }, { type: 'redacted_thinking', data: 'AAED' }),
        end(),
      ],
      [
        '0 {"text":"x"}',
        '0 stop',
        '1 {"redactedContent":"AAEC"}',
        '1 stop',
        '2 {"redactedContent":"AAED"}',
        '2 stop',
        'end_turn',
      ],
    ],
    [
      'reasoning between calls',
      [call(0, 't', 'f', '{}'), thought('x'), call(1, 'u', 'g', '{}'), end()],
      ['0 start t f', '0 "{}"', '0 stop', '1 {"text":"x"}', '1 stop', '2 start u g', '2 "{}"', '2 stop', 'tool_use'],
    ],
    [
      'an image',
      [text('a'), chunk({ images: [{ image_url: { url: `data:image/png;base64,${IMAGES.png}` } }] }), end()],
      ['0 "a"', '0 stop', '1 start image png', `1 "${IMAGES.png}"`, '1 stop', 'end_turn'],
    ],
    [
      'a refusal is text',
      [chunk({ refusal: 'N' }), chunk({ refusal: 'o' }), end()],
      ['0 "N"', '0 "o"', '0 stop', 'content_filtered'],
    ],
    [
      'calls after which the model merely stops',
      [call(0, 't', 'f', '{}'), end('stop')],
      ['0 start t f', '0 "{}"', '0 stop', 'tool_use'],
    ],
    [
      'arguments that are no JSON',
      [call(0, 't', 'f', '{"a"'), end('tool_calls')],
      ['0 start t f', '0 "{\\"a\\""', '0 stop', 'malformed_tool_use'],
    ],
    [
      'arguments that are no object',
      [call(0, 't', 'f', 'null'), end('tool_calls')],
      ['0 start t f', '0 "null"', '0 stop', 'malformed_tool_use'],
    ],
    [
      'two objects as arguments',
      [call(0, 't', 'f', '{}'), args(0, '{}'), end('tool_calls')],
      ['0 start t f', '0 "{}"', '0 "{}"', '0 stop', 'malformed_tool_use'],
    ],
    [
      'more arguments after the call has stopped',
      [call(0, 't', 'f', '{}'), text('a'), args(0, '{}'), end('tool_calls')],
      ['0 start t f', '0 "{}"', '0 stop', '1 "a"', '1 stop', 'malformed_tool_use'],
    ],
    [
      'arguments that were cut',
      [call(0, 't', 'f', '{"a"'), end('length')],
      ['0 start t f', '0 "{\\"a\\""', '0 stop', 'max_tokens'],
    ],
    ['an unknown finish reason stays', [text('a'), end('pondering')], ['0 "a"', '0 stop', 'pondering']],
    [
      'a native reason',
      [
        text('a'),
        {
          choices: [
            {
              index: 0,
              delta: {},
              finish_reason: 'stop',
              provider_specific_fields: { native_finish_reason: 'stop_sequence' },
            },
          ],
        },
      ],
      ['0 "a"', '0 stop', 'stop_sequence'],
    ],
    [
      'nothing comes after the end',
      [text('a'), end(), text('late'), call(0, 't', 'f'), end('length')],
      ['0 "a"', '0 stop', 'end_turn'],
    ],
    [
      'other choices are nothing',
      [text('a'), { choices: [{ index: 1, delta: { content: 'b' }, finish_reason: 'stop' }] }, end()],
      ['0 "a"', '0 stop', 'end_turn'],
    ],
    [
      'what is unknown is nothing',
      [
        null,
        'x',
        [],
        {},
        { choices: [] },
        { choices: [null] },
        chunk({ hologram: 1, tool_calls: [null, 1] }),
        { choices: [{ delta: null }] },
        end(),
      ],
      ['end_turn'],
    ],
    [
      'empty pieces are nothing',
      [
        chunk({ content: '', reasoning_content: '', thinking_blocks: [], refusal: '', tool_calls: [], images: [] }),
        chunk({ content: null, tool_calls: null }),
        end(),
      ],
      ['end_turn'],
    ],
    [
      'what LiteLLM says of its fallbacks is nothing',
      [{ id: 'litellm-fallback-metadata', choices: [], litellm_fallback: {} }, text('a'), end()],
      ['0 "a"', '0 stop', 'end_turn'],
    ],
  ];
  test.each(rows)('%s', (_rule, chunks, expected) => {
    const events = run(chunks);
    expect(brief(events)).toStrictEqual(expected);
    expect(joinEvents(events).violations).toEqual([]);
  });

  test('every answer starts once and ends with its metadata', () => {
    const events = run([role, text('a'), end(), usageChunk({ prompt_tokens: 3, completion_tokens: 2 })]);
    expect(events[0]).toStrictEqual({ type: 'messageStart', payload: { role: 'assistant' } });
    expect(events.at(-1)).toStrictEqual({
      type: 'metadata',
      payload: { usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 }, metrics: { latencyMs: 12 } },
    });
  });

  test('pieces go out at once where they can', () => {
    const stream = newStream();
    expect(brief(stream.push(text('a')))).toEqual(['0 "a"']);
    expect(brief(stream.push(call(0, 't', 'f', '{')))).toEqual(['0 stop', '1 start t f', '1 "{"']);
    expect(brief(stream.push(args(0, '}')))).toEqual(['1 "}"']);
    expect(brief(stream.push(call(1, 'u', 'g')))).toEqual(['1 stop', '2 start u g']);
  });
});

describe('usage', () => {
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  const counts = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };
  test.each<[rule: string, chunks: readonly unknown[], expected: object]>([
    ['after the end, with a choice, as LiteLLM sends it', [text('a'), end(), usageChunk(usage)], counts],
    ['after the end, without choices, as OpenAI sends it', [text('a'), end(), { choices: [], usage }], counts],
    ['with the end', [text('a'), chunk({}, 'stop', { usage })], counts],
    [
      'with every chunk: the last counts',
      [
        chunk({ content: 'a' }, null, { usage: { prompt_tokens: 3, completion_tokens: 1 } }),
        chunk({}, 'stop', { usage }),
      ],
      counts,
    ],
    ['null is none', [text('a'), chunk({}, 'stop', { usage: null })], {}],
    ['never', [text('a'), end()], {}],
    [
      'the zeros of LiteLLM',
      [text('a'), end(), usageChunk({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 })],
      {},
    ],
  ])('%s', (_rule, chunks, expected) => {
    expect(run(chunks).at(-1)?.payload).toMatchObject({ usage: expected });
    expect(joinEvents(run(chunks)).reply.usage).toStrictEqual(expected);
  });

  test('is there for the settlement of a stream that broke', () => {
    const stream = newStream();
    pushAll(stream, [chunk({ content: 'a' }, null, { usage })]);
    expect(refusal(() => stream.end(1))).toBe('upstream-cut undefined');
    expect(stream.usage).toEqual({ inputTokens: 3, outputTokens: 2 });
    expect([stream.stopReason, stream.finishReason]).toEqual([undefined, undefined]);
  });
});

test('the raw finish reason stays beside the stop reason', () => {
  const stream = newStream();
  pushAll(stream, [call(0, 't', 'f', '{}'), end('stop')]);
  expect([stream.stopReason, stream.finishReason]).toEqual(['tool_use', 'stop']);
});

describe('failures', () => {
  const error = { message: 'litellm.RateLimitError: slow', type: null, param: null, code: '429' };
  test.each<[rule: string, chunks: readonly unknown[], expected: string]>([
    ['nothing at all', [], 'upstream-cut'],
    ['an end without finish reason', [text('a')], 'upstream-cut'],
    ['an empty finish reason', [text('a'), end('')], 'upstream-cut'],
    ['only usage', [usageChunk({ prompt_tokens: 1 })], 'upstream-cut'],
    ['an error within the stream', [text('a'), { error }], 'upstream-throttled'],
    ['an error first', [{ error }], 'upstream-throttled'],
    ['an error after the end', [text('a'), end(), { error }], 'upstream-throttled'],
    ['an error of no kind', [text('a'), { error: 'boom' }], 'upstream-failed'],
    ['a provider that failed', [text('a'), end('error')], 'upstream-model-error'],
    ['a call that never got a name', [call(0, 't', undefined, '{}'), end('tool_calls')], 'upstream-failed'],
  ])('%s', (_rule, chunks, expected) => {
    expect(refusal(() => run(chunks))).toBe(`${expected} undefined`);
  });

  test('an error that is null is none', () => {
    expect(brief(run([{ ...text('a'), error: null }, end()]))).toEqual(['0 "a"', '0 stop', 'end_turn']);
  });
});

test('two streams share nothing', () => {
  const [one, two] = [newStream(), newStream()];
  pushAll(one, [text('a'), call(0, 't', 'f', '{')]);
  expect(brief(pushAll(two, [call(0, 'u', 'f', '{}'), end()]))).toEqual([
    '0 start u f',
    '0 "{}"',
    '0 stop',
    'tool_use',
  ]);
});

test('how it was served, and what was asked for of the answer', () => {
  const stream = new OpenaiToConverseStream({
    requestId: 'req-1',
    responseFieldPaths: ['/stop_reason', '/none', '/id'],
  });
  const last = { ...chunk({}, 'stop', { service_tier: 'flex' }) };
  const choice = { index: 0, delta: {}, finish_reason: 'stop', provider_specific_fields: { stop_reason: '###' } };
  const events = [...pushAll(stream, [text('a'), { ...last, choices: [choice] }, usageChunk(null)]), ...stream.end(12)];
  expect(events.slice(-2).map(({ payload }) => payload)).toStrictEqual([
    { stopReason: 'end_turn', additionalModelResponseFields: { stop_reason: '###', id: 'c' } },
    { usage: {}, metrics: { latencyMs: 12 }, serviceTier: { type: 'flex' } },
  ]);
});
