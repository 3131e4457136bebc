import { expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { parseResponsesRequest } from './parse-responses.ts';

const parse = (fields: object) => refusal(() => parseResponsesRequest({ model: 'm', input: 'x', ...fields }));
const item = (fields: object | null) => parse({ input: [{ role: 'user', content: 'x' }, fields] });
const part = (fields: unknown) => parse({ input: [{ role: 'user', content: [fields] }] });

test.each([
  ['a text', {}],
  [
    'null for everything that may be absent',
    {
      instructions: null,
      stream: null,
      tools: null,
      tool_choice: null,
      text: null,
      reasoning: null,
      metadata: null,
      max_output_tokens: null,
      temperature: null,
      include: null,
      user: null,
      prompt: null,
      conversation: null,
    },
  ],
  ['fields that it does not know', { whatever: { deep: 1 } }],
  ['a message without a type', { input: [{ role: 'developer', content: 'x' }] }],
  [
    'an output of the assistant',
    {
      input: [
        {
          type: 'message',
          role: 'assistant',
          content: [
            { type: 'output_text', text: 'x' },
            { type: 'refusal', refusal: 'n' },
          ],
        },
      ],
    },
  ],
  ['reasoning without content', { input: [{ type: 'reasoning', summary: [], encrypted_content: null }] }],
  ['a function without parameters', { tools: [{ type: 'function', name: 'f', parameters: null, strict: null }] }],
  ['an empty text of a part', { input: [{ role: 'user', content: [{ type: 'input_text', text: '' }] }] }],
])('takes %s', (_, fields) => {
  expect(parse(fields)).toBe('nothing');
});

test.each([
  ['no body', () => parseResponsesRequest('x'), 'body'],
  ['no input', () => parseResponsesRequest({ model: 'm' }), 'input'],
  ['an empty input', () => parseResponsesRequest({ model: 'm', input: '' }), 'input'],
  ['an empty list', () => parseResponsesRequest({ model: 'm', input: [] }), 'input'],
  ['a number as input', () => parseResponsesRequest({ model: 'm', input: 7 }, { input: 'optional' }), 'input'],
])('refuses %s', (_, call, param) => {
  expect(refusal(call)).toBe(`invalid-request ${param}`);
});

test('takes a body without input where a prompt or a session brings what is said', () => {
  expect(parseResponsesRequest({ model: 'm' }, { input: 'optional' })).toEqual({ model: 'm' });
});

test.each([
  [{ model: 7 }, 'model'],
  [{ instructions: [] }, 'instructions'],
  [{ stream: 'yes' }, 'stream'],
  [{ temperature: 3 }, 'temperature'],
  [{ top_p: -1 }, 'top_p'],
  [{ max_output_tokens: 0 }, 'max_output_tokens'],
  [{ max_output_tokens: 1.5 }, 'max_output_tokens'],
  [{ metadata: { a: 1 } }, 'metadata'],
  [{ include: 'x' }, 'include'],
  [{ reasoning: 'low' }, 'reasoning'],
  [{ reasoning: { effort: 7 } }, 'reasoning.effort'],
  [{ text: { verbosity: {} } }, 'text.verbosity'],
  [{ text: { format: { type: 'xml' } } }, 'text.format.type'],
  [{ text: { format: { type: 'json_schema', schema: {} } } }, 'text.format.name'],
  [{ text: { format: { type: 'json_schema', name: 'x' } } }, 'text.format.schema'],
  [{ prompt: { version: '1' } }, 'prompt'],
  [{ conversation: {} }, 'conversation'],
  [{ tools: {} }, 'tools'],
  [{ tools: ['f'] }, 'tools.0'],
  [{ tools: [{ type: 'function' }] }, 'tools.0.name'],
  [{ tools: [{ type: 'function', name: 'f', parameters: [] }] }, 'tools.0.parameters'],
  [{ tools: [{ type: 'function', name: 'f' }, { type: 'file_search' }] }, 'tools.1.type'],
  [{ tool_choice: 'maybe' }, 'tool_choice'],
  [{ tool_choice: { type: 'function' } }, 'tool_choice.name'],
  [{ tool_choice: { type: 'web_search_preview' } }, 'tool_choice.type'],
  [{ tool_choice: { type: 'allowed_tools', mode: 'none', tools: [] } }, 'tool_choice.mode'],
  [{ tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [] } }, 'tool_choice.tools'],
])('refuses %j', (fields, param) => {
  expect(parse(fields)).toBe(`invalid-request ${param}`);
});

test.each([
  [null, 'input.1'],
  [{}, 'input.1'],
  [{ type: 7 }, 'input.1'],
  [{ role: 'tool', content: 'x' }, 'input.1.role'],
  [{ role: 'user' }, 'input.1.content'],
  [{ role: 'user', content: [7] }, 'input.1.content.0'],
  [{ type: 'function_call', name: 'f', arguments: '' }, 'input.1.call_id'],
  [{ type: 'function_call', call_id: 'c', name: '', arguments: '' }, 'input.1.name'],
  [{ type: 'function_call', call_id: 'c', name: 'f', arguments: {} }, 'input.1.arguments'],
  [{ type: 'function_call_output', call_id: 'c' }, 'input.1.output'],
  [{ type: 'custom_tool_call', call_id: 'c', name: 'f' }, 'input.1.input'],
  [{ type: 'reasoning', encrypted_content: [] }, 'input.1.encrypted_content'],
  [{ id: 'msg_1' }, 'input.1.type'],
  [{ type: 'item_reference', id: 'msg_1' }, 'input.1.type'],
  [{ type: 'compaction', encrypted_content: 'x' }, 'input.1.type'],
  [{ type: 'mcp_approval_response' }, 'input.1.type'],
  [{ type: 'toString' }, 'input.1.type'],
])('refuses the item %j', (fields, param) => {
  expect(item(fields)).toBe(`invalid-request ${param}`);
});

test.each([
  [{ type: 'input_text' }, 'input.0.content.0.text'],
  [{ type: 'input_image' }, 'input.0.content.0.image_url'],
  [{ type: 'input_image', file_id: 'file-1' }, 'input.0.content.0.image_url'],
  [{ type: 'input_file', file_url: 'https://example.com' }, 'input.0.content.0.file_data'],
  [{ type: 'input_file', file_data: 'x', filename: 7 }, 'input.0.content.0.filename'],
  [{ type: 'input_audio' }, 'input.0.content.0'],
  [{ type: 'input_video' }, 'input.0.content.0.type'],
])('refuses the part %j', (fields, param) => {
  expect(part(fields)).toBe(`invalid-request ${param}`);
});

test.each([
  ['web_search', /search of your own/],
  ['web_search_preview_2025_03_11', /search of your own/],
  ['computer_use_preview', /computer/],
  ['mcp', /MCP/],
  ['shell', /shell/],
  ['programmatic_tool_calling', /run at OpenAI/],
])('says what to send instead of a tool of type %s', (type, mend) => {
  expect(() => parseResponsesRequest({ model: 'm', input: 'x', tools: [{ type }] })).toThrow(mend);
});

test('refuses what nests too deep to be repeated in the answer', () => {
  let deep: object = {};
  for (let level = 0; level < 5_000; level += 1) deep = { deep };
  expect(parse({ tools: [{ type: 'function', name: 'f', parameters: deep }] })).toBe('invalid-request tools');
  expect(parse({ max_tool_calls: deep })).toBe('invalid-request max_tool_calls');
});
