import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { outcomeOf, seldom } from '../test-support/arbitraries.ts';
import { openaiToConverse } from './openai-to-converse.ts';
import { parseOpenaiChatRequest } from './parse-openai-chat.ts';
import { violations } from './test-support/converse-rules.ts';
import { servingViolations } from './test-support/serving-rules.ts';
import { fieldRules } from './unsupported.ts';

const modelIds = fc.constantFrom(
  'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'anthropic.claude-3-haiku-20240307-v1:0',
  'anthropic.claude-opus-4-7',
  'anthropic.claude-fable-5-1',
  'amazon.nova-2-lite-v1:0',
  'amazon.titan-text-express-v1',
  'cohere.command-r-v1:0',
  'us.deepseek.r1-v1:0',
  'openai.gpt-oss-120b-1:0',
  'us.openai.gpt-6-sol',
  'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc',
);

const junk = fc.jsonValue({ maxDepth: 3 });
const mostly = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 60, arbitrary: usual }, { weight: 1, arbitrary: junk });

const word = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 4 }),
  fc.constantFrom('a b', '', '__proto__', 'x'.repeat(300)),
);
const pairs = fc.dictionary(word, fc.oneof({ weight: 4, arbitrary: word }, { weight: 1, arbitrary: junk }), {
  maxKeys: 20,
});
const keyword = fc.constantFrom(
  'type',
  'properties',
  'items',
  'anyOf',
  '$ref',
  '$defs',
  'required',
  'minimum',
  'enum',
  'additionalProperties',
);
const { schema } = fc.letrec((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      { type: 'string' },
      { type: 'object' },
      { type: ['object', 'null'] },
      { $ref: '#' },
      { $ref: '#/$defs/a' },
      {},
    ),
    fc.record({ type: fc.constant('object'), properties: fc.dictionary(word, tie('schema'), { maxKeys: 3 }) }),
    fc.record({ anyOf: fc.array(tie('schema'), { maxLength: 3 }) }),
    fc.record({ type: fc.constant('array'), items: tie('schema') }),
    fc.record({ $ref: fc.constant('#/$defs/a'), $defs: fc.record({ a: tie('schema') }) }),
    fc.dictionary(keyword, fc.oneof(tie('schema'), junk), { maxKeys: 3 }),
  ),
}));
const effort = fc.constantFrom('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', null);
const count = fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.constantFrom(1_024, 1_025, 64_000, 2 ** 31 - 1));
const named = fc.record({ type: fc.constant('function'), function: fc.record({ name: fc.constantFrom('f', 'g') }) });
const body = fc
  .record({
    model: fc.constant('m'),
    messages: fc.constant([{ role: 'user', content: 'q' }]),
    stream: seldom(fc.boolean()),
    max_tokens: seldom(mostly(count)),
    max_completion_tokens: seldom(mostly(count)),
    temperature: seldom(mostly(fc.double({ min: 0, max: 2, noNaN: true }))),
    top_p: seldom(mostly(fc.double({ min: 0, max: 1, noNaN: true }))),
    top_k: seldom(mostly(fc.integer({ min: -1, max: 9 }))),
    reasoning_effort: seldom(mostly(effort)),
    thinking: seldom(
      mostly(fc.record({ type: fc.constantFrom('enabled', 'disabled', 'adaptive'), budget_tokens: seldom(count) })),
    ),
    reasoning: seldom(
      mostly(fc.record({ effort: seldom(effort), max_tokens: seldom(count), exclude: seldom(fc.boolean()) })),
    ),
    response_format: seldom(
      mostly(
        fc.record({ type: fc.constant('json_schema'), json_schema: fc.record({ name: fc.constant('n'), schema }) }),
      ),
    ),
    tools: seldom(
      mostly(
        fc.array(
          fc.record({
            type: fc.constant('function'),
            function: fc.record({
              name: fc.constantFrom('f', 'g'),
              parameters: mostly(schema),
              strict: seldom(fc.boolean()),
            }),
          }),
          { maxLength: 2 },
        ),
      ),
    ),
    tool_choice: seldom(mostly(fc.oneof(fc.constantFrom('auto', 'none', 'required', 'any'), named))),
    functions: seldom(mostly(fc.constantFrom([], [{ name: 'f' }]))),
    function_call: seldom(mostly(fc.constantFrom('auto', { name: 'f' }))),
    metadata: seldom(mostly(pairs)),
    requestMetadata: seldom(mostly(fc.dictionary(word, word, { maxKeys: 2 }))),
    user: seldom(mostly(word)),
    service_tier: seldom(mostly(fc.constantFrom('auto', 'flex', 'scale'))),
    anthropic_beta: seldom(mostly(fc.array(word, { maxLength: 3 }))),
    guardrailConfig: seldom(mostly(fc.constant({ guardrailIdentifier: 'abc', guardrailVersion: '1' }))),
  })
  .map((fields): unknown => JSON.parse(JSON.stringify(fields)));

