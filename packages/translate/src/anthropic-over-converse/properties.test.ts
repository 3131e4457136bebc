import { isGatewayError } from '@genai-gateway/core';
import {
  AnthropicMessageBuilder,
  type AnthropicStreamEvent,
  anthropicAnswerOf,
  encodeEventFrame,
} from '@genai-gateway/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anthropicToInvoke } from '../anthropic-over-invoke/anthropic-to-invoke.ts';
import { bodyViolations } from '../anthropic-over-invoke/test-support/body-rules.ts';
import { type ConverseEvent, eventsToReply } from '../openai-over-converse/test-support/fold.ts';
import { cutAt, junk, outcomeOf } from '../test-support/arbitraries.ts';
import { readEvents } from '../test-support/vectors/converse-stream.ts';
import { anthropicToConverse } from './anthropic-to-converse.ts';
import { converseToAnthropic } from './converse-to-anthropic.ts';
import { parseAnthropicRequest } from './parse-anthropic.ts';
import { ConverseToAnthropicStream } from './stream.ts';
import { anyRequest } from './test-support/any-request.ts';
import { sdkMessage } from './test-support/sdk-message.ts';
import { streamViolations } from './test-support/stream-rules.ts';
import { requestViolations } from './test-support/vector.ts';

const claudes = [
  'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'anthropic.claude-opus-5',
  'anthropic.claude-3-haiku-20240307-v1:0',
];
const others = [
  'amazon.nova-pro-v1:0',
  'mistral.mistral-large-2407-v1:0',
  'us.meta.llama3-1-70b-instruct-v1:0',
  'openai.gpt-oss-120b-1:0',
  'x',
];

const outcome = (value: unknown, check: (value: unknown) => readonly string[]) =>
  outcomeOf(() => check(JSON.parse(JSON.stringify(value))));

const overConverse = (modelId: string) => (value: unknown) => {
  const { request } = anthropicToConverse(parseAnthropicRequest(value), { modelId });
  return requestViolations(JSON.parse(JSON.stringify(request)));
};
const overInvoke = (modelId: string) => (value: unknown) => {
  const { body } = anthropicToInvoke(parseAnthropicRequest(value), { modelId });
  return bodyViolations(JSON.parse(JSON.stringify(body)));
};
/** Claude itself says so to its clients, and nobody mends it for them. */
const ownFault = 'more than four cache marks';

