import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../support/litellm.ts';
import { weatherSchema } from '../support/prompts.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { uniqueWord } from '../support/simulator.ts';
import { litellmWorld, world } from '../support/world.ts';
import { chatVariant, type MadePrompt, makePrompt, textVariant } from './support/managed-prompts.ts';
import { bodyWith, linesOf, promptVariables } from './support/talking.ts';

/* Every kind of template, and what stands in a prompt beside its text. */

afterAll(stopPython);

const skip = world.litellm === undefined;
const chatTemplate = {
  chat: {
    system: [{ text: 'You know the weather of {{place}}.' }],
    messages: [
      { role: 'user', content: [{ text: 'Hello.' }] },
      { role: 'assistant', content: [{ text: 'Hello, how is it in {{place}}?' }] },
      { role: 'user', content: [{ text: '{{question}}' }] },
    ],
    toolConfiguration: {
      tools: [{ toolSpec: { name: 'get_weather', description: 'Weather.', inputSchema: { json: weatherSchema } } }],
    },
  },
  variables: ['place', 'question'],
  inference: { maxTokens: 77, temperature: 0.25, topP: 0.5, stopSequences: ['STOP'] },
} as const;
const textTemplate = {
  text: 'In {{place}}: {{question}}',
  variables: ['place', 'question'],
  inference: { maxTokens: 66 },
} as const;
/**
 * What only Nova has; at the top it refuses it.
 * Source: https://docs.aws.amazon.com/nova/latest/nova2-userguide/core-inference.html (read 2026-11-23).
 */
const ownFields = { inferenceConfig: { topK: 5 } };

describe.skipIf(skip)('a prompt for a model of Bedrock', () => {
  let [chat, text]: (MadePrompt | undefined)[] = [];
  beforeAll(async () => {
    const modelId = 'amazon.nova-lite-v1:0';
    chat = await makePrompt([chatVariant('default', { ...chatTemplate, modelId })]);
    text = await makePrompt([textVariant('default', { ...textTemplate, modelId, additional: ownFields })]);
  });

  /** What Bedrock gets where the gateway fills the prompt in: for OpenAI, and wherever there is history. */
  const ways = [
    ['a chat', '/v1/chat/completions', (model: string) => ({ model, messages: [] })],
    ['a streamed chat', '/v1/chat/completions', (model: string) => ({ model, messages: [], stream: true })],
    ['Converse with history', 'converse', () => ({ additionalModelRequestFields: { enable_history: true } })],
    [
      'ConverseStream with history',
      'converse-stream',
      () => ({ additionalModelRequestFields: { enable_history: true } }),
    ],
  ] as const;

  it.each(ways)('that is a conversation reaches it whole: %s', async (_what, path, body) => {
    const question = uniqueWord();
    const request = await requestFor(chat, path, body, question);
    expect(linesOf(request)).toEqual([
      'system: You know the weather of Oslo.',
      'user: Hello.',
      'assistant: Hello, how is it in Oslo?',
      `user: ${question}`,
    ]);
    expect(request).toMatchObject({
      inferenceConfig: { maxTokens: 77, temperature: 0.25, topP: 0.5, stopSequences: ['STOP'] },
      toolConfig: { tools: [{ toolSpec: { name: 'get_weather', inputSchema: { json: weatherSchema } } }] },
    });
  });

  it.each(ways)('that is a text reaches it whole: %s', async (_what, path, body) => {
    const question = uniqueWord();
    const request = await requestFor(text, path, body, question);
    expect(linesOf(request)).toEqual([`user: In Oslo: ${question}`]);
    expect(request).toMatchObject({ inferenceConfig: { maxTokens: 66 }, additionalModelRequestFields: ownFields });
    expect(JSON.stringify(request)).not.toMatch(/enable_history|promptVariables/);
  });

  it.each(['converse', 'converse-stream'])('is filled in by Bedrock itself without history: %s', async (operation) => {
    const question = uniqueWord();
    const variables = promptVariables({ place: 'Oslo', question });
    const reply = await ask(`/bedrock/model/${encodeURIComponent(text?.arn ?? '')}/${operation}`, {
      body: { promptVariables: variables },
    });
    expect([reply.status, reply.text]).toEqual([200, expect.stringContaining(question.slice(-8))]);
    expect(await bodyWith(question, world.simulator)).toEqual({ promptVariables: variables });
  });

  it('yields to what a caller sets itself', async () => {
    const question = uniqueWord();
    const request = await requestFor(
      chat,
      '/v1/chat/completions',
      (model) => ({ model, messages: [], max_tokens: 70, temperature: 1 }),
      question,
    );
    expect(at(request, 'inferenceConfig')).toEqual({
      maxTokens: 70,
      temperature: 1,
      topP: 0.5,
      stopSequences: ['STOP'],
    });
  });
});

