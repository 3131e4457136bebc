import type { ConverseReply, KnownConverseStopReason } from '@genai-gateway/protocol';
import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { converseToOpenai } from './converse-to-openai.ts';
import { isKnownStopReason } from './stop-reasons.ts';

const context = { id: 'chatcmpl-1', created: 1_700_000_000, model: 'claude', toolNames: new Map([['a_b_1', 'a.b']]) };

/** Content as the wire has it, which may hold more than our types do. */
function reply(content: readonly object[], fields: object = {}): ConverseReply {
  const whole = { output: { message: { role: 'assistant', content } }, stopReason: 'end_turn', ...fields };
  return JSON.parse(JSON.stringify(whole)) as ConverseReply;
}
const answer = (content: readonly (object | null)[], jsonTool?: string) =>
  converseToOpenai(reply(content as object[]), { ...context, jsonTool }).choices[0]?.message;

test('a whole answer', () => {
  const usage = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };
  expect(converseToOpenai(reply([{ text: 'Hi' }], { usage }), context)).toStrictEqual({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'claude',
    choices: [
      { index: 0, message: { role: 'assistant', content: 'Hi', refusal: null }, finish_reason: 'stop', logprobs: null },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  });
});

describe('content', () => {
  const call = (name: string, input: unknown) => ({ toolUse: { toolUseId: 't1', name, input } });
  const toolCall = (name: string, args: string) => ({
    id: 't1',
    type: 'function',
    function: { name, arguments: args },
  });
  const cited = (text: string, ...citations: object[]) => ({ citationsContent: { content: [{ text }], citations } });
  const web = { title: 't', location: { web: { url: 'https://a.example/b', domain: 'a.example' } } };
  const document = { title: 'a.pdf', location: { documentPage: { documentIndex: 0, start: 1, end: 2 } } };
  const annotation = (start_index: number, end_index: number, title = 't', url = 'https://a.example/b') => ({
    type: 'url_citation',
    url_citation: { url, title, start_index, end_index },
  });
  const sources = (...blocks: { citationsContent: object }[]) => ({
    provider_specific_fields: { citationsContent: blocks.map(({ citationsContent }) => citationsContent) },
  });
  const signed = { reasoningContent: { reasoningText: { text: 'x', signature: 's' } } };
  test.each([
    ['texts are joined without anything between', [{ text: 'a' }, { text: 'b' }], { content: 'ab' }],
    [
      'text in citations stays in its place, and so does an annotation',
      [{ text: 'a' }, cited('bc', web), { text: 'd' }],
      { content: 'abcd', annotations: [annotation(1, 3)], ...sources(cited('bc', web)) },
    ],
    [
      'places are counted in characters',
      [{ text: '😀' }, cited('ü😀', web)],
      { content: '😀ü😀', annotations: [annotation(1, 3)], ...sources(cited('ü😀', web)) },
    ],
    [
      'two sources of one text, and one without an address',
      [cited('a', web, document, { ...web, title: undefined })],
      {
        content: 'a',
        annotations: [annotation(0, 1), annotation(0, 1, '')],
        ...sources(cited('a', web, document, { location: web.location })),
      },
    ],
    [
      'a document is no address',
      [cited('a', document, { source: 'a.pdf' }, { location: null })],
      { content: 'a', ...sources(cited('a', document, { source: 'a.pdf' }, { location: null })) },
    ],
    [
      'the source of a search result is an address where it looks like one',
      [cited('a', { source: 's3://bucket/key', title: 's' })],
      {
        content: 'a',
        annotations: [annotation(0, 1, 's', 's3://bucket/key')],
        ...sources(cited('a', { source: 's3://bucket/key', title: 's' })),
      },
    ],
    ['cited text without sources is text', [cited('a')], { content: 'a' }],
    [
      'a source without text',
      [{ text: 'a' }, { citationsContent: { citations: [web] } }],
      { content: 'a', annotations: [annotation(1, 1)], ...sources({ citationsContent: { citations: [web] } }) },
    ],
    [
      'pictures',
      [
        { text: 'a' },
        { image: { format: 'png', source: { bytes: 'AAEC' } } },
        { image: { format: 'a/b;', source: {} } },
      ],
      { content: 'a', images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAEC' }, index: 0 }] },
    ],
    [
      'what a tool of the provider did is not told',
      [
        { toolUse: { toolUseId: 't', name: 'nova_grounding', input: {}, type: 'server_tool_use' } },
        { toolResult: { toolUseId: 't', content: [{ json: {} }] } },
        { text: 'a' },
      ],
      { content: 'a' },
    ],
    ['no content is an empty text', [], { content: '' }],
    [
      'text stays beside tool calls',
      [{ text: 'a' }, call('f', { x: 1 })],
      { content: 'a', tool_calls: [toolCall('f', '{"x":1}')] },
    ],
    ['only tool calls are null', [call('f', {})], { content: null, tool_calls: [toolCall('f', '{}')] }],
    ['a call without input is {}', [call('f', undefined)], { content: null, tool_calls: [toolCall('f', '{}')] }],
    [
      "a changed tool name is the caller's again",
      [call('a_b_1', {})],
      { content: null, tool_calls: [toolCall('a.b', '{}')] },
    ],
    [
      'reasoning',
      [{ reasoningContent: { reasoningText: { text: 'x' } } }, { text: 'a' }],
      { content: 'a', reasoning_content: 'x' },
    ],
    [
      'signed reasoning is a block too, in order with redacted ones',
      [signed, { reasoningContent: { redactedContent: 'AAEC' } }, { text: 'a' }, signed],
      {
        content: 'a',
        reasoning_content: 'xx',
        thinking_blocks: [
          { type: 'thinking', thinking: 'x', signature: 's' },
          { type: 'redacted_thinking', data: 'AAEC' },
          { type: 'thinking', thinking: 'x', signature: 's' },
        ],
      },
    ],
    [
      'a signature alone is a block',
      [{ reasoningContent: { reasoningText: { text: '', signature: 's' } } }, { text: 'a' }],
      { content: 'a', thinking_blocks: [{ type: 'thinking', thinking: '', signature: 's' }] },
    ],
    ['unknown blocks are left out', [{ hologram: {} }, { text: 'a' }, null], { content: 'a' }],
    [
      'blocks that are damaged are left out',
      [{ text: 1 }, { image: {} }, { reasoningContent: null }, { citationsContent: { content: 1 } }, { toolUse: null }],
      { content: '' },
    ],
  ])('%s', (_rule, content, expected) => {
    expect(answer(content)).toStrictEqual({ role: 'assistant', refusal: null, ...expected });
  });
});

describe('the tool whose input is the answer', () => {
  const json = { toolUse: { toolUseId: 't', name: 'json', input: { a: 1 } } };
  const other = { toolUse: { toolUseId: 'u', name: 'f', input: {} } };
  const finish = (content: readonly object[]) => {
    const completion = converseToOpenai(reply(content, { stopReason: 'tool_use' }), { ...context, jsonTool: 'json' });
    return [completion.choices[0]?.message.content, completion.choices[0]?.finish_reason];
  };
  test.each([
    ['its input is the content, and the answer has ended', [json], ['{"a":1}', 'stop']],
    ['text beside it would make it unreadable', [{ text: 'Here: ' }, json], ['{"a":1}', 'stop']],
    ['twice is once', [json, json], ['{"a":1}', 'stop']],
    ['no input is {}', [{ toolUse: { toolUseId: 't', name: 'json' } }], ['{}', 'stop']],
    ["beside a call of the caller's tool", [json, other], ['{"a":1}', 'tool_calls']],
    ["the caller's tool alone", [other], [null, 'tool_calls']],
  ])('%s', (_rule, content, expected) => {
    expect(finish(content)).toEqual(expected);
  });
  test('where it was not called, text is text', () => {
    expect(answer([{ text: 'a' }], 'json')?.content).toBe('a');
    expect(answer([other], 'json')?.tool_calls).toHaveLength(1);
  });
});

describe('stop reasons', () => {
  const expected: Readonly<Record<KnownConverseStopReason, string>> = {
    end_turn: 'stop',
    stop_sequence: 'stop',
    max_tokens: 'length',
    model_context_window_exceeded: 'length',
    tool_use: 'tool_calls',
    guardrail_intervened: 'content_filter',
    content_filtered: 'content_filter',
    malformed_model_output: 'upstream-model-error undefined',
    malformed_tool_use: 'upstream-model-error undefined',
  };
  const finish = (stopReason: string) => {
    let reason: string | undefined;
    const thrown = refusal(() => {
      const called = stopReason === 'tool_use' ? [{ toolUse: { toolUseId: 't', name: 'f', input: {} } }] : [];
      reason = converseToOpenai(reply(called, { stopReason }), context).choices[0]?.finish_reason;
    });
    return reason ?? thrown;
  };
  test.each(Object.entries(expected))('%s is %s', (stopReason, reason) => {
    expect(finish(stopReason)).toBe(reason);
    expect(isKnownStopReason(stopReason)).toBe(true);
  });
  test.each([
    ['a turn that ended with a call is for the caller', 'end_turn', 'f', 'tool_calls'],
    ['no call is an end', 'tool_use', undefined, 'stop'],
    ['a call that was cut off is no call to make', 'max_tokens', 'f', 'length'],
  ])('%s', (_rule, stopReason, name, expected) => {
    const content = name === undefined ? [] : [{ toolUse: { toolUseId: 't', name, input: {} } }];
    expect(converseToOpenai(reply(content, { stopReason }), context).choices[0]?.finish_reason).toBe(expected);
  });
  test('refusal is content_filter', () => expect(finish('refusal')).toBe('content_filter'));
  test.each(['pause_turn', 'constructor', ''])('"%s" is unknown, and an end', (stopReason) => {
    expect(isKnownStopReason(stopReason)).toBe(false);
    expect(finish(stopReason)).toBe('stop');
  });
});

describe('usage', () => {
  const cache = { cacheReadInputTokens: 100, cacheWriteInputTokens: 20 };
  test.each([
    [
      'cached tokens are part of the prompt',
      { inputTokens: 3, outputTokens: 2, ...cache },
      {
        prompt_tokens: 123,
        completion_tokens: 2,
        total_tokens: 125,
        prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 20 },
      },
    ],
    [
      'reported 0 of the cache is told',
      { inputTokens: 3, outputTokens: 2, cacheReadInputTokens: 0 },
      { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, prompt_tokens_details: { cached_tokens: 0 } },
    ],
    [
      'what the model counted of its thinking',
      { inputTokens: 3, outputTokens: 2 },
      {
        prompt_tokens: 3,
        completion_tokens: 2,
        total_tokens: 5,
        completion_tokens_details: { reasoning_tokens: 1 },
      },
      { usage: { output_tokens_details: { thinking_tokens: 1 } } },
    ],
    ['not reported is absent', undefined, undefined],
    ['half reported is absent', { inputTokens: 3 }, undefined],
  ])('%s', (_rule, usage, expected, additionalModelResponseFields?) => {
    const whole = reply([], { usage, additionalModelResponseFields });
    expect(converseToOpenai(whole, context).usage).toStrictEqual(expected);
  });
});

