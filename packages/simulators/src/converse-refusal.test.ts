import { expect, test } from 'vitest';
import { converseRefusal } from './converse-refusal.ts';

const modelId = 'us.amazon.nova-lite-v1:0';
const messages = [{ role: 'user', content: [{ text: 'Hi' }] }];

test('a request that would be answered has none', () => {
  expect(converseRefusal({ modelId, body: { messages }, streamed: false })).toBeUndefined();
});

test.each([
  ['by the schema', { messages: 'x' }],
  ['by the rules of Converse', { messages: [] }],
  ['by the model', { messages, toolConfig: { tools: [{ toolSpec: { name: 'a-b', inputSchema: { json: {} } } }] } }],
])('%s', (_rule, body) => {
  expect(converseRefusal({ modelId, body, streamed: true })).toEqual(expect.any(String));
});

test('a model that is not there', () => {
  expect(converseRefusal({ modelId: 'x', body: { messages }, streamed: false })).toBe(
    'The provided model identifier is invalid.',
  );
});
