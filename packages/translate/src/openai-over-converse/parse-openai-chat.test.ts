import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { parseOpenaiChatRequest } from './parse-openai-chat.ts';

const user = { role: 'user', content: 'Hi' };
const base = { model: 'm', messages: [user] };
const message = (fields: object) => ({ ...base, messages: [fields] });
const part = (fields: unknown) => message({ role: 'user', content: [fields] });
const call = (fields: unknown) => message({ role: 'assistant', tool_calls: [fields] });
const tool = (fields: unknown) => ({ ...base, tools: [fields] });

describe('what is wrong is named', () => {
  const rows: readonly [rule: string, body: unknown, param: string][] = [
    ['a body that is a list', [], 'body'],
    ['a body that is null', null, 'body'],
    ['a body that is a text', 'x', 'body'],
    ['no model', { messages: [user] }, 'model'],
    ['an empty model', { ...base, model: '' }, 'model'],
    ['a model that is a number', { ...base, model: 4 }, 'model'],
    ['no messages', { model: 'm' }, 'messages'],
    ['no message', { ...base, messages: [] }, 'messages'],
    ['messages that are a text', { ...base, messages: 'Hi' }, 'messages'],
    ['a message that is a text', { ...base, messages: [user, 'Hi'] }, 'messages.1'],
    ['a message that is null', { ...base, messages: [null] }, 'messages.0'],
    ['an unknown role', message({ role: 'bot', content: '' }), 'messages.0.role'],
    ['no role', message({ content: '' }), 'messages.0.role'],
    ['a user message without content', message({ role: 'user' }), 'messages.0.content'],
    ['a user message with null', message({ role: 'user', content: null }), 'messages.0.content'],
    ['a system message without content', message({ role: 'system' }), 'messages.0.content'],
    ['content that is a number', message({ role: 'user', content: 1 }), 'messages.0.content'],
    ['content that is one part', message({ role: 'user', content: { type: 'text', text: '' } }), 'messages.0.content'],
    ['a part that is a text', part('Hi'), 'messages.0.content.0'],
    ['a part without type', part({ text: 'Hi' }), 'messages.0.content.0'],
    ['a text part without text', part({ type: 'text' }), 'messages.0.content.0.text'],
    ['a refusal part without refusal', part({ type: 'refusal', text: '' }), 'messages.0.content.0.refusal'],
    ['an image part with a number', part({ type: 'image_url', image_url: 1 }), 'messages.0.content.0.image_url'],
    ['an image part without url', part({ type: 'image_url', image_url: {} }), 'messages.0.content.0.image_url'],
    ['a name that is a number', message({ ...user, name: 1 }), 'messages.0.name'],
    ['a tool_call_id that is a number', message({ role: 'tool', tool_call_id: 1 }), 'messages.0.tool_call_id'],
    ['tool_calls that are an object', message({ role: 'assistant', tool_calls: {} }), 'messages.0.tool_calls'],
    ['a tool call that is null', call(null), 'messages.0.tool_calls.0'],
    ['a tool call without function', call({ id: '1' }), 'messages.0.tool_calls.0.function'],
    ['a tool call without name', call({ function: { name: '' } }), 'messages.0.tool_calls.0.function'],
    ['a tool call id that is a number', call({ id: 1, function: { name: 'f' } }), 'messages.0.tool_calls.0.id'],
    [
      'arguments that are a list',
      call({ function: { name: 'f', arguments: [] } }),
      'messages.0.tool_calls.0.function.arguments',
    ],
    ['tools that are an object', { ...base, tools: {} }, 'tools'],
    ['a tool without type', tool({ function: { name: 'f' } }), 'tools.0'],
    ['a tool without function', tool({ type: 'function' }), 'tools.0.function'],
    ['a tool without name', tool({ type: 'function', function: {} }), 'tools.0.function'],
    [
      'parameters that are a list',
      tool({ type: 'function', function: { name: 'f', parameters: [] } }),
      'tools.0.function.parameters',
    ],
    ['a tool_choice we do not know', { ...base, tool_choice: 'always' }, 'tool_choice'],
    ['a tool_choice without type', { ...base, tool_choice: {} }, 'tool_choice'],
    ['a tool_choice without name', { ...base, tool_choice: { type: 'function' } }, 'tool_choice.function'],
    ['stream that is a text', { ...base, stream: 'true' }, 'stream'],
    ['stream_options that are true', { ...base, stream_options: true }, 'stream_options'],
    [
      'include_usage that is a number',
      { ...base, stream_options: { include_usage: 1 } },
      'stream_options.include_usage',
    ],
    ['max_tokens 0', { ...base, max_tokens: 0 }, 'max_tokens'],
    ['max_tokens with a fraction', { ...base, max_tokens: 1.5 }, 'max_tokens'],
    ['max_tokens beyond an int', { ...base, max_tokens: 2 ** 31 }, 'max_tokens'],
    ['max_completion_tokens that is a text', { ...base, max_completion_tokens: '1' }, 'max_completion_tokens'],
    ['temperature above 2', { ...base, temperature: 2.1 }, 'temperature'],
    ['temperature below 0', { ...base, temperature: -0.1 }, 'temperature'],
    ['top_p above 1', { ...base, top_p: 1.1 }, 'top_p'],
    ['n 0', { ...base, n: 0 }, 'n'],
    ['stop that is a number', { ...base, stop: 1 }, 'stop'],
    ['a stop that holds a number', { ...base, stop: ['a', 1] }, 'stop'],
    ['parallel_tool_calls that is a text', { ...base, parallel_tool_calls: 'no' }, 'parallel_tool_calls'],
    ['user that is a number', { ...base, user: 1 }, 'user'],
    ['response_format that is a text', { ...base, response_format: 'json' }, 'response_format'],
  ];
  test.each(rows)('%s', (_rule, body, param) => {
    expect(refusal(() => parseOpenaiChatRequest(body))).toBe(`invalid-request ${param}`);
  });
});

