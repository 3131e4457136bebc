import type { ApiMessage, ConverseMessage } from '@genai-gateway/protocol';
import { expect, test } from 'vitest';
import { assistant, call, text, thought } from '../test-support/converse-messages.ts';
import { withCallerToolNames } from './caller-tool-names.ts';
import { withoutReasoning } from './without-reasoning.ts';

test('an answer is stored with the names that the caller has for its tools', () => {
  const answer = assistant(text('a'), call('1', 'a_b_12345678'), call('2', 'g'));
  const named = withCallerToolNames(answer, new Map([['a_b_12345678', 'a.b']]));
  expect(named).toEqual(assistant(text('a'), call('1', 'a.b'), call('2', 'g')));
  expect(withCallerToolNames(answer, new Map())).toBe(answer);
});

test('an answer in JSON is stored as the text that the caller got', () => {
  const answer = assistant(thought('x', 's'), text('Here it is:'), call('1', 'json_person', { name: 'Jan' }));
  expect(withCallerToolNames(answer, new Map(), 'json_person')).toEqual(
    assistant(thought('x', 's'), text('{"name":"Jan"}')),
  );
  const called = assistant(text('a'), call('1', 'f'));
  expect(withCallerToolNames(called, new Map(), 'json_person')).toBe(called);
});

test('what a model thought can be left out, in every API', () => {
  const converse = (message: ConverseMessage): ApiMessage => ({ api: 'converse', message });
  const stored: ApiMessage[] = [
    converse(assistant(thought('x', 's'), text('a'))),
    { api: 'openai', message: { role: 'assistant', content: 'a', reasoning_content: 'x', thinking_blocks: [] } },
    {
      api: 'anthropic',
      message: {
        role: 'assistant',
        content: [
          { type: 'redacted_thinking', data: 'x' },
          { type: 'thinking', thinking: 'x', signature: 's' },
          { type: 'text', text: 'a' },
        ],
      },
    },
    { api: 'anthropic', message: { role: 'user', content: 'a' } },
  ];
  const without = withoutReasoning(stored);
  expect(without).toEqual([
    converse(assistant(text('a'))),
    { api: 'openai', message: { role: 'assistant', content: 'a' } },
    { api: 'anthropic', message: { role: 'assistant', content: [{ type: 'text', text: 'a' }] } },
    stored[3],
  ]);
  expect(withoutReasoning(without)).toBe(without);
});
