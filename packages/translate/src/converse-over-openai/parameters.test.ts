import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { modelParameters } from './additional-fields.ts';
import { openai, translate } from './test-support/translate.ts';

const bare = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] };
const additional = (additionalModelRequestFields: object) => ({ additionalModelRequestFields });

describe('fields of Converse', () => {
  const schema = '{"type":"object","properties":{}}';
  const format = (jsonSchema: object) => ({ textFormat: { type: 'json_schema', structure: { jsonSchema } } });
  const jsonSchema = (fields: object) => ({
    response_format: {
      type: 'json_schema',
      json_schema: { schema: JSON.parse(schema) as object, strict: true, ...fields },
    },
  });
  test.each<[rule: string, fields: object, expected: object, dropped?: string[]]>([
    ['nothing', {}, {}],
    ['an empty inferenceConfig', { inferenceConfig: {} }, {}],
    ['maxTokens', { inferenceConfig: { maxTokens: 5 } }, { max_tokens: 5 }],
    ['temperature 0', { inferenceConfig: { temperature: 0 } }, { temperature: 0 }],
    ['topP', { inferenceConfig: { topP: 0.5 } }, { top_p: 0.5 }],
    ['stopSequences', { inferenceConfig: { stopSequences: ['a', '\n'] } }, { stop: ['a', '\n'] }],
    ['no stop sequence is none', { inferenceConfig: { stopSequences: [] } }, {}],
    ['effort', { outputConfig: { effort: 'max' } }, { reasoning_effort: 'max' }],
    ['a schema', { outputConfig: format({ schema }) }, jsonSchema({ name: 'output' })],
    [
      'a schema with a name',
      { outputConfig: format({ schema, name: 'n', description: 'd' }) },
      jsonSchema({ name: 'n', description: 'd' }),
    ],
    [
      'both',
      { outputConfig: { effort: 'low', ...format({ schema }) } },
      { reasoning_effort: 'low', ...jsonSchema({ name: 'output' }) },
    ],
    ['the default tier is not said', { serviceTier: { type: 'default' } }, {}],
    ['a tier', { serviceTier: { type: 'priority' } }, { service_tier: 'priority' }],
    ['the usual latency is not said', { performanceConfig: { latency: 'standard' } }, {}],
    ['low latency is dropped', { performanceConfig: { latency: 'optimized' } }, {}, ['performanceConfig']],
    ['no response paths are none', { additionalModelResponseFieldPaths: [] }, {}],
    [
      'metadata goes under one name, where it sets nothing',
      { requestMetadata: { tags: 'a', api_base: 'b' } },
      { metadata: { spend_logs_metadata: { tags: 'a', api_base: 'b' } } },
    ],
  ])('%s', (_rule, fields, expected, dropped = []) => {
    expect(translate(fields)).toStrictEqual({ request: { ...bare, ...expected }, droppedParams: dropped });
  });

  test('response paths are for the answer', () => {
    expect(translate({ additionalModelResponseFieldPaths: ['/a'] })).toStrictEqual({
      request: bare,
      droppedParams: [],
      responseFieldPaths: ['/a'],
    });
  });

  test('a stream asks for its usage', () => {
    expect(translate({}, true).request).toStrictEqual({
      ...bare,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test.each<[rule: string, fields: object, param: string]>([
    ['a guardrail', { guardrailConfig: { guardrailIdentifier: 'g' } }, 'guardrailConfig'],
    ['an empty guardrail', { guardrailConfig: {} }, 'guardrailConfig'],
    ['prompt variables', { promptVariables: { a: { text: 'b' } } }, 'promptVariables'],
    ['reserved capacity', { serviceTier: { type: 'reserved' } }, 'serviceTier.type'],
    [
      'a schema that is no JSON',
      { outputConfig: format({ schema: '{' }) },
      'outputConfig.textFormat.structure.jsonSchema.schema',
    ],
    [
      'a schema that is no object',
      { outputConfig: format({ schema: '[]' }) },
      'outputConfig.textFormat.structure.jsonSchema.schema',
    ],
    [
      'a schema without end',
      { outputConfig: format({ schema: `${'{"a":'.repeat(999)}1${'}'.repeat(999)}` }) },
      'outputConfig.textFormat.structure.jsonSchema.schema',
    ],
  ])('%s is refused', (_rule, fields, param) => {
    expect(refusal(() => translate(fields))).toBe(`invalid-request ${param}`);
  });
});

describe('additionalModelRequestFields', () => {
  /** A value that each parameter takes, and one that it does not. */
  const samples: Readonly<Record<keyof typeof modelParameters, readonly [right: unknown, wrong: unknown]>> = {
    reasoning_effort: ['high', 1],
    thinking: [{ type: 'enabled', budget_tokens: 1024 }, true],
    top_k: [0, -1],
    seed: [-7, '7'],
    presence_penalty: [-2, 2.1],
    frequency_penalty: [0.5, '0.5'],
    logit_bias: [{ 5: 1 }, [5]],
    verbosity: ['low', {}],
    parallel_tool_calls: [false, 'false'],
    prompt_cache_key: ['k', 1],
    response_format: [{ type: 'json_object' }, 'json_object'],
  };
  test.each(Object.entries(samples))('%s', (name, [right, wrong]) => {
    expect(openai(additional({ [name]: right }))).toStrictEqual({ ...bare, [name]: right });
    expect(openai(additional({ [name]: null }))).toStrictEqual(bare);
    expect(refusal(() => openai(additional({ [name]: wrong })))).toBe(
      `invalid-request additionalModelRequestFields.${name}`,
    );
  });

  test('every parameter has a sample', () => {
    expect(Object.keys(samples)).toEqual(Object.keys(modelParameters));
  });

  test.each<[rule: string, fields: object, expected: object]>([
    ['nothing', {}, {}],
    [
      'the name that Claude has on Bedrock',
      { reasoning_config: { type: 'disabled' } },
      { thinking: { type: 'disabled' } },
    ],
    ["the gateway's own are not passed on", { enable_history: true, session_id: 's' }, {}],
  ])('%s', (_rule, fields, expected) => {
    expect(openai(additional(fields))).toStrictEqual({ ...bare, ...expected });
  });

  test.each([
    // what LiteLLM takes from a body as a setting of its own
    ...[
      'api_base',
      'api_key',
      'base_url',
      'user_config',
      'extra_headers',
      'headers',
      'extra_body',
      'metadata',
      'litellm_metadata',
    ],
    ...[
      'guardrails',
      'guardrail_config',
      'tags',
      'user',
      'model_list',
      'fallbacks',
      'num_retries',
      'timeout',
      'cache',
      'drop_params',
    ],
    ...[
      'allowed_openai_params',
      'mock_response',
      'custom_llm_provider',
      'litellm_credential_name',
      'aws_role_name',
      'callbacks',
    ],
    // what would change the form of the answer, or is said elsewhere
    ...[
      'model',
      'messages',
      'stream',
      'stream_options',
      'n',
      'logprobs',
      'modalities',
      'audio',
      'tools',
      'tool_choice',
      'max_tokens',
    ],
    ...[
      'max_completion_tokens',
      'temperature',
      'top_p',
      'stop',
      'stop_sequences',
      'service_tier',
      'system',
      'inferenceConfig',
    ],
    // what nobody knows
    ...['anything', 'constructor', '__proto__', 'toString'],
  ])('%s is refused', (name) => {
    const body = JSON.parse(`{"additionalModelRequestFields":{"${name}":{}}}`) as object;
    expect(refusal(() => openai(body))).toBe(`invalid-request additionalModelRequestFields.${name}`);
    expect(() => openai(body)).toThrow(/Send `|Possible are: reasoning_effort, /);
  });

  test.each<[rule: string, fields: object, param: string]>([
    ['a parameter by both its names', additional({ thinking: {}, reasoning_config: {} }), 'reasoning_config'],
    [
      'an effort that outputConfig says',
      { outputConfig: { effort: 'low' }, ...additional({ reasoning_effort: 'low' }) },
      'reasoning_effort',
    ],
  ])('%s is refused', (_rule, fields, param) => {
    expect(refusal(() => openai(fields))).toBe(`invalid-request additionalModelRequestFields.${param}`);
  });
});

describe('tools', () => {
  const json = { type: 'object', properties: { a: { type: 'string' } } };
  const toolSpec = { name: 'f', inputSchema: { json } };
  const definition = { name: 'f', parameters: json };
  const tools = (list: object[], toolChoice?: object) => ({ toolConfig: { tools: list, toolChoice } });
  const plain = { type: 'function', function: definition };
  const point = { cachePoint: { type: 'default', ttl: '5m' } };
  const marked = { cache_control: { type: 'ephemeral', ttl: '5m' } };
  test.each<[rule: string, fields: object, expected: object]>([
    ['a tool', tools([{ toolSpec }]), { tools: [plain] }],
    [
      'a tool with everything',
      tools([{ toolSpec: { ...toolSpec, description: 'd', strict: true } }]),
      { tools: [{ type: 'function', function: { ...definition, description: 'd', strict: true } }] },
    ],
    [
      'a cache point marks the tool before it',
      tools([{ toolSpec }, point, { toolSpec: { ...toolSpec, name: 'g' } }]),
      {
        tools: [
          { ...plain, ...marked },
          { type: 'function', function: { ...definition, name: 'g' } },
        ],
      },
    ],
    ['auto', tools([{ toolSpec }], { auto: {} }), { tools: [plain], tool_choice: 'auto' }],
    ['any', tools([{ toolSpec }], { any: {} }), { tools: [plain], tool_choice: 'required' }],
    [
      'a forced tool',
      tools([{ toolSpec }], { tool: { name: 'f' } }),
      { tools: [plain], tool_choice: { type: 'function', function: { name: 'f' } } },
    ],
  ])('%s', (_rule, fields, expected) => {
    expect(openai(fields)).toStrictEqual({ ...bare, ...expected });
  });

  test('a cache point before all tools is reported', () => {
    expect(translate(tools([point, { toolSpec }])).droppedParams).toEqual(['cachePoint']);
  });
});
