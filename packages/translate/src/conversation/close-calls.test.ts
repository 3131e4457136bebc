import type { AnthropicMessage, OpenaiConversationMessage } from '@genai-gateway/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LATE_RESULT_TEXT, MISSING_RESULT_TEXT } from '../openai-over-converse/conversation.ts';
import { closeAnthropicCalls } from './close-anthropic-calls.ts';
import { closeOpenaiCalls } from './close-openai-calls.ts';

describe('of OpenAI', () => {
  const user = { role: 'user', content: 'u' } as const;
  const calls = (...ids: string[]): OpenaiConversationMessage => ({
    role: 'assistant',
    content: null,
    tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })),
  });
  const tool = (id: string | undefined, content = 'r'): OpenaiConversationMessage => ({
    role: 'tool',
    ...(id === undefined ? {} : { tool_call_id: id }),
    content,
  });
  const missing = (id: string) => tool(id, MISSING_RESULT_TEXT);
  const late = (content: string) => ({
    role: 'user',
    content: [
      { type: 'text', text: LATE_RESULT_TEXT },
      { type: 'text', text: content },
    ],
  });
  const rows: readonly [rule: string, given: OpenaiConversationMessage[], expected: object[]][] = [
    ['a call at the end', [user, calls('1', '2')], [user, calls('1', '2'), missing('1'), missing('2')]],
    [
      'a call before the next message',
      [calls('1', '2'), tool('2'), user],
      [calls('1', '2'), tool('2'), missing('1'), user],
    ],
    [
      'a call before the next call',
      [calls('1'), calls('2'), tool('2')],
      [calls('1'), missing('1'), calls('2'), tool('2')],
    ],
    ['a result of no call', [user, tool('9', 'x')], [user, late('x')]],
    [
      'a result of no call among others',
      [calls('1', '2'), tool('9', 'x'), tool('1'), tool('2')],
      [calls('1', '2'), tool('1'), tool('2'), late('x')],
    ],
    ['a second result', [calls('1'), tool('1'), tool('1', 'x'), user], [calls('1'), tool('1'), user]],
    ['a result that comes late', [calls('1'), user, tool('1', 'x')], [calls('1'), missing('1'), user, late('x')]],
  ];
  test.each(rows)('%s', (_rule, given, expected) => {
    const closed = closeOpenaiCalls(given);
    expect(closed).toEqual(expected);
    expect(closeOpenaiCalls(closed)).toBe(closed);
  });

  test.each([
    [[user]],
    [[user, calls('1'), tool('1'), user]],
    [[user, calls(), user]],
    [[calls('1'), tool('1'), tool(undefined)]],
  ])('nothing to do: the same list (%#)', (given) => expect(closeOpenaiCalls(given)).toBe(given));
});

describe('of Anthropic', () => {
  const user = (...content: object[]) => ({ role: 'user', content }) as unknown as AnthropicMessage;
  const assistant = (...content: object[]) => ({ role: 'assistant', content }) as unknown as AnthropicMessage;
  const text = (it: string) => ({ type: 'text', text: it });
  const call = (id: string) => ({ type: 'tool_use', id, name: 'f', input: {} });
  const result = (id: string, content = 'r') => ({ type: 'tool_result', tool_use_id: id, content });
  const missing = (id: string) => ({ ...result(id, MISSING_RESULT_TEXT), is_error: true });
  const thought = (signature: string) => ({ type: 'thinking', thinking: 'x', signature });
  const rows: readonly [rule: string, given: AnthropicMessage[], expected: object[]][] = [
    ['a call at the end', [assistant(call('1'))], [assistant(call('1')), user(missing('1'))]],
    [
      'a call before the next message',
      [assistant(call('1'), call('2')), user(text('a'), result('2'))],
      [assistant(call('1'), call('2')), user(result('2'), missing('1'), text('a'))],
    ],
    [
      'a call before a message of one text',
      [assistant(call('1')), { role: 'user', content: 'a' }],
      [assistant(call('1')), user(missing('1'), text('a'))],
    ],
    [
      'a call before the next call',
      [assistant(call('1')), assistant(call('2')), user(result('2'))],
      [assistant(call('1')), user(missing('1')), assistant(call('2')), user(result('2'))],
    ],
    [
      'a result behind something else',
      [assistant(call('1')), user(text('a'), result('1'))],
      [assistant(call('1')), user(result('1'), text('a'))],
    ],
    ['a result of no call', [user(result('9', 'x'))], [user(text(LATE_RESULT_TEXT), text('x'))]],
    [
      'a second result',
      [assistant(call('1')), user(result('1'), result('1', 'x'))],
      [assistant(call('1')), user(result('1'))],
    ],
    [
      'unsigned thinking of a finished turn',
      [assistant(thought(''), text('a')), user(text('b'))],
      [assistant(text('a')), user(text('b'))],
    ],
    [
      'nothing but unsigned thinking',
      [assistant(thought('')), user(text('b'))],
      [{ role: 'assistant', content: '.' }, user(text('b'))],
    ],
    ['an empty message', [{ role: 'user', content: '' }], [{ role: 'user', content: '.' }]],
  ];
  test.each(rows)('%s', (_rule, given, expected) => {
    const closed = closeAnthropicCalls(given);
    expect(closed).toEqual(expected);
    expect(closeAnthropicCalls(closed)).toBe(closed);
  });

  test.each([
    [[user(text('a'))]],
    [[user(text('a')), assistant(thought('s'), call('1')), user(result('1'), text('b'))]],
    // The model is in the middle of its calls: some providers want their own thinking back here.
    [[user(text('a')), assistant(thought(''), call('1')), user(result('1'))]],
  ])('nothing to do: the same list (%#)', (given) => expect(closeAnthropicCalls(given)).toBe(given));

  test('whatever the order, every call has one result right behind it, and no result is without call', () => {
    const id = fc.constantFrom('1', '2', '3');
    const message = fc.oneof(
      fc
        .array(
          fc.oneof(
            id.map((it) => result(it)),
            fc.constant(text('a')),
          ),
          { minLength: 1, maxLength: 4 },
        )
        .map((it) => user(...it)),
      fc.uniqueArray(id, { maxLength: 3 }).map((ids) => assistant(text('b'), ...ids.map(call))),
    );
    const idsOf = (it: AnthropicMessage | undefined, type: string, field: string) =>
      typeof it?.content === 'object'
        ? it.content.flatMap((block) => (block.type === type ? [(block as never)[field] as string] : [])).sort()
        : [];
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), (messages) => {
        const closed = closeAnthropicCalls(messages);
        for (const [index, it] of closed.entries()) {
          const calls = it.role === 'assistant' ? idsOf(it, 'tool_use', 'id') : [];
          if (it.role === 'assistant') expect(idsOf(closed[index + 1], 'tool_result', 'tool_use_id')).toEqual(calls);
          else if (closed[index - 1]?.role !== 'assistant') expect(idsOf(it, 'tool_result', 'tool_use_id')).toEqual([]);
        }
        expect(closeAnthropicCalls(closed)).toBe(closed);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });
});
