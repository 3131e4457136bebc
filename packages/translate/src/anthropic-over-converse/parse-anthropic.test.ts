import { describe, expect, test } from 'vitest';
import { refusal } from '../test-support/refusal.ts';
import { parseAnthropicRequest } from './parse-anthropic.ts';

const plain = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] };
const withBlock = (block: unknown, role = 'user') => ({ ...plain, messages: [{ role, content: [block] }] });
const base64 = { type: 'base64', media_type: 'image/png', data: 'AQ==' };
const deep = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);

describe('what passes is the same object', () => {
  test.each<[string, object]>([
    ['the least', plain],
    [
      'null for not given',
      { ...plain, system: null, temperature: null, tools: null, tool_choice: null, thinking: null },
    ],
    ['fields that nobody knows', { ...plain, something_new: { a: 1 } }],
    ['system as text', { ...plain, system: 'S' }],
    [
      'system as blocks',
      { ...plain, system: [{ type: 'text', text: 'S', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
    ],
    ['a system message', { ...plain, messages: [{ role: 'system', content: 'S' }, ...plain.messages] }],
    ['max_tokens of 0', { ...plain, max_tokens: 0 }],
    ['a tool of the caller', { ...plain, tools: [{ name: 'f', input_schema: { type: 'object' } }] }],
    ['a tool of another kind', { ...plain, tools: [{ type: 'web_search_20250305', name: 'web_search' }] }],
    ['each choice', { ...plain, tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true } }],
    ['thinking', { ...plain, thinking: { type: 'enabled', budget_tokens: 1024, display: 'omitted' } }],
    ['thinking of a new kind', { ...plain, thinking: { type: 'something_new' } }],
    ['output', { ...plain, output_config: { effort: 'low', format: { type: 'json_schema', schema: {} } } }],
    ['a block of a new kind', withBlock({ type: 'something_new', a: 1 })],
    ['an image', withBlock({ type: 'image', source: base64 })],
    [
      'a document',
      withBlock({ type: 'document', source: base64, title: null, context: 'c', citations: { enabled: true } }),
    ],
    [
      'a document in pieces',
      withBlock({ type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'a' }] } }),
    ],
    [
      'a search result',
      withBlock({ type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'a' }] }),
    ],
    ['a call', withBlock({ type: 'tool_use', id: '1', name: 'f', input: {} }, 'assistant')],
    ['a call with empty text as input', withBlock({ type: 'tool_use', id: '1', name: 'f', input: '' }, 'assistant')],
    ['a result', withBlock({ type: 'tool_result', tool_use_id: '1', content: [{ type: 'image', source: base64 }] })],
    ['a result without content', withBlock({ type: 'tool_result', tool_use_id: '1', is_error: true })],
    ['thoughts', withBlock({ type: 'thinking', thinking: 't', signature: '' }, 'assistant')],
    [
      'cited text',
      withBlock({
        type: 'text',
        text: 'a',
        citations: [{ type: 'web_search_result_location', cited_text: 'c', url: 'u' }],
      }),
    ],
  ])('%s', (_what, body) => {
    expect(parseAnthropicRequest(body)).toBe(body);
  });
});

describe('what may be absent', () => {
  const { messages: _messages, ...withoutMessages } = plain;
  const { max_tokens: _maxTokens, ...withoutMaxTokens } = plain;
  test.each<[string, unknown, object, unknown]>([
    ['messages, where they are optional', withoutMessages, { messages: 'optional' }, []],
    ['messages that are null', { ...plain, messages: null }, { messages: 'optional' }, []],
    ['an empty list', { ...plain, messages: [] }, { messages: 'optional' }, []],
    ['max_tokens, where they are optional', withoutMaxTokens, { maxTokens: 'optional' }, plain.messages],
  ])('%s', (_what, body, options, messages) => {
    expect(parseAnthropicRequest(body, options).messages).toEqual(messages);
  });
});

