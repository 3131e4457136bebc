import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { violations } from './test-support/converse-rules.ts';
import { converse, PLAIN_MODEL, translate } from './test-support/translate.ts';
import { NO_TOOLS_NOTE } from './tools.ts';

const tool = (name: string, fields: object = {}) => ({ type: 'function', function: { name, ...fields } });
const history = [
  { role: 'user', content: 'a' },
  { role: 'assistant', tool_calls: [{ id: '1', function: { name: 'g.h', arguments: '{}' } }] },
  { role: 'tool', tool_call_id: '1', content: 'r' },
];
const LLAMA_31 = 'us.meta.llama3-1-70b-instruct-v1:0';
const NOVA = 'amazon.nova-pro-v1:0';
const CLAUDE_37 = 'anthropic.claude-3-7-sonnet-20250219-v1:0';

function names(fields: Record<string, unknown>, modelId?: string): (string | undefined)[] | undefined {
  const request = converse(fields, modelId);
  expect(violations(request)).toEqual([]);
  return request.toolConfig?.tools.map((it) => ('toolSpec' in it ? it.toolSpec.name : undefined));
}

describe('definitions', () => {
  test('a whole one', () => {
    const parameters = { type: 'object', properties: { a: { type: 'string' } } };
    expect(converse({ tools: [tool('f', { description: 'Does f', parameters })] }).toolConfig).toEqual({
      tools: [{ toolSpec: { name: 'f', description: 'Does f', inputSchema: { json: parameters } } }],
    });
  });

  test.each([
    ['no description', {}],
    ['an empty one', { description: '' }],
    ['a blank one', { description: ' ' }],
    ['null', { description: null }],
  ])('%s: the name is the description', (_rule, fields) => {
    const [first] = converse({ tools: [tool('f.g', fields)] }).toolConfig?.tools ?? [];
    expect(first).toMatchObject({ toolSpec: { description: 'f.g' } });
  });

  test('an empty list is no toolConfig', () => expect(converse({ tools: [] }).toolConfig).toBeUndefined());
  test('the same tool twice is one', () => expect(names({ tools: [tool('f'), tool('f')] })).toEqual(['f']));
  test('two tools of one name are refused', () => {
    const tools = [tool('f'), tool('f', { description: 'other' })];
    expect(refusal(() => translate({ tools }))).toBe('invalid-request tools.1.function.name');
  });
  test('other kinds of tools are refused', () => {
    expect(refusal(() => translate({ tools: [tool('f'), { type: 'custom', custom: {} }] }))).toBe(
      'invalid-request tools.1.type',
    );
  });
  test('an empty function is refused by nobody', () =>
    expect(names({ tools: [tool('f', { parameters: {} })] })).toEqual(['f']));

  test('a model without tools refuses them', () => {
    const titan = 'amazon.titan-text-express-v1';
    expect(refusal(() => translate({ tools: [tool('f')] }, titan))).toBe('invalid-request tools');
    expect(translate({ tools: [tool('f')], tool_choice: 'none' }, titan).request).not.toHaveProperty('toolConfig');
  });

  test('and is told in words of what others called', () => {
    const request = converse({ messages: history }, 'us.deepseek.r1-v1:0');
    expect(violations(request)).toEqual([]);
    expect(request).not.toHaveProperty('toolConfig');
    expect(request).not.toHaveProperty('system');
    expect(request.messages?.slice(1)).toEqual([
      { role: 'assistant', content: [{ text: expect.stringMatching(/^\[Called g_h_\w+ with \{\}\]$/) }] },
      { role: 'user', content: [{ text: '[The call gave:]' }, { text: 'r' }] },
    ]);
  });
});

