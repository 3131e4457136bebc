import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { CLAUDE, converse, GPT_OSS, LLAMA, NEWEST_CLAUDE, NOVA, NOVA_2, translate } from './test-support/translate.ts';

const SONNET_4_5 = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const weather = { name: 'get_weather', input_schema: { type: 'object', properties: {} } };
const enabled = (budget_tokens: number) => ({ type: 'enabled', budget_tokens });

test('the least', () => {
  expect(translate({ max_tokens: 100 })).toEqual({
    request: { messages: [{ role: 'user', content: [{ text: 'Hi' }] }], inferenceConfig: { maxTokens: 100 } },
    droppedParams: [],
    toolNames: new Map(),
    stopSequences: [],
  });
});

describe('parameters: what is sent, and what is named', () => {
  test.each<[rule: string, fields: Record<string, unknown>, modelId: string, expected: object, dropped?: string[]]>([
    [
      'all of them',
      { temperature: 0.5, stop_sequences: ['X'] },
      CLAUDE,
      { inferenceConfig: { maxTokens: 4096, temperature: 0.5, stopSequences: ['X'] } },
    ],
    [
      'top_p and temperature',
      { temperature: 0.5, top_p: 0.9 },
      NOVA,
      { inferenceConfig: { maxTokens: 4096, temperature: 0.5, topP: 0.9 } },
    ],
    [
      'one of both, where only one is taken',
      { temperature: 0.5, top_p: 0.9 },
      SONNET_4_5,
      { inferenceConfig: { maxTokens: 4096, temperature: 0.5 } },
      ['top_p'],
    ],
    [
      'none, where none is taken',
      { temperature: 0.5, top_p: 0.9, top_k: 5 },
      NEWEST_CLAUDE,
      { inferenceConfig: { maxTokens: 4096 } },
      ['temperature', 'top_p', 'top_k'],
    ],
    ['top_k of Claude', { top_k: 5 }, CLAUDE, { additionalModelRequestFields: { top_k: 5 } }],
    ['top_k of Nova', { top_k: 5 }, NOVA, { additionalModelRequestFields: { inferenceConfig: { topK: 5 } } }],
    ['top_k where there is none', { top_k: 5 }, LLAMA, {}, ['top_k']],
    [
      'stop sequences, none twice and none empty',
      { stop_sequences: ['X', '', 'X', 'Y'] },
      NOVA,
      { inferenceConfig: { maxTokens: 4096, stopSequences: ['X', 'Y'] } },
    ],
    [
      'a blank stop sequence of Claude',
      { stop_sequences: [' '] },
      CLAUDE,
      { inferenceConfig: { maxTokens: 4096 } },
      ['stop_sequences'],
    ],
    [
      'Claude says which sequence it was',
      { stop_sequences: ['X', 'Y'] },
      CLAUDE,
      { additionalModelResponseFieldPaths: ['/stop_sequence'] },
    ],
    [
      'the end user, hashed',
      { metadata: { user_id: 'u' } },
      NOVA,
      { requestMetadata: { user: '0bfe935e70c321c7ca3afc75ce0d0ca2' } },
    ],
    ['no end user', { metadata: { user_id: null } }, NOVA, {}],
    ['tiers that ask for nothing special', { service_tier: 'auto' }, NOVA, {}],
    ['another tier', { service_tier: 'batch' }, NOVA, {}, ['service_tier']],
    [
      'what Anthropic alone has',
      { speed: 'fast', inference_geo: 'us', context_management: { edits: [{}] } },
      NOVA,
      {},
      ['speed', 'inference_geo', 'context_management'],
    ],
    [
      'neutral values',
      { speed: 'standard', thread: { type: 'create' }, mcp_servers: [], context_management: {}, diagnostics: null },
      NOVA,
      {},
    ],
    ['what nobody knows', { something_new: 1 }, NOVA, {}, ['something_new']],
  ])('%s', (_rule, fields, modelId, expected, dropped = []) => {
    const { request, droppedParams } = translate(fields, modelId);
    expect(request).toMatchObject(expected);
    expect(droppedParams).toEqual(dropped);
  });

  test.each<[rule: string, fields: Record<string, unknown>, modelId: string, param: string]>([
    ['max_tokens of 0', { max_tokens: 0 }, NOVA, 'max_tokens'],
    ['too many stop sequences', { stop_sequences: ['1', '2', '3', '4', '5'] }, NOVA, 'stop_sequences'],
    ['a container', { container: 'c' }, NOVA, 'container'],
    ['MCP servers', { mcp_servers: [{ name: 'a' }] }, NOVA, 'mcp_servers'],
    ['a thread that goes on', { thread: { type: 'continue', previous_message_id: 'msg_1' } }, NOVA, 'thread'],
  ])('refused: %s', (_rule, fields, modelId, param) => {
    expect(refusal(() => converse(fields, modelId))).toBe(`invalid-request ${param}`);
  });
});