test.each([
  ['nothing', undefined],
  ['no output', { stopReason: 'end_turn' }],
  ['no message', { output: {}, stopReason: 'end_turn' }],
  ['no stop reason', { output: { message: { role: 'assistant', content: [] } } }],
])('%s is no Converse answer', (_rule, value) => {
  expect(refusal(() => converseToOpenai(value as ConverseReply, context))).toBe('upstream-failed undefined');
});

describe('how it was served', () => {
  const trace = { guardrail: { inputAssessment: {} }, promptRouter: { invokedModelId: 'arn:aws:bedrock:…' } };
  test.each([
    ['default', 'default'],
    ['flex', 'flex'],
    ['priority', 'priority'],
    ['reserved', 'scale'],
    ['moonshot', undefined],
    [undefined, undefined],
  ])('tier %s is %s', (type, expected) => {
    expect(converseToOpenai(reply([], { serviceTier: { type } }), context).service_tier).toBe(expected);
  });
  test("a guardrail's trace comes for those who asked for it, and nothing else of it", () => {
    expect(converseToOpenai(reply([], { trace }), context)).not.toHaveProperty('trace');
    const shown = converseToOpenai(reply([], { trace }), { ...context, showsTrace: true });
    expect(shown.trace).toStrictEqual({ guardrail: trace.guardrail });
    expect(converseToOpenai(reply([]), { ...context, showsTrace: true })).not.toHaveProperty('trace');
  });
  test('fields of the model that were asked for', () => {
    const fields = { stop_sequence: 'END', usage: { output_tokens_details: { thinking_tokens: 1 } } };
    const whole = reply([{ text: 'a' }], { additionalModelResponseFields: fields });
    expect(converseToOpenai(whole, context).choices[0]?.message.provider_specific_fields).toStrictEqual({
      additionalModelResponseFields: { stop_sequence: 'END' },
    });
  });
});
