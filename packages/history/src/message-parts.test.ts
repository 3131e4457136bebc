import type { ApiMessage } from '@genai-gateway/protocol';
import { describe, expect, it } from 'vitest';
import { type MessageParts, partsOf } from './message-parts.ts';

const nothing = { texts: [], calls: [], results: [] };

const rows: readonly (readonly [string, ApiMessage['api'], object, Partial<MessageParts>])[] = [
  ['a text', 'openai', { role: 'user', content: 'Hi' }, { texts: ['Hi'] }],
  [
    'parts',
    'openai',
    {
      role: 'user',
      content: [
        { type: 'text', text: 'a' },
        { type: 'image_url', image_url: { url: 'u' } },
        { type: 'text', text: 'b' },
      ],
    },
    { texts: ['a', 'b'] },
  ],
  [
    'an answer',
    'openai',
    { role: 'assistant', content: 'Hi', reasoning_content: 'Hm.', thinking_blocks: [] },
    { speaker: 'assistant', texts: ['Hi'] },
  ],
  [
    'a refusal',
    'openai',
    { role: 'assistant', content: null, refusal: 'No.' },
    { speaker: 'assistant', texts: ['No.'] },
  ],
  [
    'a refusal among parts',
    'openai',
    { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
    { speaker: 'assistant', texts: ['No.'] },
  ],
  [
    'calls',
    'openai',
    {
      role: 'assistant',
      tool_calls: [
        { id: 'a', function: { name: 'f', arguments: '{}' } },
        { id: null, function: { name: 'g' } },
      ],
    },
    {
      speaker: 'assistant',
      calls: [
        { id: 'a', name: 'f' },
        { id: undefined, name: 'g' },
      ],
    },
  ],
  [
    'a call of a custom tool',
    'openai',
    { role: 'assistant', tool_calls: [{ id: 'a', type: 'custom', custom: { name: 'f', input: 'x' } }] },
    { speaker: 'assistant', calls: [{ id: 'a', name: 'f' }] },
  ],
  [
    'the call before tools',
    'openai',
    { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
    { speaker: 'assistant', calls: [{ id: undefined, name: 'f' }] },
  ],
  [
    'its result',
    'openai',
    { role: 'function', name: 'f', content: 'found' },
    { results: [{ id: undefined, text: 'found' }] },
  ],
  [
    'a result',
    'openai',
    { role: 'tool', tool_call_id: 'a', content: 'found' },
    { results: [{ id: 'a', text: 'found' }] },
  ],
  [
    'a result of parts',
    'openai',
    {
      role: 'tool',
      tool_call_id: 'a',
      content: [
        { type: 'text', text: 'x' },
        { type: 'text', text: 'y' },
      ],
    },
    { results: [{ id: 'a', text: 'xy' }] },
  ],
  [
    'a system prompt',
    'openai',
    { role: 'developer', content: 'Be short.' },
    { speaker: 'system', texts: ['Be short.'] },
  ],
  [
    'texts',
    'converse',
    {
      role: 'user',
      content: [
        { text: 'a' },
        { image: { format: 'png', source: { bytes: '' } } },
        { cachePoint: { type: 'default' } },
        { text: 'b' },
      ],
    },
    { texts: ['a', 'b'] },
  ],
  [
    'reasoning',
    'converse',
    { role: 'assistant', content: [{ reasoningContent: { reasoningText: { text: 'Hm.' } } }] },
    { speaker: 'assistant' },
  ],
  [
    'citations',
    'converse',
    { role: 'assistant', content: [{ citationsContent: { content: [{ text: 'a' }, { text: 'b' }] } }] },
    { speaker: 'assistant', texts: ['a', 'b'] },
  ],
  [
    'a call',
    'converse',
    { role: 'assistant', content: [{ toolUse: { toolUseId: 'a', name: 'f', input: {} } }] },
    { speaker: 'assistant', calls: [{ id: 'a', name: 'f' }] },
  ],
  [
    'a call that the provider answers',
    'converse',
    { role: 'assistant', content: [{ toolUse: { toolUseId: 'a', name: 'f', input: {}, type: 'server_tool_use' } }] },
    { speaker: 'assistant' },
  ],
  [
    'a result',
    'converse',
    {
      role: 'user',
      content: [{ toolResult: { toolUseId: 'a', content: [{ text: 'x' }, { json: { y: 1 } }, { image: {} }] } }],
    },
    { results: [{ id: 'a', text: 'x{"y":1}' }] },
  ],
  [
    'a system message',
    'converse',
    { role: 'system', content: [{ text: 'Be short.' }] },
    { speaker: 'system', texts: ['Be short.'] },
  ],
  ['a text', 'anthropic', { role: 'user', content: 'Hi' }, { texts: ['Hi'] }],
  [
    'blocks',
    'anthropic',
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 's' },
        { type: 'text', text: 'a' },
        { type: 'server_tool_use', id: 's', name: 'web' },
        { type: 'tool_use', id: 'a', name: 'f', input: {} },
      ],
    },
    { speaker: 'assistant', texts: ['a'], calls: [{ id: 'a', name: 'f' }] },
  ],
  [
    'a result',
    'anthropic',
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'a', content: 'found' },
        { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'x' }] },
        { type: 'tool_result', tool_use_id: 'c' },
      ],
    },
    {
      results: [
        { id: 'a', text: 'found' },
        { id: 'b', text: 'x' },
        { id: 'c', text: '' },
      ],
    },
  ],
];

describe('partsOf', () => {
  it.each(rows)('reads %s of %s', (_what, api, message, parts) => {
    expect(partsOf({ api, message } as ApiMessage)).toEqual({ speaker: 'user', ...nothing, ...parts });
  });

  it.each(['openai', 'converse', 'anthropic'] as const)('takes whatever stands in a message of %s', (api) => {
    const odd = [null, 1, 'x', [], {}, [null], [[]], [{}], [{ text: 1 }], [{ toolUse: null }], [{ type: 'tool_use' }]];
    for (const content of odd) {
      for (const role of ['user', 'assistant', 'tool', undefined]) {
        const message = { role, content, tool_calls: content, refusal: content };
        expect(() => partsOf({ api, message } as unknown as ApiMessage)).not.toThrow();
      }
    }
  });
});
