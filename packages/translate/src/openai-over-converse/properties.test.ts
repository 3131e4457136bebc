import { isGatewayError } from '@genai-gateway/core';
import { encodeEventFrame, type OpenaiChunk } from '@genai-gateway/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutAt, junk, modelIds, mostly, outcomeOf, usually } from '../test-support/arbitraries.ts';
import { readEvents } from '../test-support/vectors/converse-stream.ts';
import { converseToOpenai } from './converse-to-openai.ts';
import { openaiToConverse } from './openai-to-converse.ts';
import { parseOpenaiChatRequest } from './parse-openai-chat.ts';
import { ConverseToOpenaiStream } from './stream.ts';
import { violations } from './test-support/converse-rules.ts';
import { type ConverseEvent, eventsToReply, joinChunks } from './test-support/fold.ts';

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.constantFrom('', ' ', '\n', '\ud800'));
const toolName = fc.constantFrom('f', 'g', 'a.b', 'a/b', 'a-b', 'constructor', '__proto__', '🐎', 'x'.repeat(70));
const id = fc.constantFrom('1', '2', '3', 'call_1', 'a b', '', 'y'.repeat(70), undefined);
const image = fc.constantFrom(
  'data:image/png;base64,iVBORw0KGgo=',
  'data:image/png;base64,/9j/4A==',
  'https://x.test/a.png',
);
const part = fc.oneof(
  { weight: 8, arbitrary: fc.record({ type: fc.constant('text'), text: mostly(text) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('image_url'), image_url: fc.record({ url: mostly(image) }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('refusal'), refusal: text }) },
);
const content = mostly(fc.oneof(text, fc.array(part, { maxLength: 3 })));
const args = mostly(fc.constantFrom('{}', '', '{"a":1}', '{"__proto__":1}', 'null'));
const call = fc.record({
  id: mostly(id),
  type: fc.constant('function'),
  function: fc.record({ name: mostly(toolName), arguments: args }),
});
const message = mostly(
  fc.oneof(
    {
      weight: 1,
      arbitrary: fc.record({ role: fc.constantFrom('system', 'developer'), content: fc.oneof(text, fc.constant('s')) }),
    },
    { weight: 3, arbitrary: fc.record({ role: fc.constant('user'), content }) },
    {
      weight: 3,
      arbitrary: fc.record({
        role: fc.constant('assistant'),
        content: fc.oneof(text, fc.constant(null)),
        tool_calls: usually(fc.array(call, { maxLength: 3 })),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        role: fc.constant('tool'),
        tool_call_id: id,
        content: fc.oneof(text, fc.array(part, { maxLength: 2 })),
      }),
    },
  ),
);
/** Calls and some of their results, in any order, with something of the user among them. */
const toolTurn = fc.array(call, { minLength: 1, maxLength: 3 }).chain((calls) => {
  const results = calls.map(({ id: callId }) => ({ role: 'tool', tool_call_id: callId, content: 'r' }));
  const rest = fc.shuffledSubarray([...results, ...results, { role: 'user', content: 'u' }]);
  return fc
    .tuple(text, rest)
    .map(([said, after]) => [{ role: 'assistant', content: said, tool_calls: calls }, ...after]);
});
const conversation = fc
  .array(fc.oneof({ weight: 3, arbitrary: toolTurn }, { weight: 2, arbitrary: message.map((it) => [it]) }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((turns) => turns.flat());
const schema = fc.constantFrom(
  undefined,
  {},
  { type: 'object', properties: { a: { $ref: '#/$defs/A' } }, $defs: { A: { items: { $ref: '#/$defs/A' } } } },
  { oneOf: [{ type: 'object', properties: { a: {} }, required: ['a'] }, { $ref: '#' }] },
  { type: 'string' },
);
const tool = fc.record({
  type: fc.constant('function'),
  function: fc.record({ name: mostly(toolName), description: usually(text), parameters: mostly(schema) }),
});
const choice = fc.oneof(
  fc.constantFrom('auto', 'none', 'required'),
  toolName.map((name) => ({ type: 'function', function: { name } })),
);
const body = fc
  .record({
    model: mostly(fc.constant('m')),
    messages: mostly(conversation),
    tools: usually(mostly(fc.array(tool, { maxLength: 4 }))),
    tool_choice: usually(mostly(choice)),
    parallel_tool_calls: usually(fc.boolean()),
    temperature: usually(mostly(fc.double({ min: 0, max: 2, noNaN: true }))),
    top_p: usually(mostly(fc.double({ min: 0, max: 1, noNaN: true }))),
    max_tokens: usually(mostly(fc.integer({ min: 1, max: 9999 }))),
    stop: usually(mostly(fc.oneof(text, fc.array(text, { maxLength: 3 })))),
    user: usually(text),
    n: usually(fc.constantFrom(1, 1, 1, 2)),
  })
  .chain((fields) =>
    fc.dictionary(fc.string({ maxLength: 6 }), junk, { maxKeys: 1 }).map((more) => ({ ...more, ...fields })),
  );

const outcome = (value: unknown, modelId: string) =>
  outcomeOf(() => {
    const { request } = openaiToConverse(parseOpenaiChatRequest(value), { modelId });
    return violations(JSON.parse(JSON.stringify(request)));
  });

describe('any JSON gives a request that Bedrock takes, or a coded error', () => {
  test('what clients send, more or less', () => {
    let passed = 0;
    fc.assert(
      fc.property(body, modelIds, (value, modelId) => {
        const result = outcome(JSON.parse(JSON.stringify(value)), modelId);
        if (result === 'refused') return;
        passed++;
        expect(result).toEqual([]);
      }),
      { seed: 1, numRuns: 2000 },
    );
    // Otherwise the property would look at refusals only.
    expect(passed).toBeGreaterThan(250);
  });

  test('anything', () => {
    const anyJson = fc.oneof(junk, fc.record({ model: fc.constant('m'), messages: fc.array(junk) }));
    fc.assert(
      fc.property(anyJson, modelIds, (value, modelId) => {
        const result = outcome(JSON.parse(JSON.stringify(value)), modelId);
        expect(result === 'refused' ? [] : result).toEqual([]);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  test.each(['messages', 'tools', 'stop', 'response_format', 'my_field'])('%s that nests without end', (field) => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const value: unknown = JSON.parse(`{"model":"m","messages":[{"role":"user","content":"a"}],"${field}":${deep}}`);
    const result = outcome(value, 'amazon.nova-pro-v1:0');
    expect(result === 'refused' ? [] : result).toEqual([]);
  });
});

/** A reply as blocks, each cut into the pieces that the stream brings. */
const pieces = fc.array(fc.string({ unit: 'grapheme', maxLength: 6 }), { maxLength: 4 });
const block = fc.oneof(
  pieces.map((all) => ({ kind: 'text' as const, all })),
  pieces.map((all) => ({ kind: 'reasoning' as const, all })),
  pieces.map((all) => ({ kind: 'signed' as const, all })),
  pieces.map((all) => ({ kind: 'cited' as const, all })),
  fc
    .tuple(
      fc.dictionary(fc.string({ maxLength: 3 }), fc.oneof(fc.string(), fc.integer())),
      fc.array(fc.nat(40), { maxLength: 3 }),
    )
    .map(([input, cuts]) => ({
      kind: 'tool' as const,
      all: cutText(Object.keys(input).length === 0 ? '' : JSON.stringify(input), cuts),
    })),
);

function cutText(whole: string, cuts: readonly number[]): string[] {
  const edges = [0, ...[...cuts].sort((a, b) => a - b), whole.length];
  return edges.slice(1).map((edge, index) => whole.slice(edges[index], edge));
}

/** What ends a block of some kinds. */
const closings: Readonly<Record<'text' | 'reasoning' | 'signed' | 'cited' | 'tool', readonly object[]>> = {
  text: [],
  reasoning: [],
  signed: [{ reasoningContent: { signature: 's' } }],
  cited: [{ citation: { title: 't', location: { web: { url: 'https://a.example' } } } }, { citation: { source: 'a' } }],
  tool: [],
};

const reply = fc
  .tuple(
    fc.array(block, { maxLength: 5 }),
    fc.constantFrom('end_turn', 'tool_use', 'max_tokens', 'pause_turn'),
    fc.boolean(),
  )
  .map(([blocks, stopReason, hasStops]): ConverseEvent[] => [
    ['messageStart', { role: 'assistant' }],
    ...blocks.flatMap(({ kind, all }, contentBlockIndex): ConverseEvent[] => {
      const start = { toolUse: { toolUseId: `t${contentBlockIndex}`, name: 'a_b_1' } };
      const delta = (value: string) =>
        kind === 'text' || kind === 'cited'
          ? { text: value }
          : kind === 'tool'
            ? { toolUse: { input: value } }
            : { reasoningContent: { text: value } };
      return [
        ...(kind === 'tool' ? ([['contentBlockStart', { contentBlockIndex, start }]] as ConverseEvent[]) : []),
        ...all.map((value): ConverseEvent => ['contentBlockDelta', { contentBlockIndex, delta: delta(value) }]),
        ...closings[kind].map((last): ConverseEvent => ['contentBlockDelta', { contentBlockIndex, delta: last }]),
        ...(hasStops ? ([['contentBlockStop', { contentBlockIndex }]] as ConverseEvent[]) : []),
      ];
    }),
    ['messageStop', { stopReason }],
    ['metadata', { usage: { inputTokens: 1, outputTokens: 2, cacheReadInputTokens: 3 } }],
  ]);

const context = { id: 'c', created: 1, model: 'm', toolNames: new Map([['a_b_1', 'a.b']]) };

function streamOf(bytes: Buffer, cuts: readonly number[]): OpenaiChunk[] {
  const stream = new ConverseToOpenaiStream({ ...context, includeUsage: true });
  const chunks: OpenaiChunk[] = [];
  readEvents(cutAt(bytes, cuts), (type, payload) => chunks.push(...stream.push(type, payload)));
  return [...chunks, ...stream.end()];
}

test('however the bytes are cut, the joined chunks are the whole answer', () => {
  fc.assert(
    fc.property(reply, fc.array(fc.nat(), { maxLength: 10 }), (events, cuts) => {
      const bytes = Buffer.concat(events.map(([type, payload]) => encodeEventFrame(type, payload)));
      const chunks = streamOf(bytes, cuts);
      expect(chunks).toStrictEqual(streamOf(bytes, []));
      const whole = converseToOpenai(eventsToReply(events), context);
      const message = whole.choices[0]?.message;
      const joined = joinChunks(chunks);
      expect(joined.content).toBe(message?.content ?? '');
      expect(joined.reasoning).toBe(message?.reasoning_content ?? '');
      expect(joined.thinking).toEqual(message?.thinking_blocks ?? []);
      expect(joined.annotations).toEqual(message?.annotations ?? []);
      expect(joined.fields).toEqual(message?.provider_specific_fields);
      expect(joined.finishes).toEqual([whole.choices[0]?.finish_reason]);
      expect(joined.toolCalls).toEqual(
        (message?.tool_calls ?? []).map((it) => ({
          id: it.id,
          name: it.function.name,
          input: JSON.parse(it.function.arguments),
        })),
      );
      expect(chunks.at(-1)?.usage).toEqual(whole.usage);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('any events give at most one finish, one role, rising call indexes, or a coded error', () => {
  const type = fc.constantFrom(
    'messageStart',
    'contentBlockStart',
    'contentBlockDelta',
    'contentBlockStop',
    'messageStop',
    'metadata',
    'x',
  );
  const toolUse = fc.record({ toolUseId: mostly(fc.constant('t')), name: mostly(fc.constant('f')) });
  const delta = fc.oneof(
    fc.record({ text }),
    fc.record({ toolUse: fc.record({ input: mostly(text) }) }),
    fc.record({ reasoningContent: mostly(fc.record({ text })) }),
  );
  const payload = mostly(
    fc.record({
      contentBlockIndex: mostly(fc.nat(2)),
      start: usually(fc.record({ toolUse })),
      delta: usually(delta),
      stopReason: mostly(fc.constantFrom('end_turn', 'tool_use', 'malformed_tool_use')),
      usage: junk,
    }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(type, payload), { maxLength: 12 }), (events) => {
      const stream = new ConverseToOpenaiStream({ ...context, includeUsage: true });
      const chunks: OpenaiChunk[] = [];
      try {
        for (const [eventType, value] of events) chunks.push(...stream.push(eventType, value));
        chunks.push(...stream.end());
      } catch (error) {
        if (!isGatewayError(error) || error.fault !== 'upstream') throw error;
      }
      const choices = chunks.flatMap((chunk) => chunk.choices);
      expect(choices.filter((it) => it.finish_reason !== null).length).toBeLessThanOrEqual(1);
      expect(choices.filter((it) => it.delta.role !== undefined)).toHaveLength(choices.length === 0 ? 0 : 1);
      const begun = choices.flatMap((it) => it.delta.tool_calls ?? []).filter((it) => it.id !== undefined);
      expect(begun.map((it) => it.index)).toEqual(begun.map((_, index) => index));
    }),
    { seed: 1, numRuns: 2000 },
  );
});
