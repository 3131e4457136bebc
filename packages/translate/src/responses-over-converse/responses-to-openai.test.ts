import { describe, expect, test } from 'vitest';
import { invalidRequest } from '../json.ts';
import { refusal } from '../test-support/refusal.ts';
import { parseResponsesRequest } from './parse-responses.ts';
import { responsesToOpenai } from './responses-to-openai.ts';

const asked = (fields: object) => responsesToOpenai(parseResponsesRequest({ model: 'm', input: 'x', ...fields }), 'm');
const user = { role: 'user', content: 'x' };
const call = (id: string) => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' });
const chatCall = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });
const thought = { type: 'thinking', thinking: 't', signature: 's' };
const reasoning = { type: 'reasoning', summary: [], encrypted_content: JSON.stringify([thought]) };
const said = (text: string) => ({ role: 'assistant', content: [{ type: 'output_text', text }] });
const f = { type: 'function', name: 'f', parameters: { type: 'object', properties: {} } };

describe('fields', () => {
  test.each([
    [{ max_output_tokens: 7 }, { max_completion_tokens: 7 }],
    [{ reasoning: { effort: 'low', summary: 'auto' } }, { reasoning_effort: 'low' }],
    [{ text: { verbosity: 'low' } }, { verbosity: 'low' }],
    [{ text: { format: { type: 'text' } } }, {}],
    [{ text: { format: { type: 'json_object' } } }, { response_format: { type: 'json_object' } }],
    [
      { text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true } } },
      {
        response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } },
      },
    ],
    [{ user: 'ada', safety_identifier: 'id' }, { user: 'ada' }],
    [{ safety_identifier: 'id' }, { user: 'id' }],
    [
      { temperature: 0.5, top_p: 0.5, metadata: { a: 'b' } },
      { temperature: 0.5, top_p: 0.5, metadata: { a: 'b' } },
    ],
    [
      { service_tier: 'flex', parallel_tool_calls: false },
      { service_tier: 'flex', parallel_tool_calls: false },
    ],
    [{ top_k: 5 }, { top_k: 5 }],
    [{ stream: true, stream_options: { include_obfuscation: false } }, { stream: true }],
    [{ store: true, background: false, truncation: 'disabled', include: ['reasoning.encrypted_content'] }, {}],
  ])('%j', (fields, chat) => {
    const { messages: _, model, ...made } = asked(fields).chat;
    expect(made).toEqual(chat);
    expect(model).toBe('m');
  });

  test.each([
    [{ truncation: 'auto' }, ['truncation']],
    [{ max_tool_calls: 3 }, ['max_tool_calls']],
    [{ include: ['message.output_text.logprobs'] }, ['include']],
    [{ reasoning: { context: 'all_turns', mode: 'pro' } }, ['reasoning.context', 'reasoning.mode']],
    [{ context_management: [{ type: 'compaction' }] }, ['context_management']],
    [{ tools: [{ ...f, defer_loading: true }] }, ['tools.defer_loading']],
    [{ store: true, context_management: [], reasoning: { context: 'auto', mode: 'standard' } }, []],
  ])('%j has no effect', (fields, dropped) => {
    expect(asked(fields).droppedParams).toEqual(dropped);
  });

  test('what the chat translation drops has the names of Responses', () => {
    const dropped = ['reasoning_effort', 'verbosity', 'messages.name', 'seed', 'truncation'];
    expect(asked({ truncation: 'auto' }).withDropped(dropped)).toEqual([
      'truncation',
      'reasoning.effort',
      'text.verbosity',
      'input.name',
      'seed',
    ]);
  });

  test.each([
    [{ background: true }, 'background'],
    [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
    [{ messages: [user] }, 'messages'],
    [{ response_format: { type: 'json_object' } }, 'response_format'],
  ])('refuses %j', (fields, param) => {
    expect(refusal(() => asked(fields))).toBe(`invalid-request ${param}`);
  });
});

