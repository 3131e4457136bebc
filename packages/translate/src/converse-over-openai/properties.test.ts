import { isGatewayError } from '@genai-gateway/core';
import { type ConverseEvent, type ConverseReply, SSE_DONE, SseReader, sseData } from '@genai-gateway/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutAt, junk, mostly, outcomeOf, seldom } from '../test-support/arbitraries.ts';
import { converseRequestToOpenai } from './converse-request-to-openai.ts';
import { openaiReplyToConverse } from './openai-reply-to-converse.ts';
import { parseConverseRequest } from './parse-converse.ts';
import { OpenaiToConverseStream } from './stream.ts';
import { chatViolations } from './test-support/chat-rules.ts';
import { joinEvents } from './test-support/join-events.ts';
import { IMAGES, throughJson } from './test-support/translate.ts';

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 6 }), fc.constantFrom('', ' ', '\ud800', '__proto__'));

const textBlock = fc.record({ text: mostly(text) });
const point = fc.record({
  cachePoint: fc.record({ type: fc.constant('default'), ttl: seldom(fc.constantFrom('5m', '1h')) }),
});
const image = fc.record({
  image: fc.record({
    format: mostly(fc.constantFrom('png', 'jpeg')),
    source: mostly(
      fc.oneof(
        { weight: 20, arbitrary: fc.constantFrom({ bytes: IMAGES.png }, { bytes: IMAGES.jpeg }) },
        { weight: 1, arbitrary: fc.constantFrom({ bytes: '' }, { s3Location: { uri: 's3://b/k' } }) },
      ),
    ),
  }),
});
const input = fc.dictionary(fc.string({ maxLength: 3 }), junk, { maxKeys: 2 });
const toolName = fc.constantFrom('f', 'g', 'a-b');
const toolUse = fc.record({
  toolUse: fc.record({
    toolUseId: mostly(fc.constantFrom('t', 'u', 'a b')),
    name: mostly(toolName),
    input: mostly(input),
  }),
});
const toolResult = fc.record({
  toolResult: fc.record({
    toolUseId: mostly(fc.constantFrom('t', 'u')),
    content: mostly(fc.array(fc.oneof(textBlock, fc.record({ json: junk }), image), { maxLength: 2 })),
    status: seldom(fc.constantFrom('success', 'error')),
  }),
});
const reasoning = fc.record({
  reasoningContent: mostly(
    fc.oneof(
      fc.record({ reasoningText: fc.record({ text, signature: seldom(text) }) }),
      fc.record({ redactedContent: fc.base64String({ maxLength: 8 }) }),
    ),
  ),
});
const other = fc.constantFrom({ document: {} }, { citationsContent: {} }, { guardContent: {} });
const content = (...kinds: fc.Arbitrary<unknown>[]) =>
  mostly(
    fc.array(fc.oneof({ weight: 60, arbitrary: fc.oneof(...kinds) }, { weight: 1, arbitrary: other }), {
      minLength: 1,
      maxLength: 4,
    }),
  );
const message = mostly(
  fc.oneof(
    fc.record({ role: fc.constant('user'), content: content(textBlock, image, toolResult, point) }),
    fc.record({ role: fc.constant('assistant'), content: content(textBlock, toolUse, reasoning, point) }),
    fc.record({ role: fc.constant('system'), content: content(textBlock, point) }),
  ),
);
const first = fc.record({ role: fc.constant('user'), content: content(textBlock, image) });
const tool = fc.record({
  toolSpec: fc.record({
    name: mostly(toolName),
    description: seldom(text),
    inputSchema: fc.record({ json: mostly(fc.constant({ type: 'object' })) }),
  }),
});
const body = fc.record({
  messages: mostly(fc.tuple(first, fc.array(message, { maxLength: 4 })).map(([head, tail]) => [head, ...tail])),
  system: seldom(mostly(fc.array(fc.oneof(textBlock, point), { maxLength: 3 }))),
  inferenceConfig: seldom(
    mostly(fc.record({ maxTokens: mostly(fc.integer({ min: 1, max: 9 })), stopSequences: seldom(fc.array(text)) })),
  ),
  toolConfig: seldom(
    mostly(
      fc.record({
        tools: fc.array(fc.oneof(tool, point), { minLength: 1, maxLength: 3 }),
        toolChoice: seldom(fc.constantFrom({ auto: {} }, { any: {} }, { tool: { name: 'f' } })),
      }),
    ),
  ),
  additionalModelRequestFields: seldom(
    mostly(fc.record({ top_k: mostly(fc.nat(9)), seed: seldom(mostly(fc.integer())) })),
  ),
  requestMetadata: seldom(mostly(fc.dictionary(text, text))),
  outputConfig: seldom(mostly(fc.record({ effort: text }))),
  serviceTier: seldom(fc.constantFrom({ type: 'default' }, { type: 'flex' }, { type: 'reserved' })),
});