describe('thinking', () => {
  const low = { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } };
  test.each<[rule: string, fields: Record<string, unknown>, modelId: string, expected: unknown, dropped?: string[]]>([
    ['a budget', { thinking: enabled(2000) }, CLAUDE, { thinking: enabled(2000) }],
    [
      'a budget that does not fit',
      { thinking: enabled(5000) },
      CLAUDE,
      { thinking: enabled(3072) },
      ['thinking.budget_tokens'],
    ],
    ['adaptive, where only budgets are taken', { thinking: { type: 'adaptive' } }, CLAUDE, { thinking: enabled(2048) }],
    ['a budget, where none is taken', { thinking: enabled(1024) }, NEWEST_CLAUDE, low],
    [
      'adaptive',
      { thinking: { type: 'adaptive', display: 'omitted' } },
      NEWEST_CLAUDE,
      { thinking: { type: 'adaptive', display: 'omitted' } },
    ],
    ['adaptive with effort', { ...low }, NEWEST_CLAUDE, low],
    [
      'effort asks Claude for no thinking',
      { output_config: { effort: 'low' } },
      NEWEST_CLAUDE,
      { output_config: { effort: 'low' } },
    ],
    ['Nova', { thinking: enabled(1024) }, NOVA_2, { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } }],
    [
      'effort of Nova',
      { output_config: { effort: 'medium' } },
      NOVA_2,
      { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'medium' } },
    ],
    ['gpt-oss', { thinking: enabled(5000) }, GPT_OSS, { reasoning_effort: 'high' }],
    ['off', { thinking: { type: 'disabled' } }, CLAUDE, undefined],
    ['a model that does not think', { thinking: enabled(2000) }, LLAMA, undefined, ['thinking']],
    [
      'effort of a model that has none',
      { output_config: { effort: 'low' } },
      LLAMA,
      undefined,
      ['output_config.effort'],
    ],
    ['an effort that nobody knows', { output_config: { effort: 'huge' } }, NOVA_2, undefined, ['output_config.effort']],
    ['thinking of a new kind', { thinking: { type: 'something_new' } }, CLAUDE, undefined, ['thinking']],
  ])('%s', (_rule, fields, modelId, expected, dropped = []) => {
    const { request, droppedParams } = translate(fields, modelId);
    expect(request.additionalModelRequestFields).toEqual(expected);
    expect(droppedParams).toEqual(dropped);
  });

  test('beside its thinking, Claude takes no other temperature, no low top_p, no top_k, and must call no tool', () => {
    const fields = { temperature: 0.5, top_p: 0.5, top_k: 5, tools: [weather], tool_choice: { type: 'any' } };
    const { request, droppedParams } = translate({ thinking: enabled(2000), ...fields });
    expect(request.inferenceConfig).toEqual({ maxTokens: 4096 });
    expect(request.toolConfig?.toolChoice).toBeUndefined();
    expect([...droppedParams].sort()).toEqual(['temperature', 'tool_choice', 'top_k', 'top_p']);
  });

  test('what Claude has while it thinks may be said', () => {
    expect(converse({ thinking: enabled(2000), temperature: 1 }).inferenceConfig).toEqual({
      maxTokens: 4096,
      temperature: 1,
    });
  });

  test('Nova’s greatest effort takes no limit', () => {
    const { request, droppedParams } = translate({ output_config: { effort: 'high' }, temperature: 0.5 }, NOVA_2);
    expect(request.inferenceConfig).toBeUndefined();
    expect([...droppedParams].sort()).toEqual(['max_tokens', 'temperature']);
  });

  const called = (thought: readonly object[]) => [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: [...thought, { type: 'tool_use', id: '1', name: 'get_weather', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: '1', content: 'r' }] },
  ];
  const signed = { type: 'thinking', thinking: 't', signature: 's' };
  test.each<[rule: string, messages: readonly object[], isOn: boolean]>([
    ['off for a turn whose thinking was lost', called([]), false],
    ['on where it is there', called([signed]), true],
    ['on where it is redacted', called([{ type: 'redacted_thinking', data: 'AQ==' }]), true],
    ['off where it has no signature', called([{ ...signed, signature: '' }]), false],
    ['on for a new turn', [...called([]), { role: 'assistant', content: 'a' }, { role: 'user', content: 'b' }], true],
    ['on where the first call of the turn has it', [...called([signed]), ...called([]).slice(1)], true],
  ])('in the middle of calls: %s', (_rule, messages, isOn) => {
    const { request, droppedParams } = translate({ messages, tools: [weather], thinking: enabled(2000) });
    expect(request.additionalModelRequestFields?.['thinking'] !== undefined).toBe(isOn);
    expect(droppedParams).toEqual(isOn ? [] : ['thinking']);
  });
});

