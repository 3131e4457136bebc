// What becomes of the parameters of a chat completion, with OpenAI's own libraries and the fake Bedrock.

import { describe, expect, it } from 'vitest';
import { openaiClients, openaiForNode } from './support/openai-clients.ts';
import { at } from './support/reply.ts';
import { requestOnce, uniqueWord } from './support/simulator.ts';
import { ALIAS } from './support/world.ts';

const BY_TOOL = 'us.anthropic.claude-opus-4-1-20250805-v1:0';
const NOVA = 'us.amazon.nova-lite-v1:0';
const person = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 18 } },
  required: ['name', 'age'],
  additionalProperties: false,
};
const response_format = { type: 'json_schema', json_schema: { name: 'person', schema: person, strict: true } };
const sentFor = async (word: string): Promise<unknown> =>
  JSON.parse((await requestOnce(word, ({ finished }) => finished)).bodyText);

describe.each(openaiClients)('$name', ({ chat, joined }) => {
  describe.each([
    ['the model itself', ALIAS, 'outputConfig'],
    ['a tool', BY_TOOL, 'toolConfig'],
    ['a tool of Nova', NOVA, 'toolConfig'],
  ])('JSON by %s', (_what, model, field) => {
    it.each([
      ['whole', chat],
      ['streamed', joined],
    ])('%s', async (_how, call) => {
      const word = uniqueWord();
      const messages = [{ role: 'user', content: `Who is ${word}?` }];
      const { output, failure } = await call({ model, messages, response_format });
      expect(failure).toBeUndefined();
      const choice = at(output, 'choices', 0);
      expect(JSON.parse(String(at(choice, 'message', 'content')))).toEqual({
        name: expect.any(String),
        age: expect.any(Number),
      });
      expect(at(choice, 'finish_reason')).toBe('stop');
      expect(at(choice, 'message', 'tool_calls') ?? undefined).toBeUndefined();
      expect(await sentFor(word)).toHaveProperty(field);
    });
  });

  it('a function call for callers of the form before tools', async () => {
    const input = {
      model: ALIAS,
      messages: [{ role: 'user', content: 'Weather?' }],
      functions: [{ name: 'get.weather', parameters: { type: 'object', properties: {} } }],
      function_call: { name: 'get.weather' },
    };
    const { output, failure } = await chat(input);
    expect(failure).toBeUndefined();
    expect(at(output, 'choices', 0)).toMatchObject({
      message: { function_call: { name: 'get.weather' } },
      finish_reason: 'function_call',
    });
  });

  it.each([
    ['n', { n: 2 }, /send the request n times/],
    ['thinking', { reasoning_effort: 'lots' }, /"minimal"/],
    ['tools of another kind', { tools: [{ type: 'custom', custom: { name: 'f' } }] }, /Offer a function/],
    ['a format', { response_format: { type: 'grammar' } }, /"json_schema"/],
  ])('%s is refused with what to do', async (_what, fields, message) => {
    const { failure } = await chat({ model: ALIAS, messages: [{ role: 'user', content: 'Hi' }], ...fields });
    expect(failure).toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      message: expect.stringMatching(message),
    });
  });
});

it('thinking, tiers and metadata reach the model, and what has no effect is named', async () => {
  const word = uniqueWord();
  const { response } = await openaiForNode()
    .chat.completions.create({
      model: ALIAS,
      messages: [{ role: 'user', content: `Think about ${word}.` }],
      reasoning_effort: 'low',
      max_completion_tokens: 3_000,
      temperature: 0.2,
      seed: 7,
      service_tier: 'flex',
      metadata: { team: 'red', note: 'ž' },
      user: 'jan',
    })
    .withResponse();
  expect(response.headers.get('x-gateway-dropped-params')).toBe('seed,temperature,metadata.note');
  expect(await sentFor(word)).toMatchObject({
    inferenceConfig: { maxTokens: 3_000 },
    additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1_024 } },
    serviceTier: { type: 'flex' },
    requestMetadata: { team: 'red', user: expect.stringMatching(/^[0-9a-f]{32}$/) },
  });
});