describe('what is refused, and where', () => {
  test.each<[string, unknown, string]>([
    ['no object', 'x', 'body'],
    ['no model', { ...plain, model: undefined }, 'model'],
    ['an empty model', { ...plain, model: '' }, 'model'],
    ['no messages', { ...plain, messages: undefined }, 'messages'],
    ['empty messages', { ...plain, messages: [] }, 'messages'],
    ['no max_tokens', { ...plain, max_tokens: undefined }, 'max_tokens'],
    ['half a token', { ...plain, max_tokens: 1.5 }, 'max_tokens'],
    ['a message that is none', { ...plain, messages: ['Hi'] }, 'messages.0'],
    ['another role', { ...plain, messages: [{ role: 'tool', content: 'a' }] }, 'messages.0.role'],
    ['no content', { ...plain, messages: [{ role: 'user' }] }, 'messages.0.content'],
    ['content of a number', { ...plain, messages: [{ role: 'user', content: 1 }] }, 'messages.0.content'],
    ['a block that is none', withBlock('a'), 'messages.0.content.0'],
    ['a block without type', withBlock({ text: 'a' }), 'messages.0.content.0.type'],
    ['text without text', withBlock({ type: 'text' }), 'messages.0.content.0.text'],
    [
      'an image in a system message',
      withBlock({ type: 'image', source: base64 }, 'system'),
      'messages.0.content.0.type',
    ],
    ['an image without source', withBlock({ type: 'image' }), 'messages.0.content.0.source'],
    ['a source of no kind', withBlock({ type: 'image', source: {} }), 'messages.0.content.0.source.type'],
    [
      'a source without data',
      withBlock({ type: 'image', source: { ...base64, data: 1 } }),
      'messages.0.content.0.source.data',
    ],
    [
      'a mark of another kind',
      withBlock({ type: 'text', text: 'a', cache_control: { type: 'x' } }),
      'messages.0.content.0.cache_control.type',
    ],
    ['a call without id', withBlock({ type: 'tool_use', id: '', name: 'f', input: {} }), 'messages.0.content.0.id'],
    [
      'input that is no object',
      withBlock({ type: 'tool_use', id: '1', name: 'f', input: 'x' }),
      'messages.0.content.0.input',
    ],
    [
      'input without end',
      withBlock({ type: 'tool_use', id: '1', name: 'f', input: deep(101) }),
      'messages.0.content.0.input',
    ],
    [
      'a result in a result',
      withBlock({ type: 'tool_result', tool_use_id: '1', content: [{ type: 'tool_result' }] }),
      'messages.0.content.0.content.0.type',
    ],
    [
      'a source of text that says no place',
      withBlock({ type: 'text', text: 'a', citations: [{ type: 'char_location', cited_text: '' }] }),
      'messages.0.content.0.citations.0.document_index',
    ],
    ['a temperature above 1', { ...plain, temperature: 1.1 }, 'temperature'],
    ['a top_k that is a text', { ...plain, top_k: '5' }, 'top_k'],
    ['stop sequences of numbers', { ...plain, stop_sequences: [1] }, 'stop_sequences.0'],
    ['a tool without name', { ...plain, tools: [{ input_schema: {} }] }, 'tools.0.name'],
    ['a tool without schema', { ...plain, tools: [{ name: 'f' }] }, 'tools.0.input_schema'],
    ['a choice of no kind', { ...plain, tool_choice: { type: 'required' } }, 'tool_choice.type'],
    ['a choice without name', { ...plain, tool_choice: { type: 'tool' } }, 'tool_choice.name'],
    ['thinking without budget', { ...plain, thinking: { type: 'enabled' } }, 'thinking.budget_tokens'],
    ['a user who is no text', { ...plain, metadata: { user_id: 1 } }, 'metadata.user_id'],
    [
      'a format without schema',
      { ...plain, output_config: { format: { type: 'json_schema' } } },
      'output_config.format.schema',
    ],
    ['a body without end', { ...plain, x: deep(5_000) }, 'body'],
  ])('%s', (_what, body, param) => {
    expect(refusal(() => parseAnthropicRequest(body))).toBe(`invalid-request ${param}`);
  });

  test('a body of a hundred thousand fields, or of as many wrong blocks, is read at once', () => {
    const fields = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`f${index}`, index]));
    expect(parseAnthropicRequest({ ...plain, ...fields })).toMatchObject(plain);
    const blocks = Array.from({ length: 100_000 }, () => ({ type: 'text', text: '' }));
    expect(refusal(() => parseAnthropicRequest({ ...plain, system: [...blocks, 1] }))).toBe(
      'invalid-request system.100000',
    );
  });
});