describe('what passes, as it is', () => {
  const nulls = {
    stream: null,
    stream_options: null,
    max_tokens: null,
    temperature: null,
    stop: null,
    tools: null,
    tool_choice: null,
    n: null,
    user: null,
  };
  test.each([
    ['null as not given', { ...base, ...nulls }],
    ['fields that we have never heard of', { ...base, my_field: { a: 1 } }],
    ['kinds of parts and tools that we do not know', { ...part({ type: 'hologram' }), tools: [{ type: 'mcp' }] }],
    ['an assistant without content', message({ role: 'assistant' })],
    ['temperature 2 and 0, top_p 0 and 1', { ...base, temperature: 2, top_p: 0 }],
    ['arguments as an object', call({ id: '1', function: { name: 'f', arguments: {} } })],
  ])('%s', (_rule, body) => {
    expect(parseOpenaiChatRequest(body)).toBe(body);
  });
});

describe('messages that may be missing, for a prompt or a session', () => {
  test.each([[{ model: 'm' }], [{ model: 'm', messages: null }], [{ model: 'm', messages: [] }]])('%j', (body) => {
    expect(parseOpenaiChatRequest(body, { messages: 'optional' })).toEqual({ model: 'm', messages: [] });
    expect(refusal(() => parseOpenaiChatRequest(body))).toBe('invalid-request messages');
  });

  test('are looked at where they are there', () => {
    const body = { model: 'm', messages: [{ role: 'x' }] };
    expect(refusal(() => parseOpenaiChatRequest(body, { messages: 'optional' }))).toBe(
      'invalid-request messages.0.role',
    );
    expect(refusal(() => parseOpenaiChatRequest({ model: 'm', messages: 'x' }, { messages: 'optional' }))).toBe(
      'invalid-request messages',
    );
  });
});
