import { isGatewayError } from '@genai-gateway/core';
import type { ConverseMessage, ConverseRequest } from '@genai-gateway/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openaiToConverse } from '../openai-over-converse/openai-to-converse.ts';
import { parseOpenaiChatRequest } from '../openai-over-converse/parse-openai-chat.ts';
import { violations } from '../openai-over-converse/test-support/converse-rules.ts';
import { assistant, call, png, point, result, text, thought, user } from '../test-support/converse-messages.ts';
import { continueConverse } from './continue-converse.ts';

const modelIds = fc.constantFrom(
  'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'amazon.nova-pro-v1:0',
  'mistral.mistral-large-2407-v1:0',
  'us.deepseek.r1-v1:0',
);
const id = fc.constantFrom('1', '2', '3', 'a:b', 'y'.repeat(70));
const words = fc.constantFrom('a', 'b', ' ', '');
const saidText = words.map(text);
const anyCall = fc
  .tuple(id, fc.constantFrom('f', 'a-b', 'a.b', 'x'.repeat(70)), fc.constantFrom({}, { a: 1 }))
  .map((given) => call(...given));
const anyThought = fc.tuple(words, fc.constantFrom('s', undefined)).map((given) => thought(...given));
const anyResult = fc.tuple(id, words).map((given) => result(...given));

/** What a store may hold: turns of several models, of calls side by side, cut off in front. */
const stored = fc.array(
  fc.oneof(
    fc
      .array(fc.oneof(saidText, fc.constant(png), anyResult, fc.constant(point)), { maxLength: 4 })
      .map((it) => user(...it)),
    fc
      .tuple(
        fc.array(fc.oneof(anyThought, saidText, fc.constant(point)), { maxLength: 3 }),
        fc.array(anyCall, { maxLength: 2 }),
        fc.array(fc.constant(point), { maxLength: 1 }),
      )
      .map((parts) => assistant(...parts.flat())),
    words.map((it): ConverseMessage => ({ role: 'system', content: [{ text: it }] })),
  ),
  { minLength: 1, maxLength: 8 },
);

test('a request of OpenAI behind whatever is stored is one that Bedrock takes, or a coded error', () => {
  const message = fc.oneof(
    fc.record({ role: fc.constantFrom('user', 'system', 'assistant'), content: words }),
    fc.record({ role: fc.constant('tool'), tool_call_id: id, content: words }),
    fc.record({
      role: fc.constant('assistant'),
      content: words,
      tool_calls: fc.array(
        fc.record({
          id,
          type: fc.constant('function'),
          function: fc.record({ name: fc.constantFrom('f', 'a.b'), arguments: fc.constant('{}') }),
        }),
        { maxLength: 2 },
      ),
    }),
  );
  const tools = fc.constantFrom(undefined, [{ type: 'function', function: { name: 'a.b' } }]);
  let passed = 0;
  fc.assert(
    fc.property(stored, fc.array(message, { maxLength: 4 }), tools, modelIds, (before, messages, offered, modelId) => {
      const body = JSON.parse(JSON.stringify({ model: 'm', messages, tools: offered }));
      const copy = structuredClone(before);
      try {
        const { request } = openaiToConverse(parseOpenaiChatRequest(body, { messages: 'optional' }), {
          modelId,
          before,
        });
        expect(violations(request)).toEqual([]);
        passed++;
      } catch (error) {
        if (!isGatewayError(error) || !/^tools$|tool_call_id$/.test(error.param ?? '')) throw error;
      }
      expect(before).toEqual(copy);
    }),
    { seed: 1, numRuns: 3000 },
  );
  expect(passed).toBeGreaterThan(1000);
});

test('a request of Converse that Bedrock takes is one behind whatever is stored', () => {
  const turn = fc
    .tuple(
      saidText,
      fc.uniqueArray(
        id.filter((it) => /^\w{1,64}$/.test(it)),
        { maxLength: 2 },
      ),
      fc.boolean(),
    )
    .map(([said, ids, hasMore]) => [
      assistant(said, ...ids.map((it) => call(it))),
      user(...ids.map((it) => result(it, 'r')), ...(ids.length === 0 || hasMore ? [text('b')] : [])),
    ]);
  const own = fc.array(turn, { maxLength: 3 }).map((turns) => [user(text('a')), ...turns.flat()]);
  const toolConfig = { tools: [{ toolSpec: { name: 'f', inputSchema: { json: { type: 'object' } } } }] };
  let passed = 0;
  fc.assert(
    fc.property(stored, own, modelIds, (before, messages, modelId) => {
      const request: ConverseRequest = { messages, toolConfig };
      fc.pre(violations(request).length === 0);
      passed++;
      const continued = continueConverse(request, { modelId, before });
      expect(violations(continued)).toEqual([]);
      const kept = (continued.messages ?? []).flatMap(({ content }) => content);
      for (const { content } of messages) {
        // Calls and results may have got another id.
        for (const block of content) if ('text' in block) expect(kept.includes(block)).toBe(true);
      }
    }),
    { seed: 1, numRuns: 2000 },
  );
  expect(passed).toBeGreaterThan(500);
});