describe('input', () => {
  test.each<[rule: string, fields: object, messages: readonly object[]]>([
    ['a text', { input: 'hi' }, [{ role: 'user', content: 'hi' }]],
    [
      'instructions stand first',
      { instructions: 'be', input: 'hi' },
      [
        { role: 'system', content: 'be' },
        { role: 'user', content: 'hi' },
      ],
    ],
    [
      'roles stay',
      { input: [{ role: 'developer', content: 'd' }, { role: 'system', content: 's' }, user] },
      [{ role: 'developer', content: 'd' }, { role: 'system', content: 's' }, user],
    ],
    [
      'parts have the names of chat',
      {
        input: [
          {
            role: 'user',
            content: [
              { type: 'input_text', text: 'a' },
              { type: 'input_image', image_url: 'data:image/png;base64,aa', detail: 'low' },
              { type: 'input_file', file_data: 'data:application/pdf;base64,aa', filename: 'f.pdf', file_id: null },
              { type: 'input_audio', input_audio: { data: 'aa', format: 'wav' } },
            ],
          },
        ],
      },
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,aa', detail: 'low' } },
            { type: 'file', file: { file_data: 'data:application/pdf;base64,aa', filename: 'f.pdf' } },
            { type: 'input_audio', input_audio: { data: 'aa', format: 'wav' } },
          ],
        },
      ],
    ],
    [
      'a breakpoint of the cache is its mark',
      {
        input: [
          { role: 'user', content: [{ type: 'input_text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit' } }] },
        ],
      },
      [{ role: 'user', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] }],
    ],
    [
      'thought, said and called in one message',
      {
        input: [
          user,
          reasoning,
          said('a'),
          call('1'),
          call('2'),
          { type: 'function_call_output', call_id: '1', output: 'o' },
          { type: 'function_call_output', call_id: '2', output: [{ type: 'input_text', text: 'p' }] },
        ],
      },
      [
        user,
        {
          role: 'assistant',
          content: [{ type: 'text', text: 'a' }],
          thinking_blocks: [thought],
          tool_calls: [chatCall('1'), chatCall('2')],
        },
        { role: 'tool', tool_call_id: '1', content: 'o' },
        { role: 'tool', tool_call_id: '2', content: [{ type: 'text', text: 'p' }] },
      ],
    ],
    [
      'what was thought or said behind a call is another message',
      { input: [user, call('1'), reasoning, said('a'), reasoning, call('2')] },
      [
        user,
        { role: 'assistant', content: null, tool_calls: [chatCall('1')] },
        { role: 'assistant', content: [{ type: 'text', text: 'a' }], thinking_blocks: [thought] },
        { role: 'assistant', content: null, thinking_blocks: [thought], tool_calls: [chatCall('2')] },
      ],
    ],
    [
      'reasoning that another provider has encrypted is left out',
      {
        input: [
          user,
          { type: 'reasoning', summary: [{ type: 'summary_text', text: 's' }], encrypted_content: 'gAAAA' },
          { role: 'assistant', content: 'a' },
        ],
      },
      [user, { role: 'assistant', content: [{ type: 'text', text: 'a' }] }],
    ],
    ['reasoning without anything is left out', { input: [user, { type: 'reasoning', summary: [] }] }, [user]],
    [
      'broken reasoning is left out',
      {
        input: [
          user,
          { type: 'reasoning', encrypted_content: '[{"type":"thinking"},7,{"type":"redacted_thinking","data":""}' },
          { type: 'reasoning', encrypted_content: '[{"type":"thinking","thinking":"x"},7]' },
        ],
      },
      [user],
    ],
    [
      'a custom call has its input as the one argument',
      {
        input: [
          user,
          { type: 'custom_tool_call', call_id: '1', name: 'c', input: 'a "b"' },
          { type: 'custom_tool_call_output', call_id: '1', output: 'o' },
        ],
      },
      [
        user,
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: '1', type: 'function', function: { name: 'c', arguments: '{"input":"a \\"b\\""}' } }],
        },
        { role: 'tool', tool_call_id: '1', content: 'o' },
      ],
    ],
  ])('%s', (_, fields, messages) => {
    expect(asked(fields).chat.messages).toEqual(messages);
  });
});