describe('any JSON gives a request that Bedrock takes, or a coded error', () => {
  test.each([
    ['Converse', overConverse, [...claudes, ...others]],
    ['InvokeModel', overInvoke, claudes],
  ] as const)('what clients send, more or less, for %s', (_api, check, models) => {
    let passed = 0;
    fc.assert(
      fc.property(anyRequest, fc.constantFrom(...models), (value, modelId) => {
        const result = outcome(value, check(modelId));
        if (result === 'refused') return;
        passed++;
        expect(result.filter((what) => what !== ownFault)).toEqual([]);
      }),
      { seed: 1, numRuns: 1500 },
    );
    // Otherwise the property would look at refusals only.
    expect(passed).toBeGreaterThan(300);
  });

  test('anything', () => {
    const anyJson = fc.oneof(
      junk,
      fc.record({ model: fc.constant('m'), max_tokens: fc.constant(1), messages: fc.array(junk) }),
    );
    fc.assert(
      fc.property(anyJson, fc.constantFrom(...others), (value, modelId) => {
        const result = outcome(value, overConverse(modelId));
        expect(result === 'refused' ? [] : result).toEqual([]);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test.each(['messages', 'tools', 'system', 'thinking', 'output_config', 'my_field'])(
    '%s that nests without end',
    (field) => {
      const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
      const value: unknown = JSON.parse(
        `{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"a"}],"${field}":${deep}}`,
      );
      expect(() => parseAnthropicRequest(value)).toThrow('nests deeper');
    },
  );
});

/** A reply as blocks, each cut into the pieces that the stream brings. */
const pieces = fc.array(fc.string({ unit: 'grapheme', maxLength: 6 }), { maxLength: 4 });
const citation = { title: 't', location: { documentPage: { documentIndex: 0, start: 1, end: 2 } } };
const block = fc.oneof(
  pieces.map((all) => all.map((text): object => ({ text }))),
  pieces.map((all) => [...all.map((text): object => ({ text })), { citation }]),
  pieces.map((all) => all.map((text): object => ({ reasoningContent: { text } }))),
  pieces.map((all) => [
    ...all.map((text): object => ({ reasoningContent: { text } })),
    { reasoningContent: { signature: 's1' } },
    { reasoningContent: { signature: 's2' } },
  ]),
  fc.constantFrom(['{}'], [], ['{"a"', ':1}']).map((all) => ({ name: 'a_b_1', all })),
);
const reply = fc
  .tuple(fc.array(block, { maxLength: 5 }), fc.constantFrom('end_turn', 'tool_use', 'max_tokens'), fc.boolean())
  .map(([blocks, stopReason, hasStops]): ConverseEvent[] => [
    ['messageStart', { role: 'assistant' }],
    ...blocks.flatMap((it, contentBlockIndex): ConverseEvent[] => {
      const begun: ConverseEvent[] =
        'name' in it
          ? [
              [
                'contentBlockStart',
                { contentBlockIndex, start: { toolUse: { toolUseId: `t${contentBlockIndex}`, name: it.name } } },
              ],
            ]
          : [];
      const deltas = 'name' in it ? it.all.map((input) => ({ toolUse: { input } })) : it;
      return [
        ...begun,
        ...deltas.map((delta): ConverseEvent => ['contentBlockDelta', { contentBlockIndex, delta }]),
        ...(hasStops ? [['contentBlockStop', { contentBlockIndex }] satisfies ConverseEvent] : []),
      ];
    }),
    ['messageStop', { stopReason }],
    ['metadata', { usage: { inputTokens: 1, outputTokens: 2, cacheReadInputTokens: 3 } }],
  ]);

const context = { id: 'msg_1', model: 'm', toolNames: new Map([['a_b_1', 'a.b']]) };

function streamOf(bytes: Buffer, cuts: readonly number[]): AnthropicStreamEvent[] {
  const stream = new ConverseToAnthropicStream(context);
  const events: AnthropicStreamEvent[] = [];
  readEvents(cutAt(bytes, cuts), (type, payload) => events.push(...stream.push(type, payload)));
  return [...events, ...stream.end()];
}

test('however the bytes are cut, what the SDK joins is the whole answer, and so is what we keep of it', async () => {
  await fc.assert(
    fc.asyncProperty(reply, fc.array(fc.nat(), { maxLength: 10 }), async (events, cuts) => {
      const bytes = Buffer.concat(events.map(([type, payload]) => encodeEventFrame(type, payload)));
      const made = streamOf(bytes, cuts);
      expect(made).toStrictEqual(streamOf(bytes, []));
      expect(streamViolations(made)).toEqual([]);
      const whole = converseToAnthropic(eventsToReply(events), context);
      const { usage: _usage, ...message } = await sdkMessage(made);
      expect(message).toEqual({ ...whole, usage: undefined });
      const builder = new AnthropicMessageBuilder();
      for (const event of made) builder.push(event);
      expect(builder.message()).toEqual(anthropicAnswerOf(whole));
      expect([builder.isComplete, builder.usage]).toMatchObject([true, { inputTokens: 1, cacheReadTokens: 3 }]);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('any events give a stream in order, or a coded error', () => {
  const type = fc.constantFrom(
    'messageStart',
    'contentBlockStart',
    'contentBlockDelta',
    'contentBlockStop',
    'messageStop',
    'metadata',
    'x',
  );
  const text = fc.string({ maxLength: 4 });
  const toolUse = fc.oneof(
    { weight: 9, arbitrary: fc.constant<unknown>({ toolUseId: 't', name: 'f' }) },
    { weight: 1, arbitrary: junk },
  );
  const delta = fc.oneof(
    fc.record({ text }),
    fc.record({ toolUse: fc.record({ input: text }) }),
    fc.record({
      reasoningContent: fc.oneof(
        fc.record({ text }),
        fc.record({ signature: text }),
        fc.record({ redactedContent: text }),
        junk,
      ),
    }),
    fc.record({ citation: fc.oneof(junk, fc.constant(citation), fc.record({ location: junk })) }),
  );
  const payload = fc.oneof(
    { weight: 1, arbitrary: junk },
    {
      weight: 30,
      arbitrary: fc.record({
        contentBlockIndex: fc.nat(2),
        start: fc.option(fc.record({ toolUse }), { nil: undefined }),
        delta: fc.option(delta, { nil: undefined }),
        stopReason: fc.constantFrom<unknown>('end_turn', 'tool_use', 'malformed_tool_use', 1),
        usage: junk,
      }),
    },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(type, payload), { maxLength: 12 }), (events) => {
      const stream = new ConverseToAnthropicStream(context);
      const made: AnthropicStreamEvent[] = [];
      try {
        for (const [eventType, value] of events) made.push(...stream.push(eventType, value));
        made.push(...stream.end());
      } catch (error) {
        if (!isGatewayError(error)) throw error;
        expect(['upstream-cut', 'upstream-failed', 'upstream-model-error']).toContain(error.code);
        return;
      }
      expect(streamViolations(made)).toEqual([]);
    }),
    { seed: 1, numRuns: 2000 },
  );
});
