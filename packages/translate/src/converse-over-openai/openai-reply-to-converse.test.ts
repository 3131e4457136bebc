import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { openaiReplyToConverse } from './openai-reply-to-converse.ts';
import { isKnownFinishReason } from './stop-reasons.ts';
import { IMAGES } from './test-support/translate.ts';

const context = { requestId: 'req-1', latencyMs: 12 };

function completion(message: object, fields: object = {}, finishReason = 'stop', choice: object = {}): unknown {
  const choices = [{ index: 0, finish_reason: finishReason, message: { role: 'assistant', ...message }, ...choice }];
  return JSON.parse(JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, ...fields }));
}
const reply = (...args: Parameters<typeof completion>) => openaiReplyToConverse(completion(...args), context);
const contentOf = (message: object) => reply(message).output.message?.content;

const call = (id: unknown, args: unknown, name: unknown = 'f') => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});
const toolUse = (toolUseId: string, input: unknown, name = 'f') => ({ toolUse: { toolUseId, name, input } });
const thinking = (text: string, signature?: string) => ({ type: 'thinking', thinking: text, signature });
const thought = (text: string, signature?: string) => ({
  reasoningContent: { reasoningText: signature === undefined ? { text } : { text, signature } },
});

test('a whole answer', () => {
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  expect(reply({ content: 'Hi' }, { usage })).toStrictEqual({
    output: { message: { role: 'assistant', content: [{ text: 'Hi' }] } },
    stopReason: 'end_turn',
    usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
    metrics: { latencyMs: 12 },
  });
});