describe.skipIf(skip)('a prompt for a model of another provider', () => {
  let [chat, text]: (MadePrompt | undefined)[] = [];
  beforeAll(async () => {
    const metadata = { 'gateway:model': 'gpt-4o-mini' };
    chat = await makePrompt([chatVariant('default', { ...chatTemplate, metadata })]);
    text = await makePrompt([textVariant('default', { ...textTemplate, metadata })]);
  });

  const ways = [
    ['a chat', '/v1/chat/completions', (model: string) => ({ model, messages: [] })],
    ['a streamed chat', '/v1/chat/completions', (model: string) => ({ model, messages: [], stream: true })],
    ['Converse', 'converse', () => ({})],
    ['ConverseStream', 'converse-stream', () => ({})],
    ['Messages', '/v1/messages', (model: string) => ({ model, messages: [], max_tokens: 77 })],
  ] as const;

  it.each(ways)('that is a conversation reaches it whole: %s', async (_what, path, body) => {
    const question = uniqueWord();
    const request = await requestFor(chat, path, body, question, litellmWorld().openai);
    expect(linesOf(request)).toEqual([
      'system: You know the weather of Oslo.',
      'user: Hello.',
      'assistant: Hello, how is it in Oslo?',
      `user: ${question}`,
    ]);
    expect(request).toMatchObject({
      model: 'gpt-4o-mini',
      temperature: 0.25,
      top_p: 0.5,
    });
    // LiteLLM calls Messages of OpenAI's models by the Responses API, which has other names.
    expect(at(request, 'tools', 0, 'function', 'name') ?? at(request, 'tools', 0, 'name')).toBe('get_weather');
    const most = ['max_tokens', 'max_completion_tokens', 'max_output_tokens'].map((name) => at(request, name));
    expect(most).toContain(77);
  });

  it.each(ways.slice(0, 4))('that is a text reaches it whole: %s', async (_what, path, body) => {
    const question = uniqueWord();
    const request = await requestFor(text, path, body, question, litellmWorld().openai);
    expect(linesOf(request)).toEqual([`user: In Oslo: ${question}`]);
    expect(at(request, 'max_tokens') ?? at(request, 'max_completion_tokens')).toBe(66);
  });
});

/** Calls a prompt with this question about Oslo, and gives what reached the provider. */
async function requestFor(
  prompt: MadePrompt | undefined,
  path: string,
  body: (model: string) => object,
  question: string,
  simulator: string = world.simulator,
): Promise<unknown> {
  const model = `${prompt?.arn}:1`;
  const target = path.startsWith('/') ? path : `/bedrock/model/${encodeURIComponent(model)}/${path}`;
  const variables = promptVariables({ place: 'Oslo', question });
  const { status, text } = await ask(target, { body: { ...body(model), promptVariables: variables } });
  expect([status, text]).toEqual([200, expect.stringContaining(question.slice(-8))]);
  return bodyWith(question, simulator);
}
