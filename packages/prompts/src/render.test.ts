import type { GatewayError } from '@genai-gateway/core';
import { describe, expect, test } from 'vitest';
import type { PromptTemplate, PromptVariant } from './prompt.ts';
import { modelOfVariant, renderPrompt } from './render.ts';
import { chat, prompt, variant } from './test-support/prompts.ts';

const toolConfig = {
  tools: [
    { toolSpec: { name: 'weather', description: 'Of {{city}}', inputSchema: { json: { type: 'object' } } } },
    { cachePoint: { type: 'default' } },
  ],
  toolChoice: { auto: {} },
} as const;
const nothing = {
  system: [],
  toolConfig: undefined,
  inferenceConfig: undefined,
  additionalModelRequestFields: undefined,
};
const cachePoint = { cachePoint: { type: 'default' } } as const;

function rendered(template: PromptTemplate, variables: Record<string, string>, change: Partial<PromptVariant> = {}) {
  const only = variant('a', '', { template, ...change });
  return renderPrompt(prompt({ variants: [only] }), only, variables);
}

describe('a variant becomes a part of a Converse request', () => {
  test('text: one message of the user', () => {
    expect(rendered(variant('a', 'Hello, {{name}}!').template, { name: 'Ada' })).toEqual({
      ...nothing,
      messages: [{ role: 'user', content: [{ text: 'Hello, Ada!' }] }],
    });
  });

  test('text with a cache point, which stands behind it', () => {
    const template = { kind: 'text', text: 'Hello!', cachePoint: true, variables: [] } as const;
    expect(rendered(template, {}).messages).toEqual([{ role: 'user', content: [{ text: 'Hello!' }, cachePoint] }]);
  });

  test('a chat: system, messages and tools, all texts of which are filled but those of tools', () => {
    const template = chat({
      system: [{ text: 'You are {{role}}.' }, cachePoint],
      messages: [
        { role: 'user', content: [{ text: 'I am in {{city}}.' }, cachePoint] },
        { role: 'assistant', content: [{ text: 'So {{city}} it is, says {{role}}.' }] },
      ],
      toolConfig,
    });
    expect(rendered(template, { role: 'a guide', city: 'Ulm' })).toEqual({
      ...nothing,
      system: [{ text: 'You are a guide.' }, cachePoint],
      messages: [
        { role: 'user', content: [{ text: 'I am in Ulm.' }, cachePoint] },
        { role: 'assistant', content: [{ text: 'So Ulm it is, says a guide.' }] },
      ],
      toolConfig,
    });
  });

  test('a chat of nothing but a system prompt', () => {
    expect(rendered(chat({ system: [{ text: 'Be brief.' }] }), {})).toEqual({
      ...nothing,
      system: [{ text: 'Be brief.' }],
      messages: [],
    });
  });

  test('with its parameters', () => {
    const parameters = {
      inferenceConfig: { maxTokens: 100, temperature: 0 },
      additionalModelRequestFields: { top_k: 200 },
    };
    expect(rendered(variant('a', 'Hello').template, {}, parameters)).toMatchObject(parameters);
  });
});

describe('variables must be those of the texts', () => {
  const two = chat({
    system: [{ text: '{{role}}' }],
    messages: [{ role: 'user', content: [{ text: '{{city}} {{ name }}' }] }],
    toolConfig,
  });
  test.each<[string, Record<string, string>, string]>([
    ['none of them', {}, "(missing: 'city', 'name', 'role')"],
    ['one too few', { role: 'a', name: 'b' }, "(missing: 'city')"],
    ['one too many', { role: 'a', city: 'b', name: 'c', age: 'd' }, "(not in the prompt: 'age')"],
    [
      'both, each in order',
      { zoo: 'a', city: 'b', age: 'd' },
      "(missing: 'name', 'role'; not in the prompt: 'age', 'zoo')",
    ],
    [
      'what objects inherit is not sent',
      { role: 'a', city: 'b', name: 'c', constructor: 'd' },
      "(not in the prompt: 'constructor')",
    ],
  ])('%s', (_rule, variables, told) => {
    expect(() => rendered(two, variables)).toThrow(
      expect.objectContaining<Partial<GatewayError>>({
        code: 'invalid-request',
        param: 'promptVariables',
        message: `The variables in 'promptVariables' must be those of the prompt ${told}.`,
      }),
    );
  });

  test('names that a caller made up do not fill the answer', () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`v${at}`.padEnd(10_000, 'x'), '']));
    let message = '';
    try {
      rendered(chat(), many);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain('and 980 more');
    expect(message.length).toBeLessThan(5_000);
  });

  test('one of another variant may come too, because the caller does not know which variant it gets', () => {
    const short = variant('short', 'Hi, {{name}}');
    const long = variant('long', 'Dear {{name}} of {{city}}');
    const both = prompt({ variants: [short, long] });
    expect(renderPrompt(both, short, { name: 'Ada', city: 'Ulm' }).messages[0]?.content).toEqual([{ text: 'Hi, Ada' }]);
    expect(() => renderPrompt(both, long, { name: 'Ada' })).toThrow("(missing: 'city')");
    expect(() => renderPrompt(both, short, { name: 'Ada', age: '7' })).toThrow("(not in the prompt: 'age')");
  });

  test('one may come that the author has declared and no text holds', () => {
    const template = { kind: 'text', text: 'Hello', cachePoint: false, variables: ['name'] } as const;
    expect(rendered(template, { name: 'Ada' }).messages[0]?.content).toEqual([{ text: 'Hello' }]);
    expect(rendered(template, {}).messages[0]?.content).toEqual([{ text: 'Hello' }]);
  });
});

describe('a variant that cannot be used says so when it is chosen', () => {
  test('because of what it is made for', () => {
    expect(() => rendered({ kind: 'unusable', because: 'it is made for an agent' }, {})).toThrow(
      "The variant 'a' of this prompt cannot be used: it is made for an agent. Ask for another variant by its name.",
    );
  });

  test('because it names no model', () => {
    expect(modelOfVariant(variant('a', ''))).toBe('amazon.nova-lite-v1:0');
    expect(() => modelOfVariant(variant('a', '', { model: undefined }))).toThrow(
      expect.objectContaining<Partial<GatewayError>>({ code: 'invalid-request', param: 'model' }),
    );
  });
});