describe('strict', () => {
  const parameters = { type: 'object', properties: { a: { type: 'integer', minimum: 1 } }, required: ['a'] };
  const strict = tool('f', { parameters, strict: true });
  test('is kept where it is taken, with a schema that is closed', () => {
    const { request, droppedParams } = translate({ tools: [strict] }, 'anthropic.claude-sonnet-4-6');
    expect(request.toolConfig?.tools).toEqual([
      {
        toolSpec: {
          name: 'f',
          description: 'f',
          inputSchema: {
            json: {
              type: 'object',
              properties: { a: { type: 'integer', description: '(minimum: 1)' } },
              required: ['a'],
              additionalProperties: false,
            },
          },
          strict: true,
        },
      },
    ]);
    expect(droppedParams).toEqual([]);
  });

  test.each([
    ['where it is not taken', strict, PLAIN_MODEL],
    [
      'for a schema that cannot be closed',
      tool('f', { parameters: { type: 'object' }, strict: true }),
      'anthropic.claude-sonnet-4-6',
    ],
  ])('is reported %s', (_rule, definition, modelId) => {
    const { request, droppedParams } = translate({ tools: [definition] }, modelId);
    expect(JSON.stringify(request)).not.toContain('strict');
    expect(droppedParams).toEqual(['tools.strict']);
  });

  test('false is nothing', () => {
    expect(translate({ tools: [tool('f', { strict: false })] }).droppedParams).toEqual([]);
  });
});

describe('cache_control', () => {
  const marked = (fields: object) => ({ ...tool('f'), cache_control: { type: 'ephemeral', ...fields } });
  const point = (fields: object = {}) => ({ cachePoint: { type: 'default', ...fields } });
  test.each([
    [
      'is a cache point behind the tool',
      [marked({}), tool('g')],
      PLAIN_MODEL,
      [{ toolSpec: {} }, point(), { toolSpec: {} }],
      [],
    ],
    [
      'in the function',
      [tool('f', { cache_control: { type: 'ephemeral' } })],
      PLAIN_MODEL,
      [{ toolSpec: {} }, point()],
      [],
    ],
    [
      'with its time',
      [marked({ ttl: '1h' })],
      'anthropic.claude-sonnet-4-6',
      [{ toolSpec: {} }, point({ ttl: '1h' })],
      [],
    ],
    [
      'without a time where there is one only',
      [marked({ ttl: '1h' })],
      PLAIN_MODEL,
      [{ toolSpec: {} }, point()],
      ['cache_control.ttl'],
    ],
    [
      'without a time that nobody has',
      [marked({ ttl: '7d' })],
      'anthropic.claude-sonnet-4-6',
      [{ toolSpec: {} }, point()],
      ['cache_control.ttl'],
    ],
    ['is reported for Nova', [marked({})], NOVA, [{ toolSpec: {} }], ['tools.cache_control']],
    [
      'is reported for a model without a cache',
      [marked({})],
      'qwen.qwen3-32b-v1:0',
      [{ toolSpec: {} }],
      ['tools.cache_control'],
    ],
  ])('%s', (_rule, tools, modelId, expected, dropped) => {
    const { request, droppedParams } = translate({ tools }, modelId);
    expect(request.toolConfig?.tools).toMatchObject(expected);
    expect(request.toolConfig?.tools).toHaveLength(expected.length);
    expect(droppedParams).toEqual(dropped);
  });
});

describe('web_search_options', () => {
  test('is the search of Nova, beside other tools too', () => {
    const grounding = { systemTool: { name: 'nova_grounding' } };
    expect(converse({ web_search_options: {} }, NOVA).toolConfig).toEqual({ tools: [grounding] });
    expect(converse({ web_search_options: {}, tools: [tool('f')] }, NOVA).toolConfig?.tools).toMatchObject([
      { toolSpec: { name: 'f' } },
      grounding,
    ]);
  });
  test('is refused elsewhere', () => {
    expect(refusal(() => translate({ web_search_options: {} }))).toBe('invalid-request web_search_options');
  });
});

describe('functions, the form before tools', () => {
  const functions = [{ name: 'f', description: 'd', parameters: { type: 'object', properties: {} } }, { name: 'g' }];
  test('are tools', () => {
    expect(converse({ functions })).toEqual(converse({ tools: functions.map((each) => tool(each.name, each)) }));
  });
  test.each([
    ['none', undefined],
    ['auto', undefined],
    [{ name: 'g' }, { tool: { name: 'g' } }],
  ])('function_call %j', (call, expected) => {
    expect(converse({ functions, function_call: call }).toolConfig?.toolChoice).toEqual(expected);
  });
  test('none leaves them out', () => {
    expect(converse({ functions, function_call: 'none' })).not.toHaveProperty('toolConfig');
  });
  test.each([
    ['both forms', { functions, tools: [tool('h')] }, 'functions'],
    ['both choices', { tools: [tool('h')], function_call: 'auto' }, 'function_call'],
    ['another function', { functions, function_call: { name: 'x' } }, 'tool_choice.function.name'],
  ])('%s are refused', (_rule, fields, param) => {
    expect(refusal(() => translate(fields))).toBe(`invalid-request ${param}`);
  });
});