describe('betas go to Claude, as far as it knows them', () => {
  const betas = ['context-1m-2025-08-07', 'claude-code-20250219', 'context-1m-2025-08-07'];
  test.each<[modelId: string, expected: unknown, dropped: string[]]>([
    [CLAUDE, { anthropic_beta: ['context-1m-2025-08-07'] }, ['anthropic_beta.claude-code-20250219']],
    [NOVA, undefined, ['anthropic_beta.context-1m-2025-08-07', 'anthropic_beta.claude-code-20250219']],
  ])('%s', (modelId, expected, dropped) => {
    const { request, droppedParams } = translate({}, modelId, { betas });
    expect(request.additionalModelRequestFields).toEqual(expected);
    expect(droppedParams).toEqual(dropped);
  });

  test.each([[betas], [betas.join(', ')]])('those of the body too: %j', (inBody) => {
    const { request, droppedParams } = translate({ anthropic_beta: inBody }, CLAUDE);
    expect(request.additionalModelRequestFields).toEqual({ anthropic_beta: ['context-1m-2025-08-07'] });
    expect(droppedParams).toEqual(['anthropic_beta.claude-code-20250219']);
  });
});

describe('JSON by a schema', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'number' } },
    required: ['a'],
    additionalProperties: false,
  };
  const format = { type: 'json_schema', schema };

  test.each(['output_config', 'output_format'])('by %s, where the model has it', (field) => {
    const fields = field === 'output_config' ? { output_config: { format } } : { output_format: format };
    expect(converse(fields, SONNET_4_5).outputConfig).toEqual({
      textFormat: {
        type: 'json_schema',
        structure: { jsonSchema: { name: 'answer', schema: JSON.stringify(schema) } },
      },
    });
  });

  test('else by a tool that must be called', () => {
    const { request, jsonTool } = translate({ output_config: { format } }, NOVA);
    expect(jsonTool).toBe('json_answer');
    expect(request.toolConfig).toMatchObject({
      tools: [{ toolSpec: { name: 'json_answer', inputSchema: { json: schema } } }],
      toolChoice: { tool: { name: 'json_answer' } },
    });
  });

  test('whose name none of the caller’s has', () => {
    const tools = [{ ...weather, name: 'json_answer' }];
    const { request, jsonTool } = translate({ output_config: { format }, tools }, NOVA);
    expect(jsonTool).toBe('json_answer_1');
    expect(request.toolConfig?.tools).toMatchObject([
      { toolSpec: { name: 'json_answer' } },
      { toolSpec: { name: 'json_answer_1' } },
    ]);
  });

  test('else by words', () => {
    const { request, jsonTool } = translate({ output_config: { format } }, 'deepseek.r1-v1:0');
    expect(jsonTool).toBeUndefined();
    expect(JSON.stringify(request.system)).toContain('JSON');
  });

  test('a reference that leads nowhere is the caller’s to mend', () => {
    const broken = { type: 'json_schema', schema: { type: 'object', properties: { a: { $ref: '#/$defs/b' } } } };
    expect(refusal(() => converse({ output_config: { format: broken } }, NOVA))).toBe(
      'invalid-request output_config.format.schema',
    );
  });
});

