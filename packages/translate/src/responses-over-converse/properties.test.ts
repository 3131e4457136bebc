import { isGatewayError } from '@genai-gateway/core';
import type { ConverseReply } from '@genai-gateway/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openaiToConverse } from '../openai-over-converse/openai-to-converse.ts';
import { violations } from '../openai-over-converse/test-support/converse-rules.ts';
import type { ConverseEvent } from '../openai-over-converse/test-support/fold.ts';
import { junk, modelIds, mostly, usually } from '../test-support/arbitraries.ts';
import { converseToResponses } from './converse-to-responses.ts';
import { echoOf } from './echo.ts';
import { parseResponsesRequest } from './parse-responses.ts';
import { responsesToOpenai } from './responses-to-openai.ts';
import { type ConverseToResponsesContext, ConverseToResponsesStream } from './stream.ts';
import { eventViolations } from './test-support/response-rules.ts';

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.constantFrom('', ' ', '\ud800'));
const name = fc.constantFrom('f', 'g', 'a.b', 'a-b', '__proto__', '🐎', 'x'.repeat(70));
const callId = fc.constantFrom('1', '2', 'call_1', 'a b', 'y'.repeat(70));
const part = fc.oneof(
  fc.record({ type: fc.constantFrom('input_text', 'output_text'), text: mostly(text) }),
  fc.record({ type: fc.constant('input_image'), image_url: fc.constant('data:image/png;base64,iVBORw0KGgo=') }),
  fc.record({ type: fc.constant('refusal'), refusal: text }),
);
const content = mostly(fc.oneof(text, fc.array(part, { maxLength: 3 })));
const thinking = fc.constantFrom(
  '[{"type":"thinking","thinking":"t","signature":"s"}]',
  '[{"type":"redacted_thinking","data":"YQ=="}]',
  'gAAAA',
  '[',
  null,
);
const item = mostly(
  fc.oneof(
    fc.record({ role: fc.constantFrom('user', 'user', 'assistant', 'system', 'developer'), content }),
    fc.record({ type: fc.constant('reasoning'), summary: fc.constant([]), encrypted_content: thinking }),
    fc.record({
      type: fc.constant('function_call'),
      call_id: callId,
      name,
      arguments: fc.constantFrom('{}', '', '{"a":1}'),
    }),
    fc.record({ type: fc.constant('function_call_output'), call_id: callId, output: content }),
    fc.record({ type: fc.constant('custom_tool_call'), call_id: callId, name, input: text }),
  ),
);
/** Calls and their results, in any order. */
const toolTurn = fc.uniqueArray(callId, { minLength: 1, maxLength: 3 }).chain((ids) => {
  const calls = ids.map((call_id) => ({ type: 'function_call', call_id, name: 'f', arguments: '{}' }));
  const outputs = ids.map((call_id) => ({ type: 'function_call_output', call_id, output: 'r' }));
  return fc.shuffledSubarray(outputs).map((after) => [...calls, ...after]);
});
const input = fc
  .array(fc.oneof({ weight: 2, arbitrary: toolTurn }, { weight: 3, arbitrary: item.map((it) => [it]) }), {
    maxLength: 5,
  })
  .map((turns) => turns.flat());
const tool = fc.oneof(
  fc.record({ type: fc.constant('function'), name, parameters: fc.constantFrom(null, {}, { type: 'object' }) }),
  fc.record({ type: fc.constant('custom'), name }),
);
const body = fc.record({
  model: fc.constant('m'),
  input: mostly(fc.oneof(text, input)),
  instructions: usually(text),
  tools: usually(mostly(fc.array(tool, { maxLength: 3 }))),
  tool_choice: usually(mostly(fc.constantFrom('auto', 'none', 'required'))),
  temperature: usually(mostly(fc.double({ min: 0, max: 2, noNaN: true }))),
  max_output_tokens: usually(mostly(fc.integer({ min: 1, max: 9_999 }))),
  reasoning: usually(mostly(fc.record({ effort: fc.constantFrom('none', 'low', 'high', null) }))),
  text: usually(
    mostly(fc.constantFrom({}, { format: { type: 'json_schema', name: 'n', schema: { type: 'object' } } })),
  ),
  metadata: usually(mostly(fc.constant({ a: 'b' }))),
});

/** 'refused', or what is wrong with the Converse request. Anything thrown that is no coded error comes through. */
function outcome(value: unknown, modelId: string): 'refused' | readonly string[] {
  try {
    const asked = responsesToOpenai(parseResponsesRequest(value), 'm');
    const { request } = asked.inOwnWords(() => openaiToConverse(asked.chat, { modelId }));
    return violations(JSON.parse(JSON.stringify(request)));
  } catch (error) {
    if (isGatewayError(error) && error.code === 'invalid-request' && error.param !== undefined) {
      // In the words of Responses, and of a field that the caller has sent.
      expect(error.param).not.toMatch(/^messages|^response_format|max_completion_tokens|\.function\b|tool_calls/);
      return 'refused';
    }
    throw error;
  }
}

