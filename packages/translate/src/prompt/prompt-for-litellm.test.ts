import { describe, expect, test } from 'vitest';
import { assistant, text, user } from '../test-support/converse-messages.ts';
import { refusal } from '../test-support/refusal.ts';
import { withPromptAnthropic } from './prompt-as-anthropic.ts';
import { promptAsOpenai, withPromptOpenai } from './prompt-as-openai.ts';
import type { PromptParts } from './prompt-parts.ts';

const EMPTY: PromptParts = {
  system: [],
  messages: [user(text('p'))],
  toolConfig: undefined,
  inferenceConfig: undefined,
  additionalModelRequestFields: undefined,
};
const FULL: PromptParts = {
  system: [{ text: 's' }, { cachePoint: { type: 'default' } }],
  messages: [user(text('p')), assistant(text('q'))],
  toolConfig: {
    tools: [{ toolSpec: { name: 'f', description: 'd', inputSchema: { json: { type: 'object' } } } }],
    toolChoice: { tool: { name: 'f' } },
  },
  inferenceConfig: { maxTokens: 1, temperature: 0.1, topP: 0.2, stopSequences: ['x'] },
  additionalModelRequestFields: { top_k: 3 },
};
const context = { model: 'm' };
const mark = { cache_control: { type: 'ephemeral' } };
const own = { role: 'user', content: 'o' };

describe('a chat completion', () => {
  const tool = { type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' } } };
  const choice = { type: 'function', function: { name: 'f' } };
  const lead = { role: 'system', content: [{ type: 'text', text: 's', ...mark }] };
  const prompts = [
    { role: 'user', content: 'p' },
    { role: 'assistant', content: 'q' },
  ];
  const parameters = { max_tokens: 1, temperature: 0.1, top_p: 0.2, stop: ['x'], top_k: 3 };

  test('of the prompt alone', () => {
    const request = { model: 'm', messages: [lead, ...prompts], tools: [tool], tool_choice: choice, ...parameters };
    expect(promptAsOpenai(FULL, context)).toEqual(request);
    expect(withPromptOpenai({ model: 'prompt:x' }, FULL, context)).toEqual(request);
    expect(withPromptOpenai({ model: 'prompt:x', messages: [] }, EMPTY, context)).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'p' }],
    });
  });

  test("whose own messages come behind, its system text behind the prompt's", () => {
    const { messages } = withPromptOpenai({ messages: [{ role: 'developer', content: 'd' }, own] }, FULL, context);
    expect(messages).toEqual([lead, { role: 'developer', content: 'd' }, ...prompts, own]);
  });

  test.each<[rule: string, body: object, expected: object]>([
    [
      'its own parameters win',
      { temperature: 1, stop: 'y', top_k: 4 },
      { ...parameters, temperature: 1, stop: 'y', top_k: 4 },
    ],
    ['null is none', { temperature: null }, parameters],
    ['unknown fields stay', { foo: { a: null } }, { ...parameters, foo: { a: null } }],
    [
      'max_completion_tokens is max_tokens',
      { max_completion_tokens: 9 },
      { max_completion_tokens: 9, temperature: 0.1, top_p: 0.2, stop: ['x'], top_k: 3 },
    ],
  ])('%s', (_rule, body, expected) => {
    const { model, messages, tools, tool_choice, ...rest } = withPromptOpenai(
      { messages: [own], ...body },
      FULL,
      context,
    );
    expect(rest).toEqual(expected);
    expect([model, tools, tool_choice]).toEqual(['m', [tool], choice]);
  });

  test.each<[rule: string, body: object, tools: unknown, choice: unknown]>([
    ['its own tools win, with the choice', { tools: [{ type: 'x' }] }, [{ type: 'x' }], undefined],
    ['no tools are none', { tools: [] }, [tool], choice],
    ['its own choice wins', { tool_choice: 'none' }, [tool], 'none'],
  ])('%s', (_rule, body, tools, expected) => {
    const result = withPromptOpenai({ messages: [own], ...body }, FULL, context);
    expect([result['tools'], result['tool_choice']]).toEqual([tools, expected]);
  });

  test('what only Bedrock can be told is refused', () => {
    const prompt = { ...EMPTY, additionalModelRequestFields: { api_base: 'https://x.test' } };
    expect(refusal(() => promptAsOpenai(prompt, context))).toBe(
      'invalid-request additionalModelRequestFields.api_base',
    );
  });
});

describe('a message of Anthropic', () => {
  const tool = { name: 'f', description: 'd', input_schema: { type: 'object' } };
  const lead = { type: 'text', text: 's', ...mark };
  const prompts = [
    { role: 'user', content: [{ type: 'text', text: 'p' }] },
    { role: 'assistant', content: [{ type: 'text', text: 'q' }] },
  ];
  const parameters = { max_tokens: 1, temperature: 0.1, top_p: 0.2, stop_sequences: ['x'], top_k: 3 };
  const choice = { type: 'tool', name: 'f' };

  test('of the prompt alone', () => {
    expect(withPromptAnthropic({ model: 'prompt:x' }, FULL, context)).toEqual({
      model: 'm',
      messages: prompts,
      system: [lead],
      tools: [tool],
      tool_choice: choice,
      ...parameters,
    });
    expect(withPromptAnthropic({ system: 'o', messages: [own] }, EMPTY, context)).toEqual({
      model: 'm',
      system: 'o',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'p' }] }, own],
    });
  });

  test.each<[rule: string, body: object, expected: object]>([
    ['a system text comes behind', { system: 'o' }, { system: [lead, { type: 'text', text: 'o' }] }],
    [
      'system blocks too, as they are',
      { system: [{ type: 'text', text: 'o', x: 1 }] },
      { system: [lead, { type: 'text', text: 'o', x: 1 }] },
    ],
    ['messages come behind', { messages: [own] }, { messages: [...prompts, own] }],
    [
      'own parameters win',
      { max_tokens: 9, stop_sequences: [], foo: 1 },
      { max_tokens: 9, stop_sequences: [], foo: 1, temperature: 0.1 },
    ],
    [
      'own tools win',
      { tools: [{ name: 'g' }], tool_choice: { type: 'any' } },
      { tools: [{ name: 'g' }], tool_choice: { type: 'any' } },
    ],
    ['own choice wins', { tool_choice: { type: 'none' } }, { tools: [tool], tool_choice: { type: 'none' } }],
  ])('%s', (_rule, body, expected) => {
    expect(withPromptAnthropic({ ...body }, FULL, context)).toMatchObject(expected);
  });

  test('own tools are not chosen among by the prompt', () => {
    expect(withPromptAnthropic({ tools: [{ name: 'g' }] }, FULL, context)['tool_choice']).toBeUndefined();
  });

  test.each([
    ['auto', { auto: {} }, { type: 'auto' }],
    ['any', { any: {} }, { type: 'any' }],
  ])('the choice "%s"', (_rule, toolChoice, expected) => {
    const tools = [
      { cachePoint: { type: 'default' as const } },
      ...(FULL.toolConfig?.tools ?? []),
      { cachePoint: { type: 'default' as const } },
    ];
    const body = withPromptAnthropic({}, { ...FULL, toolConfig: { tools, toolChoice } }, context);
    expect([body['tool_choice'], body['tools']]).toEqual([expected, [{ ...tool, ...mark }]]);
  });

  test('a field that this API has no place for is refused', () => {
    const prompt = { ...EMPTY, additionalModelRequestFields: { seed: 1 } };
    expect(refusal(() => withPromptAnthropic({}, prompt, context))).toBe(
      'invalid-request additionalModelRequestFields.seed',
    );
  });
});
