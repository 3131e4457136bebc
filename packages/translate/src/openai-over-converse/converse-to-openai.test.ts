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
const answer = (content: readonly object[]) => converseToOpenai(reply(content), context).choices[0]?.message;

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
  const cited = { citationsContent: { content: [{ text: 'b' }, { text: 'c' }], citations: [{ title: 't' }] } };
  test.each([
    ['texts are joined without anything between', [{ text: 'a' }, { text: 'b' }], { content: 'ab' }],
    ['text in citations stays', [{ text: 'a' }, cited, { text: 'd' }], { content: 'abcd' }],
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
      [{ reasoningContent: { reasoningText: { text: 'x', signature: 's' } } }, { text: 'a' }],
      { content: 'a', reasoning_content: 'x' },
    ],
    [
      'redacted reasoning is left out',
      [{ reasoningContent: { redactedContent: 'AAEC' } }, { text: 'a' }],
      { content: 'a' },
    ],
    ['unknown blocks are left out', [{ hologram: {} }, { text: 'a' }], { content: 'a' }],
  ])('%s', (_rule, content, expected) => {
    expect(answer(content)).toStrictEqual({ role: 'assistant', refusal: null, ...expected });
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
      reason = converseToOpenai(reply([], { stopReason }), context).choices[0]?.finish_reason;
    });
    return reason ?? thrown;
  };
  test.each(Object.entries(expected))('%s is %s', (stopReason, reason) => {
    expect(finish(stopReason)).toBe(reason);
    expect(isKnownStopReason(stopReason)).toBe(true);
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
    ['not reported is absent', undefined, undefined],
    ['half reported is absent', { inputTokens: 3 }, undefined],
  ])('%s', (_rule, usage, expected) => {
    expect(converseToOpenai(reply([], { usage }), context).usage).toStrictEqual(expected);
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
