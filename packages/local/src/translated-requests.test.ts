import { isGatewayError } from '@genai-gateway/core';
import { converseRefusal, knownModelIds } from '@genai-gateway/simulators';
import { openaiToConverse, parseOpenaiChatRequest } from '@genai-gateway/translate';
import fc from 'fast-check';
import { expect, test } from 'vitest';

/*
 * What the translation makes of the requests of OpenAI's clients, the simulated Bedrock takes: it has the schema of the AWS
 * SDK and rules of the models, and shares no code with the translation.
 */

const chatModelIds = knownModelIds.filter((id) => !/embed/.test(id));

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined, freq: 2 });
const rarely = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

const node = { type: 'object', properties: { next: { $ref: '#/$defs/node' } } };
const schema = fc.constantFrom(
  { type: 'object', properties: { a: { type: 'string', minLength: 2 } }, required: ['a'] },
  { type: 'object', properties: { a: { type: 'object', properties: { b: { type: 'integer' } } } } },
  { type: 'object' },
  { type: 'array', items: { type: 'string' } },
  { anyOf: [{ type: 'object', properties: { a: {} } }, { type: 'null' }] },
  { $ref: '#/$defs/node', $defs: { node } },
);
const objectSchema = schema.filter((each) => !('type' in each) || each.type === 'object');
const mark = fc.constantFrom({ type: 'ephemeral' }, { type: 'ephemeral', ttl: '1h' });
const tool = fc.record({
  type: fc.constant('function'),
  function: fc.record({
    name: fc.constantFrom('f', 'g', 'a-b', 'a.b', 'json_p'),
    description: maybe(fc.constantFrom('d', '')),
    parameters: maybe(objectSchema),
    strict: maybe(fc.boolean()),
  }),
  cache_control: maybe(mark),
});
const named = { type: 'function', function: { name: 'f' } };

const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });
const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'r' });
const question = { role: 'user', content: 'q' };
const messages = fc.constantFrom(
  [question],
  [{ role: 'system', content: 's' }, question],
  [question, { role: 'assistant', tool_calls: [call('1'), call('2')] }, result('2'), result('1')],
  [
    question,
    { role: 'assistant', content: 'a', tool_calls: [call('1')] },
    result('1'),
    { role: 'assistant', content: 'b' },
    question,
  ],
  [question, { role: 'assistant', content: 'a' }, { role: 'system', content: 's' }, question],
  [{ role: 'user', content: [{ type: 'text', text: 'q', cache_control: { type: 'ephemeral' } }] }],
);

const parameters = fc.record({
  model: fc.constant('m'),
  messages,
  stream: maybe(fc.boolean()),
  parallel_tool_calls: maybe(fc.boolean()),
  response_format: maybe(
    fc.oneof(
      fc.constantFrom({ type: 'text' }, { type: 'json_object' }),
      schema.map((each) => ({ type: 'json_schema', json_schema: { name: 'p', schema: each, strict: true } })),
    ),
  ),
  reasoning_effort: maybe(fc.constantFrom('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max')),
  thinking: rarely(
    fc.constantFrom({ type: 'enabled', budget_tokens: 3_000 }, { type: 'disabled' }, { type: 'adaptive' }),
  ),
  output_config: rarely(fc.constantFrom({ effort: 'low' }, { effort: 'max' })),
  max_tokens: maybe(fc.constantFrom(1, 500, 1_025, 2_000, 9_000)),
  temperature: maybe(fc.constantFrom(0, 1, 1.5)),
  top_p: maybe(fc.constantFrom(0.1, 0.97)),
  top_k: maybe(fc.constantFrom(-1, 5)),
  stop: maybe(fc.constantFrom('a', ['a', '\n'])),
  service_tier: maybe(fc.constantFrom('auto', 'flex', 'scale')),
  metadata: maybe(fc.constantFrom({ a: 'b' }, { a: 1, 'ž"': 'x' })),
  user: maybe(fc.constantFrom('u', '')),
  anthropic_beta: maybe(fc.constant(['context-1m-2025-08-07', 'unheard-of'])),
  seed: maybe(fc.integer()),
  guardrailConfig: rarely(
    fc.constant({ guardrailIdentifier: 'abc', guardrailVersion: '1', trace: 'enabled', streamProcessingMode: 'sync' }),
  ),
  web_search_options: rarely(fc.constant({})),
});

const choice = fc.constantFrom('auto', 'none', 'required', named, {
  type: 'allowed_tools',
  allowed_tools: { mode: 'required', tools: [named] },
});
const tools = fc.uniqueArray(tool, { maxLength: 2, selector: (each) => each.function.name }).chain((more) =>
  fc.record({
    tools: fc.constant([named, ...more.filter((each) => each.function.name !== 'f')]),
    tool_choice: maybe(choice),
  }),
);
const body = fc.tuple(parameters, maybe(tools)).map(([fields, offered]) => ({ ...fields, ...offered }));

test.each(chatModelIds)('%s takes what is made of requests', (modelId) => {
  let taken = 0;
  fc.assert(
    fc.property(body, (fields) => {
      const given: unknown = JSON.parse(JSON.stringify(fields));
      let request: unknown;
      try {
        ({ request } = openaiToConverse(parseOpenaiChatRequest(given), { modelId }));
      } catch (error) {
        if (isGatewayError(error) && error.code === 'invalid-request' && error.param !== undefined) return;
        throw error;
      }
      expect(converseRefusal({ modelId, body: request, streamed: fields.stream === true })).toBeUndefined();
      taken++;
    }),
    { seed: 1, numRuns: 60 },
  );
  // Otherwise the property would look at refusals only.
  expect(taken).toBeGreaterThan(10);
});