describe('tools', () => {
  const g = { type: 'function', name: 'g', description: 'd', parameters: { type: 'object' }, strict: true };
  const chatF = { type: 'function', function: { name: 'f', parameters: f.parameters } };
  const chatG = { type: 'function', function: { name: 'g', description: 'd', parameters: g.parameters, strict: true } };
  test.each<[rule: string, fields: object, chat: object]>([
    ['functions', { tools: [f, g] }, { tools: [chatF, chatG] }],
    [
      'no parameters',
      { tools: [{ type: 'function', name: 'h', parameters: null, strict: null }] },
      { tools: [{ type: 'function', function: { name: 'h' } }] },
    ],
    ['a choice in words', { tools: [f], tool_choice: 'required' }, { tools: [chatF], tool_choice: 'required' }],
    [
      'a choice of a function',
      { tools: [f], tool_choice: { type: 'function', name: 'f' } },
      { tools: [chatF], tool_choice: { type: 'function', function: { name: 'f' } } },
    ],
    [
      'allowed tools alone are offered',
      {
        tools: [f, g],
        tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'g' }] },
      },
      { tools: [chatG], tool_choice: 'required' },
    ],
  ])('%s', (_, fields, chat) => {
    const { tools, tool_choice } = asked(fields).chat;
    expect({ tools, tool_choice }).toEqual({ tool_choice: undefined, ...chat });
  });

  test('a custom tool is a function with one text, told of its grammar', () => {
    const format = { type: 'grammar', syntax: 'lark', definition: 'start: x' };
    const { chat, customTools } = asked({ tools: [{ type: 'custom', name: 'c', description: 'Does.', format }, f] });
    expect([...customTools]).toEqual(['c']);
    expect(chat.tools?.[0]).toMatchObject({
      function: {
        name: 'c',
        description: 'Does.\n\nThe input must follow this lark grammar:\nstart: x',
        parameters: { properties: { input: { type: 'string' } }, required: ['input'] },
      },
    });
  });

  test('a tool that is allowed has to be offered', () => {
    const choice = { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }, { type: 'mcp' }] };
    expect(refusal(() => asked({ tools: [f], tool_choice: choice }))).toBe('invalid-request tool_choice.tools.1.name');
  });
});

describe('errors of the chat request name the caller’s own fields', () => {
  const within = (fields: object, param: string) =>
    refusal(() =>
      asked(fields).inOwnWords(() => {
        throw invalidRequest('no', param);
      }),
    );
  const g = { ...f, name: 'g' };
  const input = [
    user,
    reasoning,
    said('a'),
    call('1'),
    call('2'),
    { type: 'function_call_output', call_id: '1', output: [{ type: 'input_image', image_url: 'x' }] },
  ];
  test.each([
    [{}, 'messages.0.content', 'input.content'],
    [{ input }, 'messages.0.content', 'input.0.content'],
    [{ input }, 'messages.1.content.0', 'input.2.content.0'],
    [{ input }, 'messages.1.tool_calls.1.function.arguments', 'input.4.arguments'],
    [{ input }, 'messages.2.content.0.image_url.url', 'input.5.output.0.image_url'],
    [{ input }, 'messages.2.tool_call_id', 'input.5.call_id'],
    [{ instructions: 'i', input }, 'messages.1.content', 'input.0.content'],
    [
      { tools: [f, g], tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ name: 'g' }] } },
      'tools.0.function.parameters',
      'tools.1.parameters',
    ],
    [{}, 'max_completion_tokens', 'max_output_tokens'],
    [{}, 'reasoning_effort', 'reasoning.effort'],
    [{}, 'response_format.json_schema.schema', 'text.format.schema'],
    [{}, 'tool_choice.function', 'tool_choice'],
    [{}, 'top_logprobs', 'top_logprobs'],
  ])('%j: %s is %s', (fields, chat, own) => {
    expect(within(fields, chat)).toBe(`invalid-request ${own}`);
  });
});