describe('content', () => {
  test.each<[rule: string, message: object, expected: unknown[]]>([
    ['nothing', { content: null }, []],
    ['an empty text is no block', { content: '' }, []],
    [
      'a text in parts',
      { content: [{ type: 'text', text: 'a' }, { type: 'other' }, 'x', { type: 'text', text: 'b' }] },
      [{ text: 'ab' }],
    ],
    ['a call', { content: null, tool_calls: [call('t', '{"a":[1]}')] }, [toolUse('t', { a: [1] })]],
    [
      'text comes before calls',
      { content: 'a', tool_calls: [call('t', '{}'), call('u', '{"b":1}')] },
      [{ text: 'a' }, toolUse('t', {}), toolUse('u', { b: 1 })],
    ],
    [
      'no arguments are {}',
      { tool_calls: [call('t', ''), call('u', undefined), call('v', ' ')] },
      [toolUse('t', {}), toolUse('u', {}), toolUse('v', {})],
    ],
    ['arguments that are no JSON stay as they are', { tool_calls: [call('t', '{"a":')] }, [toolUse('t', '{"a":')]],
    [
      'arguments that are no object too',
      { tool_calls: [call('t', '[1]'), call('u', 'null')] },
      [toolUse('t', '[1]'), toolUse('u', 'null')],
    ],
    [
      'a call without id gets one',
      { tool_calls: [call('t', '{}'), call(null, '{}'), call('', '{}')] },
      [toolUse('t', {}), toolUse('call_req-1_1', {}), toolUse('call_req-1_2', {})],
    ],
    [
      'an id of any length stays',
      { tool_calls: [call(`c__thought__${'+/'.repeat(99)}`, '{}')] },
      [toolUse(`c__thought__${'+/'.repeat(99)}`, {})],
    ],
    ['no calls', { content: 'a', tool_calls: [] }, [{ text: 'a' }]],
    ['calls that are null', { content: 'a', tool_calls: null }, [{ text: 'a' }]],
    ['reasoning without signature', { content: 'a', reasoning_content: 'x' }, [thought('x'), { text: 'a' }]],
    ['empty reasoning is no block', { content: 'a', reasoning_content: '' }, [{ text: 'a' }]],
    [
      'signed reasoning, which reasoning_content repeats',
      { content: 'a', reasoning_content: 'xy', thinking_blocks: [thinking('x', 's'), thinking('y', 't')] },
      [thought('x', 's'), thought('y', 't'), { text: 'a' }],
    ],
    [
      'signatures alone',
      { thinking_blocks: [thinking('', 's'), thinking('', 't')] },
      [thought('', 's'), thought('', 't')],
    ],
    ['a signature alone', { thinking_blocks: [thinking('', 's')] }, [thought('', 's')]],
    [
      'redacted reasoning',
      { thinking_blocks: [thinking('x', 's'), { type: 'redacted_thinking', data: 'AAEC' }, thinking('y')] },
      [thought('x', 's'), { reasoningContent: { redactedContent: 'AAEC' } }, thought('y')],
    ],
    [
      'thinking that nobody can read is none',
      { content: 'a', thinking_blocks: [null, 1, { type: 'redacted_thinking' }, {}] },
      [{ text: 'a' }],
    ],
    ['a refusal is text', { content: null, refusal: 'No.' }, [{ text: 'No.' }]],
    [
      'images',
      { content: 'a', images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${IMAGES.jpeg}` } }] },
      [{ text: 'a' }, { image: { format: 'jpeg', source: { bytes: IMAGES.jpeg } } }],
    ],
    [
      'images elsewhere or of other kinds are left out',
      {
        content: 'a',
        images: [
          null,
          { image_url: { url: 'https://x.test/a.png' } },
          { image_url: { url: 'data:image/tiff;base64,AAAA' } },
          { image_url: { url: 'data:,a' } },
        ],
      },
      [{ text: 'a' }],
    ],
  ])('%s', (_rule, message, expected) => {
    expect(contentOf(message)).toStrictEqual(expected);
  });
});

describe('stop reasons', () => {
  const withCall = { tool_calls: [call('t', '{}')] };
  const broken = { tool_calls: [call('t', '{}'), call('u', '{"a"')] };
  const native = (reason: unknown) => ({ provider_specific_fields: { native_finish_reason: reason } });
  test.each<[rule: string, finishReason: string, message: object, expected: string, choice?: object]>([
    ['stop', 'stop', { content: 'a' }, 'end_turn'],
    ['eos', 'eos', { content: 'a' }, 'end_turn'],
    ['length', 'length', { content: 'a' }, 'max_tokens'],
    ['tool_calls', 'tool_calls', withCall, 'tool_use'],
    ['function_call', 'function_call', withCall, 'tool_use'],
    ['content_filter', 'content_filter', {}, 'content_filtered'],
    ['guardrail_intervened', 'guardrail_intervened', {}, 'guardrail_intervened'],
    ['malformed_function_call', 'malformed_function_call', {}, 'malformed_tool_use'],
    ['calls after which the model merely stops', 'stop', withCall, 'tool_use'],
    ['calls that were cut', 'length', broken, 'max_tokens'],
    ['calls that were filtered', 'content_filter', withCall, 'content_filtered'],
    ['a call with wrong arguments', 'tool_calls', broken, 'malformed_tool_use'],
    ['a call with wrong arguments, stopped', 'stop', broken, 'malformed_tool_use'],
    ['a refusal', 'stop', { refusal: 'No.' }, 'content_filtered'],
    ['a stop sequence', 'stop', { content: 'a' }, 'stop_sequence', native('stop_sequence')],
    [
      'a full context window',
      'stop',
      { content: 'a' },
      'model_context_window_exceeded',
      native('model_context_window_exceeded'),
    ],
    ['a call that Gemini could not form', 'stop', {}, 'malformed_tool_use', native('MALFORMED_FUNCTION_CALL')],
    ['a native reason that says nothing more', 'stop', { content: 'a' }, 'end_turn', native('end_turn')],
    ['a native reason does not outdo another', 'length', { content: 'a' }, 'max_tokens', native('stop_sequence')],
    ['a native reason that is no text', 'stop', { content: 'a' }, 'end_turn', native(7)],
    ['one that nobody knows stays', 'pondering', { content: 'a' }, 'pondering'],
    ['one of the prototype too', 'constructor', { content: 'a' }, 'constructor'],
  ])('%s', (_rule, finishReason, message, expected, choice = {}) => {
    expect(reply(message, {}, finishReason, choice).stopReason).toBe(expected);
  });

  test.each([
    ['error', {}],
    ['stop', native('error')],
    ['stop', native('ERROR')],
    ['stop', native('network_error')],
  ])('a provider that failed: %s %j', (finishReason, choice) => {
    expect(refusal(() => reply({ content: 'half' }, {}, finishReason, choice))).toBe('upstream-model-error undefined');
  });

  test.each([
    ['stop', true],
    ['length', true],
    ['error', true],
    ['pondering', false],
    ['constructor', false],
    ['', false],
  ])('whether "%s" is known', (finishReason, isKnown) => {
    expect(isKnownFinishReason(finishReason)).toBe(isKnown);
  });
});

describe('usage', () => {
  test.each<[rule: string, usage: unknown, expected: object]>([
    [
      'the total counts the cache, inputTokens does not',
      {
        prompt_tokens: 123,
        completion_tokens: 2,
        prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 20 },
      },
      { inputTokens: 3, outputTokens: 2, totalTokens: 125, cacheReadInputTokens: 100, cacheWriteInputTokens: 20 },
    ],
    ['0 is 0', { prompt_tokens: 3, completion_tokens: 0 }, { inputTokens: 3, outputTokens: 0, totalTokens: 3 }],
    ['half reported has no total', { prompt_tokens: 3 }, { inputTokens: 3 }],
    ['not reported is empty', undefined, {}],
    ['the zeros of LiteLLM are not reported', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, {}],
  ])('%s', (_rule, usage, expected) => {
    expect(reply({}, { usage }).usage).toStrictEqual(expected);
  });
});

describe('what is no chat completion', () => {
  test.each<[rule: string, body: unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'Hi'],
    ['a list', []],
    ['no choices', {}],
    ['empty choices', { choices: [] }],
    ['a choice that is null', { choices: [null] }],
    ['no message', { choices: [{ finish_reason: 'stop' }] }],
    ['no finish reason', { choices: [{ message: {} }] }],
    ['a call without function', completion({ tool_calls: [{ id: 't' }] })],
    ['a call without name', completion({ tool_calls: [call('t', '{}', null)] })],
    ['a call that is null', completion({ tool_calls: [null] })],
  ])('%s', (_rule, body) => {
    expect(refusal(() => openaiReplyToConverse(body, context))).toBe('upstream-failed undefined');
  });
});

describe('how it was served', () => {
  test.each([
    ['default', { type: 'default' }],
    ['standard', { type: 'default' }],
    ['flex', { type: 'flex' }],
    ['priority', { type: 'priority' }],
    ['scale', { type: 'reserved' }],
    ['auto', undefined],
    [null, undefined],
  ])('%s', (service_tier, expected) => {
    expect(reply({ content: 'a' }, { service_tier }).serviceTier).toEqual(expected);
  });
});

test('what was asked for of the answer', () => {
  const message = { content: 'a', provider_specific_fields: { stop_sequence: '#' } };
  const choice = { provider_specific_fields: { stop_reason: 's' }, logprobs: { content: [] } };
  const paths = [
    '/stop_sequence',
    '/stop_reason',
    '/finish_reason',
    '/usage/prompt_tokens',
    '/logprobs/content',
    '/none',
  ];
  const made = openaiReplyToConverse(completion(message, { usage: { prompt_tokens: 3 } }, 'stop', choice), {
    ...context,
    responseFieldPaths: paths,
  });
  expect(made.additionalModelResponseFields).toStrictEqual({
    stop_sequence: '#',
    stop_reason: 's',
    finish_reason: 'stop',
    usage: { prompt_tokens: 3 },
    logprobs: { content: [] },
  });
  expect(reply(message)).not.toHaveProperty('additionalModelResponseFields');
});

describe('for how long the cache keeps what was written', () => {
  const usage = (oneHour: unknown) => ({
    prompt_tokens: 20,
    completion_tokens: 1,
    prompt_tokens_details: {
      cache_creation_tokens: 10,
      cache_creation_token_details: { ephemeral_1h_input_tokens: oneHour },
    },
  });
  test.each<[oneHour: unknown, details: object[] | undefined]>([
    [
      4,
      [
        { ttl: '5m', inputTokens: 6 },
        { ttl: '1h', inputTokens: 4 },
      ],
    ],
    [10, [{ ttl: '1h', inputTokens: 10 }]],
    [0, [{ ttl: '5m', inputTokens: 10 }]],
    [11, undefined],
    [null, undefined],
  ])('%j of 10 for an hour', (oneHour, details) => {
    expect(reply({ content: 'a' }, { usage: usage(oneHour) }).usage).toEqual({
      inputTokens: 10,
      outputTokens: 1,
      totalTokens: 21,
      cacheWriteInputTokens: 10,
      ...(details === undefined ? {} : { cacheDetails: details }),
    });
  });
});