describe('any JSON gives a request that Bedrock takes, or a coded error', () => {
  test('what clients send, more or less', () => {
    let passed = 0;
    fc.assert(
      fc.property(body, modelIds, (value, modelId) => {
        const result = outcome(JSON.parse(JSON.stringify(value)), modelId);
        if (result === 'refused') return;
        passed += 1;
        expect(result).toEqual([]);
      }),
      { seed: 1, numRuns: 1_500 },
    );
    expect(passed).toBeGreaterThan(400);
  });

  test('anything at all', () => {
    fc.assert(
      fc.property(junk, modelIds, (value, modelId) => {
        expect(outcome(value, modelId)).toBe('refused');
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

const context: ConverseToResponsesContext = {
  id: 'resp_p',
  created: 1,
  model: 'm',
  toolNames: new Map(),
  customTools: new Set(['patch']),
  reasoning: 'summary',
  echo: echoOf({ model: 'm', input: 'i' }),
};

type Delta = Readonly<Record<string, unknown>>;

/** One block of an answer: as its stream tells it, and as a whole. */
interface Block {
  readonly start?: object;
  readonly deltas: readonly Delta[];
  readonly whole: object;
}

const block: fc.Arbitrary<Block> = fc.oneof(
  fc.array(fc.string({ minLength: 1, maxLength: 5 }), { maxLength: 3 }).map((said) => ({
    deltas: said.map((each) => ({ text: each })),
    whole: { text: said.join('') },
  })),
  fc.record({ text: fc.string({ maxLength: 5 }), signature: fc.constantFrom('s', '') }).map((reasoningText) => ({
    deltas: Object.entries(reasoningText).map(([field, value]) => ({ reasoningContent: { [field]: value } })),
    whole: { reasoningContent: { reasoningText } },
  })),
  fc.constant({
    deltas: [{ reasoningContent: { redactedContent: 'YQ==' } }],
    whole: { reasoningContent: { redactedContent: 'YQ==' } },
  }),
  fc
    .record({
      name: fc.constantFrom('f', 'g', 'patch', 'json'),
      json: fc.constantFrom('{}', '{"a":1}', '{"input":"x"}'),
      cut: fc.nat(6),
    })
    .map(({ name: called, json, cut }) => ({
      start: { toolUse: { toolUseId: 'id', name: called } },
      deltas: [json.slice(0, cut), json.slice(cut)].map((each) => ({ toolUse: { input: each } })),
      whole: { toolUse: { toolUseId: 'id', name: called, input: JSON.parse(json) } },
    })),
);

const answer = fc
  .record({
    blocks: fc.array(block, { maxLength: 5 }),
    stopReason: fc.constantFrom('end_turn', 'tool_use', 'max_tokens', 'guardrail_intervened', 'new'),
  })
  .map(({ blocks, stopReason }) => {
    const usage = { inputTokens: 1, outputTokens: 2 };
    const events: readonly ConverseEvent[] = [
      ['messageStart', { role: 'assistant' }],
      ...blocks.flatMap(({ start, deltas }, contentBlockIndex): ConverseEvent[] => [
        ...(start === undefined ? [] : [['contentBlockStart', { contentBlockIndex, start }] as const]),
        ...deltas.map((delta) => ['contentBlockDelta', { contentBlockIndex, delta }] as const),
        ['contentBlockStop', { contentBlockIndex }],
      ]),
      ['messageStop', { stopReason }],
      ['metadata', { usage }],
    ];
    const content = blocks.map(({ whole }) => whole);
    return { events, reply: { output: { message: { role: 'assistant', content } }, stopReason, usage } };
  });

describe('any answer', () => {
  test('keeps the rules of events, and ends with what the whole answer says', () => {
    fc.assert(
      fc.property(answer, fc.constantFrom(undefined, 'json'), ({ events, reply }, jsonTool) => {
        const own = { ...context, jsonTool };
        const stream = new ConverseToResponsesStream(own);
        const made = events.flatMap(([type, payload]) => stream.push(type, payload));
        const all = [...made, ...stream.end()];
        expect(eventViolations(all)).toEqual([]);
        expect(converseToResponses(reply as unknown as ConverseReply, own)).toEqual(stream.response());
      }),
      { seed: 1, numRuns: 1_000 },
    );
  });

  test('that is cut anywhere fails, and says so by the rules', () => {
    fc.assert(
      fc.property(answer, fc.double({ min: 0, max: 1, noNaN: true }), ({ events }, place) => {
        const stop = events.findIndex(([type]) => type === 'messageStop');
        const stream = new ConverseToResponsesStream(context);
        const made = events.slice(0, Math.floor(place * stop)).flatMap(([type, payload]) => stream.push(type, payload));
        expect(() => stream.end()).toThrow(expect.objectContaining({ code: 'upstream-cut' }));
        const failed = stream.fail({ type: 'api_error', code: 'c', message: 'm', param: null });
        expect(eventViolations([...made, ...failed])).toEqual([]);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