describe('names', () => {
  test.each([
    ['what Bedrock takes stays', 'get_weather-2', PLAIN_MODEL, /^get_weather-2$/, false],
    ['a dot', 'a.b', PLAIN_MODEL, /^a_b_[0-9a-f]{8}$/, true],
    ['64 letters stay', 'x'.repeat(64), PLAIN_MODEL, /^x{64}$/, false],
    ['65 letters', 'x'.repeat(65), PLAIN_MODEL, /^x{48}_[0-9a-f]{8}$/, true],
    ['no letter at all', '🐎', PLAIN_MODEL, /^__?_[0-9a-f]{8}$/, true],
    ['a name of every object', 'constructor', PLAIN_MODEL, /^constructor$/, false],
    ['a hyphen for Nova', 'a-b', NOVA, /^a_b_[0-9a-f]{8}$/, true],
  ])('%s', (_rule, name, modelId, expected, isChanged) => {
    const { request, toolNames } = translate({ tools: [tool(name)] }, modelId);
    const [first] = request.toolConfig?.tools ?? [];
    const given = first !== undefined && 'toolSpec' in first ? first.toolSpec.name : '';
    expect(given).toMatch(expected);
    expect(toolNames.get(given)).toBe(isChanged ? name : undefined);
  });

  test('names that differ only in what Bedrock refuses stay apart', () => {
    const { request, toolNames } = translate({ tools: [tool('a.b'), tool('a/b'), tool('a_b')] });
    expect(violations(request)).toEqual([]);
    expect([...toolNames.values()]).toEqual(['a.b', 'a/b']);
  });

  test('a name that looks like a changed one does not meet it', () => {
    const [changed] = names({ tools: [tool('a.b')] }) ?? [];
    const { request, toolNames } = translate({ tools: [tool('a.b'), tool(changed ?? '')] });
    expect(violations(request)).toEqual([]);
    expect(request.toolConfig?.tools).toHaveLength(2);
    expect([...toolNames.values()]).toEqual(['a.b', changed]);
  });

  test('and it does not meet it when it comes first', () => {
    const [changed] = names({ tools: [tool('a.b')] }) ?? [];
    const { request, toolNames } = translate({ tools: [tool(changed ?? ''), tool('a.b')] });
    expect(violations(request)).toEqual([]);
    expect(request.toolConfig?.tools).toHaveLength(2);
    expect([...toolNames.values()]).toEqual(['a.b']);
  });

  test('the history has the same name as the definition', () => {
    const request = converse({ messages: history, tools: [tool('g.h')] });
    expect(request.messages?.[1]?.content[0]).toMatchObject({
      toolUse: { name: names({ tools: [tool('g.h')] })?.[0] },
    });
  });
});