describe('tools', () => {
  const spec = { name: 'get_weather', description: 'get_weather', inputSchema: { json: weather.input_schema } };
  const tool = { toolSpec: spec };

  test.each<[rule: string, fields: Record<string, unknown>, modelId: string, expected: unknown, dropped?: string[]]>([
    ['a tool without a description has its name', { tools: [weather] }, NOVA, { tools: [tool] }],
    [
      'with one',
      { tools: [{ ...weather, description: 'd' }] },
      NOVA,
      { tools: [{ toolSpec: { ...spec, description: 'd' } }] },
    ],
    ['type custom', { tools: [{ ...weather, type: 'custom' }] }, NOVA, { tools: [tool] }],
    ['the same tool twice', { tools: [weather, weather] }, NOVA, { tools: [tool] }],
    [
      'a cache mark behind it',
      { tools: [{ ...weather, cache_control: { type: 'ephemeral' } }] },
      CLAUDE,
      { tools: [tool, { cachePoint: { type: 'default' } }] },
    ],
    [
      'strict, where the model has it',
      {
        tools: [
          { ...weather, strict: true, input_schema: { type: 'object', properties: {}, additionalProperties: false } },
        ],
      },
      SONNET_4_5,
      {
        tools: [
          {
            toolSpec: {
              ...spec,
              strict: true,
              inputSchema: { json: { type: 'object', properties: {}, additionalProperties: false } },
            },
          },
        ],
      },
    ],
    ['strict, where it has not', { tools: [{ ...weather, strict: true }] }, NOVA, { tools: [tool] }, ['tools.strict']],
    [
      'what Anthropic alone does with tools',
      {
        tools: [
          {
            ...weather,
            defer_loading: true,
            input_examples: [{}],
            eager_input_streaming: true,
            allowed_callers: ['code_execution_20250825'],
          },
        ],
      },
      NOVA,
      { tools: [tool] },
      ['tools.defer_loading', 'tools.eager_input_streaming', 'tools.input_examples', 'tools.allowed_callers'],
    ],
    [
      'neutral values of it',
      {
        tools: [
          {
            ...weather,
            defer_loading: false,
            input_examples: [],
            eager_input_streaming: null,
            allowed_callers: ['direct'],
          },
        ],
      },
      NOVA,
      { tools: [tool] },
    ],
    ['auto', { tools: [weather], tool_choice: { type: 'auto' } }, NOVA, { tools: [tool] }],
    ['any', { tools: [weather], tool_choice: { type: 'any' } }, NOVA, { tools: [tool], toolChoice: { any: {} } }],
    [
      'one',
      { tools: [weather], tool_choice: { type: 'tool', name: 'get_weather' } },
      NOVA,
      { tools: [tool], toolChoice: { tool: { name: 'get_weather' } } },
    ],
    ['none', { tools: [weather], tool_choice: { type: 'none' } }, NOVA, undefined],
    [
      'a choice that the model does not take',
      { tools: [weather], tool_choice: { type: 'any' } },
      'meta.llama3-1-70b-instruct-v1:0',
      { tools: [tool] },
      ['tool_choice'],
    ],
    [
      'one call at a time, where that cannot be told',
      { tools: [weather], tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      NOVA,
      { tools: [tool] },
      ['tool_choice.disable_parallel_tool_use'],
    ],
    [
      'several at a time',
      { tools: [weather], tool_choice: { type: 'auto', disable_parallel_tool_use: false } },
      NOVA,
      { tools: [tool] },
    ],
  ])('%s', (_rule, fields, modelId, expected, dropped = []) => {
    const { request, droppedParams } = translate(fields, modelId);
    expect(request.toolConfig).toEqual(expected);
    expect(droppedParams).toEqual(dropped);
  });

  test('one call at a time, of Claude', () => {
    const choice = { type: 'auto', disable_parallel_tool_use: true };
    expect(converse({ tools: [weather], tool_choice: choice }).additionalModelRequestFields).toEqual({
      tool_choice: choice,
    });
  });

  test('a name that the model does not take is changed, in the choice and the history too', () => {
    const { request, toolNames } = translate(
      {
        tools: [{ ...weather, name: 'get-weather' }],
        tool_choice: { type: 'tool', name: 'get-weather' },
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: [{ type: 'tool_use', id: '1', name: 'get-weather', input: {} }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: '1' }] },
        ],
      },
      NOVA,
    );
    const [[name, own] = []] = [...toolNames];
    expect([name, own]).toEqual([expect.stringMatching(/^get_weather_\w+$/), 'get-weather']);
    expect(request.toolConfig).toMatchObject({ tools: [{ toolSpec: { name } }], toolChoice: { tool: { name } } });
    expect(request.messages?.[1]?.content).toMatchObject([{ toolUse: { name } }]);
  });

  test('tools of the history are there even when none is offered, with a note', () => {
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [{ type: 'tool_use', id: '1', name: 'f', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: '1', content: 'r' }] },
    ];
    const request = converse({ messages }, NOVA);
    expect(request.toolConfig).toMatchObject({ tools: [{ toolSpec: { name: 'f' } }] });
    expect(request.system).toHaveLength(1);
  });

  test.each<[rule: string, fields: Record<string, unknown>, param: string]>([
    [
      'a tool that Anthropic runs',
      { tools: [weather, { type: 'web_search_20250305', name: 'web_search' }] },
      'tools.1.type',
    ],
    ['a tool that Claude knows by its type', { tools: [{ type: 'bash_20250124', name: 'bash' }] }, 'tools.0.type'],
    ['two tools of one name', { tools: [weather, { ...weather, description: 'other' }] }, 'tools.1.name'],
    [
      'a schema with a root that is no object',
      { tools: [{ name: 'f', input_schema: { type: 'string' } }] },
      'tools.0.input_schema',
    ],
    [
      'a choice of what is not there',
      { tools: [weather], tool_choice: { type: 'tool', name: 'f' } },
      'tool_choice.name',
    ],
    ['a choice without tools', { tool_choice: { type: 'any' } }, 'tool_choice'],
  ])('refused: %s', (_rule, fields, param) => {
    expect(refusal(() => converse(fields, NOVA))).toBe(`invalid-request ${param}`);
  });

  test('refused: tools, where the model takes none', () => {
    expect(refusal(() => converse({ tools: [weather] }, 'deepseek.r1-v1:0'))).toBe('invalid-request tools');
  });
});

