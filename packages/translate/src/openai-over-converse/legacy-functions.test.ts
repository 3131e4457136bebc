import { expect, test } from 'vitest';
import { converseToOpenai } from './converse-to-openai.ts';
import { asksForFunctionCall, FunctionCallStream, withFunctionCall } from './legacy-functions.ts';

const context = { id: 'c', created: 1, model: 'm', toolNames: new Map() };
const functions = [{ name: 'f' }];
const messages = [{ role: 'user', content: 'q' }] as const;

test.each([
  [{ functions }, true],
  [{ functions: [] }, false],
  [{}, false],
  [{ functions, tools: [{ type: 'function', function: { name: 'f' } }] }, false],
] as const)('%j asks for a function call: %s', (fields, expected) => {
  expect(asksForFunctionCall({ model: 'm', messages, ...fields })).toBe(expected);
});

test('an answer has its first call in the older form', () => {
  const content = [
    { text: 'a' },
    { toolUse: { toolUseId: '1', name: 'f', input: { a: 1 } } },
    { toolUse: { toolUseId: '2', name: 'g', input: {} } },
  ];
  const reply = { output: { message: { role: 'assistant', content } }, stopReason: 'tool_use' };
  const { choices } = withFunctionCall(converseToOpenai(reply as Parameters<typeof converseToOpenai>[0], context));
  expect(choices[0]).toMatchObject({
    message: { content: 'a', function_call: { name: 'f', arguments: '{"a":1}' } },
    finish_reason: 'function_call',
  });
  expect(choices[0]?.message).not.toHaveProperty('tool_calls');
});

test('an answer without a call is as it is', () => {
  const reply = { output: { message: { role: 'assistant', content: [{ text: 'a' }] } }, stopReason: 'end_turn' };
  const completion = converseToOpenai(reply as Parameters<typeof converseToOpenai>[0], context);
  expect(withFunctionCall(completion)).toEqual(completion);
});

test('a stream has its first call in the older form', () => {
  const stream = new FunctionCallStream({ ...context, includeUsage: true });
  const start = (contentBlockIndex: number, name: string) => ({
    contentBlockIndex,
    start: { toolUse: { toolUseId: `t${contentBlockIndex}`, name } },
  });
  const input = (contentBlockIndex: number, text: string) => ({
    contentBlockIndex,
    delta: { toolUse: { input: text } },
  });
  const events: readonly [string, object][] = [
    ['messageStart', { role: 'assistant' }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'a' } }],
    ['contentBlockStart', start(1, 'f')],
    ['contentBlockDelta', input(1, '{"a"')],
    ['contentBlockDelta', input(1, ':1}')],
    ['contentBlockStop', { contentBlockIndex: 1 }],
    ['contentBlockStart', start(2, 'g')],
    ['contentBlockStop', { contentBlockIndex: 2 }],
    ['messageStop', { stopReason: 'tool_use' }],
    ['metadata', { usage: { inputTokens: 1, outputTokens: 2 } }],
  ];
  const chunks = [...events.flatMap(([type, payload]) => stream.push(type, payload)), ...stream.end()];
  expect(chunks.map(({ choices: [choice] }) => choice?.finish_reason ?? choice?.delta ?? 'usage')).toEqual([
    { role: 'assistant', content: '' },
    { content: 'a' },
    { function_call: { name: 'f', arguments: '' } },
    { function_call: { arguments: '{"a"' } },
    { function_call: { arguments: ':1}' } },
    'function_call',
    'usage',
  ]);
});