describe('tool_choice', () => {
  const tools = [tool('f'), tool('g.h')];
  const named = (name: string) => ({ type: 'function', function: { name } });
  test.each([
    ['none given', undefined, undefined],
    ['null', null, undefined],
    ['auto', 'auto', undefined],
    ['required', 'required', { any: {} }],
    ['any', 'any', { any: {} }],
    ['a function', named('f'), { tool: { name: 'f' } }],
  ])('%s', (_rule, choice, expected) => {
    expect(converse({ tools, tool_choice: choice }).toolConfig?.toolChoice).toEqual(expected);
  });

  const allowed = (mode: string, ...allowedNames: string[]) => ({
    tool_choice: { type: 'allowed_tools', allowed_tools: { mode, tools: allowedNames.map(named) } },
  });
  test.each([
    ['auto', ['g.h'], undefined],
    ['required', ['g.h'], { any: {} }],
  ])('allowed_tools, %s', (mode, allowedNames, expected) => {
    const request = converse({ tools, ...allowed(mode, ...allowedNames) });
    expect(request.toolConfig?.tools).toMatchObject([{ toolSpec: { description: 'g.h' } }]);
    expect(request.toolConfig?.toolChoice).toEqual(expected);
  });

  test('one function where only "any" is taken: the others are left out', () => {
    const request = converse({ tools, tool_choice: named('f') }, 'mistral.mistral-large-2407-v1:0');
    expect(request.toolConfig).toMatchObject({ tools: [{ toolSpec: { name: 'f' } }], toolChoice: { any: {} } });
    expect(request.toolConfig?.tools).toHaveLength(1);
  });

  test.each(['anthropic.claude-fable-5-1', 'meta.llama3-3-70b-instruct-v1:0'])(
    '%s cannot be made to call',
    (modelId) => {
      const { request, droppedParams } = translate({ tools, tool_choice: 'required' }, modelId);
      expect(request.toolConfig).not.toHaveProperty('toolChoice');
      expect(droppedParams).toEqual(['tool_choice']);
    },
  );

  test('a function whose name is changed', () => {
    expect(converse({ tools, tool_choice: named('g.h') }).toolConfig?.toolChoice).toEqual({
      tool: { name: names({ tools })?.[1] },
    });
  });

  test('none leaves the tools out', () => {
    const request = converse({ tools, tool_choice: 'none' });
    expect(request).not.toHaveProperty('toolConfig');
    expect(request).not.toHaveProperty('system');
  });

  test('none keeps the tools for a history with calls, and says so', () => {
    const request = converse({ messages: history, tools, tool_choice: 'none' });
    expect(request.toolConfig?.tools).toHaveLength(2);
    expect(request.toolConfig).not.toHaveProperty('toolChoice');
    expect(request.system).toEqual([{ text: NO_TOOLS_NOTE }]);
  });

  test('a history with calls and no tools gets them back by name, after the system text', () => {
    const request = converse({ messages: [{ role: 'system', content: 's' }, ...history] });
    expect(violations(request)).toEqual([]);
    expect(request.toolConfig?.tools).toHaveLength(1);
    expect(request.system).toEqual([{ text: 's' }, { text: NO_TOOLS_NOTE }]);
  });

  test('a model that takes no choice gets none, and the caller is told', () => {
    const { request, droppedParams } = translate({ tools, tool_choice: 'required' }, LLAMA_31);
    expect(request.toolConfig).not.toHaveProperty('toolChoice');
    expect(droppedParams).toEqual(['tool_choice']);
  });

  test('nothing is dropped where nothing was chosen', () => {
    expect(translate({ tools, tool_choice: 'auto' }, LLAMA_31).droppedParams).toEqual([]);
  });

  test.each([
    ['required without tools', { tool_choice: 'required' }, 'tool_choice'],
    ['a function without tools', { tool_choice: named('f') }, 'tool_choice'],
    ['a function that is not offered', { tools, tool_choice: named('x') }, 'tool_choice.function.name'],
    [
      'an allowed tool that is not offered',
      { tools, ...allowed('auto', 'x') },
      'tool_choice.allowed_tools.tools.0.function.name',
    ],
    ['a custom tool', { tools, tool_choice: { type: 'custom', custom: { name: 'f' } } }, 'tool_choice.type'],
  ])('%s is refused', (_rule, fields, param) => {
    expect(refusal(() => translate(fields))).toBe(`invalid-request ${param}`);
  });

  test.each(['auto', 'none'])('%s without tools is nothing', (choice) => {
    expect(converse({ tool_choice: choice })).not.toHaveProperty('toolConfig');
  });
});

describe('parallel_tool_calls', () => {
  const tools = [tool('f')];
  const flag = { disable_parallel_tool_use: true };
  test.each([
    ['false, with no choice', { parallel_tool_calls: false }, { tool_choice: { type: 'auto', ...flag } }],
    [
      'false, with a choice that toolConfig makes',
      { parallel_tool_calls: false, tool_choice: 'required' },
      { tool_choice: flag },
    ],
    ['true is what happens anyway', { parallel_tool_calls: true }, undefined],
    ['null', { parallel_tool_calls: null }, undefined],
  ])('%s', (_rule, fields, expected) => {
    const { request, droppedParams } = translate({ tools, ...fields });
    expect(request.additionalModelRequestFields).toEqual(expected);
    expect(droppedParams).toEqual([]);
  });

  test.each([NOVA, CLAUDE_37])('false for %s is reported', (modelId) => {
    const { request, droppedParams } = translate({ tools, parallel_tool_calls: false }, modelId);
    expect(request.additionalModelRequestFields).toBeUndefined();
    expect(droppedParams).toEqual(['parallel_tool_calls']);
  });

  test('false without tools is nothing', () => {
    expect(translate({ parallel_tool_calls: false }).request.additionalModelRequestFields).toBeUndefined();
  });
});