const outcome = (value: unknown, stream: boolean) =>
  outcomeOf(() => {
    const parsed = parseConverseRequest(value as Parameters<typeof parseConverseRequest>[0]);
    const { request, droppedParams } = converseRequestToOpenai(parsed, { model: 'm', stream });
    expect(droppedParams.every((name) => /^[\w.-]{1,64}$/.test(name))).toBe(true);
    return chatViolations(throughJson(request));
  });

describe('any JSON gives a chat request, or a coded error', () => {
  test('what clients send, more or less', () => {
    let passed = 0;
    fc.assert(
      fc.property(body, fc.boolean(), (value, stream) => {
        const result = outcome(throughJson(value), stream);
        if (result === 'refused') return;
        passed++;
        expect(result).toEqual([]);
      }),
      { seed: 1, numRuns: 3000 },
    );
    // Otherwise the property would look at refusals only.
    expect(passed).toBeGreaterThan(1000);
  });

  test('anything', () => {
    const anyJson = fc.oneof(junk, fc.record({ messages: fc.array(junk) }));
    fc.assert(
      fc.property(anyJson, (value) => {
        const result = outcome(JSON.parse(JSON.stringify(value)), false);
        expect(result === 'refused' ? [] : result).toEqual([]);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  test.each(['messages', 'system', 'toolConfig', 'additionalModelRequestFields', 'my_field'])(
    '%s that nests without end',
    (field) => {
      const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
      const value: unknown = JSON.parse(`{"messages":[{"role":"user","content":[{"text":"a"}]}],"${field}":${deep}}`);
      expect(outcome(value, false)).toBe('refused');
    },
  );
});

/** One piece of an answer and the chunks that bring it; calls know their place in the list of calls. */
const pieces = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 4 });
const block = fc.oneof(
  pieces.map((all) => ({ kind: 'text' as const, all })),
  fc
    .tuple(
      fc.dictionary(fc.string({ maxLength: 3 }), fc.oneof(fc.string(), fc.integer())),
      fc.array(fc.nat(40), { maxLength: 3 }),
    )
    .map(([value, cuts]) => {
      const edges = [0, ...[...cuts].sort((a, b) => a - b), Number.MAX_SAFE_INTEGER];
      const json = Object.keys(value).length === 0 ? '' : JSON.stringify(value);
      return { kind: 'tool' as const, all: edges.slice(1).map((edge, index) => json.slice(edges[index], edge)) };
    }),
);
const thoughts = fc.oneof(
  fc.constant([]),
  fc.array(
    fc.record({
      type: fc.constant('thinking'),
      thinking: fc.string({ minLength: 1, maxLength: 5 }),
      signature: fc.string({ minLength: 1, maxLength: 5 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
);
const answer = fc.record({
  thoughts,
  /** Text at most once, as an OpenAI message has it. */
  text: fc.option(pieces, { nil: [] }),
  calls: fc.array(
    block.filter((it) => it.kind === 'tool'),
    { maxLength: 4 },
  ),
  finishReason: fc.constantFrom('stop', 'length', 'tool_calls', 'pondering'),
  usage: fc.option(fc.record({ prompt_tokens: fc.integer({ min: 1, max: 99 }), completion_tokens: fc.nat(99) }), {
    nil: undefined,
  }),
  /** In which order the pieces of the calls come. */
  order: fc.infiniteStream(fc.nat(9)),
});
type Answer = typeof answer extends fc.Arbitrary<infer T> ? T : never;

function chunksOf({ thoughts: blocks, text: texts, calls, finishReason, usage, order }: Answer): object[] {
  const chunk = (delta: object, finish: string | null = null) => ({
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const chunks = [chunk({ role: 'assistant', content: '' })];
  for (const { thinking, signature } of blocks) {
    chunks.push(chunk({ reasoning_content: thinking, thinking_blocks: [{ type: 'thinking', thinking }] }));
    chunks.push(chunk({ reasoning_content: '', thinking_blocks: [{ type: 'thinking', thinking: '', signature }] }));
  }
  for (const content of texts) chunks.push(chunk({ content }));
  const waiting = calls.map(({ all }, index) => ({ index, rest: [...all] }));
  const begun = new Set<number>();
  for (const pick of order) {
    const open = waiting.filter(({ rest, index }) => rest.length > 0 && (begun.has(index) || begun.size === index));
    const next = open[pick % Math.max(open.length, 1)];
    if (next === undefined) break;
    const { index, rest } = next;
    const head = begun.has(index) ? {} : { id: `t${index}`, type: 'function' };
    const name = begun.has(index) ? {} : { name: 'f' };
    begun.add(index);
    chunks.push(chunk({ tool_calls: [{ index, ...head, function: { ...name, arguments: rest.shift() } }] }));
  }
  chunks.push(chunk({}, finishReason));
  return usage === undefined ? chunks : [...chunks, { choices: [], usage } as never];
}

function wholeOf({ thoughts: blocks, text: texts, calls, finishReason, usage }: Answer): ConverseReply {
  const message = {
    content: texts.join(''),
    thinking_blocks: blocks,
    tool_calls: calls.map(({ all }, index) => ({
      id: `t${index}`,
      type: 'function',
      function: { name: 'f', arguments: all.join('') },
    })),
  };
  return openaiReplyToConverse(
    { choices: [{ index: 0, finish_reason: finishReason, message }], usage },
    { requestId: 'r', latencyMs: 7 },
  );
}

function streamOf(bytes: Buffer, cuts: readonly number[]): ConverseEvent[] {
  const stream = new OpenaiToConverseStream({ requestId: 'r' });
  const reader = new SseReader();
  const events: ConverseEvent[] = [];
  for (const piece of cutAt(bytes, cuts)) {
    for (const data of reader.push(piece)) {
      if (data !== '[DONE]') events.push(...stream.push(JSON.parse(data)));
    }
  }
  return [...events, ...stream.end(7)];
}

test('however the bytes are cut and the calls mixed, the joined events are the whole answer', () => {
  fc.assert(
    fc.property(answer, fc.array(fc.nat(), { maxLength: 10 }), (given, cuts) => {
      const bytes = Buffer.from(chunksOf(given).map(sseData).join('') + SSE_DONE);
      const events = streamOf(bytes, cuts);
      const { reply, violations } = joinEvents(events);
      expect(violations).toEqual([]);
      expect(reply).toStrictEqual(wholeOf(given));
      expect(events).toStrictEqual(streamOf(bytes, []));
    }),
    { seed: 1, numRuns: 1000 },
  );
});

test('any chunks give events that clients take and at most one end, or a coded error', () => {
  const call = fc.record({
    index: mostly(fc.nat(2)),
    id: seldom(mostly(fc.constantFrom('t', 'u'))),
    function: mostly(
      fc.record({ name: seldom(fc.constant('f')), arguments: fc.constantFrom('', '{', '}', '{}', '"', ' ') }),
    ),
  });
  const thinkingBlock = fc.constantFrom(
    { type: 'thinking', thinking: 'x' },
    { type: 'thinking', thinking: '', signature: 's' },
    { type: 'redacted_thinking', data: 'AAEC' },
  );
  const delta = fc.record({
    content: seldom(mostly(text)),
    refusal: seldom(seldom(text)),
    reasoning_content: seldom(mostly(text)),
    thinking_blocks: seldom(mostly(fc.array(thinkingBlock, { maxLength: 2 }))),
    tool_calls: seldom(mostly(fc.array(call, { maxLength: 2 }))),
    images: seldom(mostly(fc.constant([{ image_url: { url: `data:image/png;base64,${IMAGES.png}` } }]))),
  });
  const finish = seldom(mostly(fc.constantFrom('stop', 'stop', 'length', 'tool_calls', 'error')), 5);
  const chunk = mostly(
    fc.record({
      choices: mostly(
        fc.array(
          mostly(
            fc.record({ index: mostly(fc.constantFrom(0, 0, 0, 1)), delta: mostly(delta), finish_reason: finish }),
          ),
          { maxLength: 1 },
        ),
      ),
      usage: seldom(junk),
      error: seldom(junk, 50),
    }),
  );
  let ended = 0;
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 10 }), (chunks) => {
      const stream = new OpenaiToConverseStream({ requestId: 'r' });
      const events: ConverseEvent[] = [];
      let isWhole = false;
      try {
        for (const it of chunks) events.push(...stream.push(JSON.parse(JSON.stringify(it))));
        events.push(...stream.end(7));
        isWhole = true;
      } catch (error) {
        if (!isGatewayError(error) || (error.fault !== 'upstream' && error.code !== 'invalid-request')) throw error;
      }
      expect(joinEvents(events).violations).toEqual([]);
      const of = (type: string) => events.filter((event) => event.type === type).length;
      expect(of('messageStart')).toBeLessThanOrEqual(1);
      expect([of('messageStop'), of('metadata')]).toEqual(isWhole ? [1, 1] : [of('messageStop'), 0]);
      if (isWhole) {
        ended++;
        expect(of('contentBlockStop')).toBe(
          new Set(events.flatMap((it) => ('contentBlockIndex' in it.payload ? [it.payload.contentBlockIndex] : [])))
            .size,
        );
      }
    }),
    { seed: 1, numRuns: 3000 },
  );
  expect(ended).toBeGreaterThan(300);
});