const outcome = (value: unknown, modelId: string) =>
  outcomeOf(() => {
    const { request } = openaiToConverse(parseOpenaiChatRequest(value), { modelId });
    const sent = JSON.parse(JSON.stringify(request)) as typeof request;
    return [...violations(sent), ...servingViolations(sent)];
  });

describe('any parameters give a request that Bedrock takes, or a coded error', () => {
  test('what clients send, more or less', () => {
    let passed = 0;
    fc.assert(
      fc.property(body, modelIds, (value, modelId) => {
        const result = outcome(value, modelId);
        if (result === 'refused') return;
        passed++;
        expect(result).toEqual([]);
      }),
      { seed: 1, numRuns: 1500 },
    );
    // Otherwise the property would look at refusals only.
    expect(passed).toBeGreaterThan(300);
  });

  test.each(Object.keys(fieldRules).filter((name) => !['model', 'messages'].includes(name)))(
    'anything in %s',
    (name) => {
      fc.assert(
        fc.property(junk, modelIds, (value, modelId) => {
          const result = outcome({ model: 'm', messages: [{ role: 'user', content: 'q' }], [name]: value }, modelId);
          expect(result === 'refused' ? [] : result).toEqual([]);
        }),
        { seed: 1, numRuns: 30 },
      );
    },
  );

  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index}`, 'v']));
  const list = Array.from({ length: 20_000 }, (_, index) => `s${index}`);
  const tool = (name: string) => ({ type: 'function', function: { name } });
  test.each<[rule: string, fields: object]>([
    ['metadata', { metadata: many }],
    ['requestMetadata', { requestMetadata: many }],
    ['fields', many],
    ['stops', { stop: list }],
    ['tools', { tools: list.map(tool) }],
    [
      'allowed tools',
      {
        tools: [tool('f')],
        tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: list.map(tool) } },
      },
    ],
    ['betas', { anthropic_beta: list.join(',') }],
    [
      'properties',
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'n', schema: { type: 'object', properties: many } },
        },
      },
    ],
    ['choices', { response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { anyOf: list } } } }],
  ])('twenty thousand %s', (_rule, fields) => {
    for (const modelId of ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'amazon.nova-pro-v1:0']) {
      const value = { model: 'm', messages: [{ role: 'user', content: 'q' }], ...fields };
      const result = outcome(value, modelId);
      expect(result === 'refused' ? [] : result).toEqual([]);
    }
  });
});

test('the same request gives the same bytes', () => {
  fc.assert(
    fc.property(body, modelIds, (value, modelId) => {
      const bytes = (): string => {
        try {
          return JSON.stringify(openaiToConverse(parseOpenaiChatRequest(structuredClone(value)), { modelId }));
        } catch {
          return 'refused';
        }
      };
      expect(bytes()).toBe(bytes());
    }),
    { seed: 2, numRuns: 300 },
  );
});