describe('a managed prompt', () => {
  const prompt = {
    system: [{ text: 'P' }],
    messages: [],
    toolConfig: { tools: [{ toolSpec: { name: 'p', inputSchema: { json: {} } } }], toolChoice: { any: {} } },
    inferenceConfig: { maxTokens: 7, temperature: 0.1 },
    additionalModelRequestFields: { top_k: 3 },
  };

  test('its system text first, its tools and parameters where the request has none', () => {
    const fields = { system: 'S', max_tokens: undefined, temperature: 0.9 };
    const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...fields };
    const { request } = translate({ ...body, max_tokens: 9 }, NOVA, { prompt, system: [{ text: 'E' }] });
    expect(request).toEqual({
      messages: [{ role: 'user', content: [{ text: 'Hi' }] }],
      system: [{ text: 'P' }, { text: 'E' }, { text: 'S' }],
      inferenceConfig: { maxTokens: 9, temperature: 0.9 },
      toolConfig: prompt.toolConfig,
      additionalModelRequestFields: { top_k: 3 },
    });
  });

  test('the tools of the request take the place of its own', () => {
    const { request } = translate({ tools: [weather] }, NOVA, { prompt });
    expect(request.toolConfig).toMatchObject({ tools: [{ toolSpec: { name: 'get_weather' } }] });
    expect(request.toolConfig?.toolChoice).toBeUndefined();
  });
});
