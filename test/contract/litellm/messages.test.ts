import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anthropicClients } from '../support/anthropic-clients.ts';
import { addModel, ask, chat } from '../support/litellm.ts';
import { oneCall, weatherSchema } from '../support/prompts.ts';
import { stopPython } from '../support/python.ts';
import { at } from '../support/reply.ts';
import { uniqueWord } from '../support/simulator.ts';
import { ALIAS, world } from '../support/world.ts';

afterAll(stopPython);

const skip = world.litellm === undefined;
const clients = anthropicClients.filter(({ isPython }) => !(isPython && world.python === undefined));
const words = 'A sentence of several words.';
const request = (model: string, content: string) => ({ model, max_tokens: 100, messages: [{ role: 'user', content }] });

/** A Claude of Bedrock with what an administrator has set and only LiteLLM holds. */
let held = '';
beforeAll(async () => {
  if (!skip) held = await addModel({ model: 'bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0', temperature: 0.25 });
});

describe.skipIf(skip).each(clients)('$name gets', (client) => {
  it.each([
    ['a model of another provider', () => 'gpt-4o-mini'],
    ['a model of Bedrock that LiteLLM must serve', () => held],
  ])('from %s an answer, a stream and a call of a tool', async (_which, model) => {
    const { output, headers, failure } = await client.create(request(model(), words));
    expect(failure).toBeUndefined();
    expect(at(output, 'content', 0)).toMatchObject({ type: 'text', text: words });
    expect(headers?.['x-gateway-served-by']).toBe('litellm');
    const { output: streamed } = await client.stream(request(model(), words));
    expect(at(streamed, 'content', 0, 'text')).toBe(words);
    const tools = [{ name: 'get_weather', description: 'Weather.', input_schema: weatherSchema }];
    const { output: called } = await client.create({ ...request(model(), oneCall), tools });
    expect(at(called, 'stop_reason')).toBe('tool_use');
    expect(at(called, 'content')).toContainEqual(
      expect.objectContaining({ type: 'tool_use', name: 'get_weather', input: { city: 'Paris' } }),
    );
  });

  it('tokens counted by LiteLLM', async () => {
    const { max_tokens: _most, ...counted } = request('gpt-4o-mini', words);
    const { output, failure } = await client.count(counted);
    expect(failure).toBeUndefined();
    expect(at(output, 'input_tokens')).toBeGreaterThan(0);
  });
});

describe.skipIf(skip)('who serves it is told by the answer', () => {
  const servedBy = async (path: string, body: object) => (await ask(path, { body })).headers.get('x-gateway-served-by');

  it.each([
    ['Claude', '/v1/messages', () => request(ALIAS, words), null],
    ['another model of Bedrock', '/v1/messages', () => request('nova-lite', words), null],
    ['one with a setting', '/v1/messages', () => request(held, words), 'litellm'],
    ['another provider’s', '/anthropic/v1/messages', () => request('gpt-4o-mini', words), 'litellm'],
    ['Claude’s tokens', '/v1/messages/count_tokens', () => chat(ALIAS, words), null],
    ['other tokens', '/v1/messages/count_tokens', () => chat('gpt-4o-mini', words), 'litellm'],
    ['Titan', '/v1/embeddings', () => ({ model: 'titan-embed', input: words }), null],
    ['other vectors', '/v1/embeddings', () => ({ model: 'text-embedding-3-small', input: words }), 'litellm'],
    ['pictures', '/v1/images/generations', () => ({ model: 'gpt-image-1', prompt: words }), 'litellm'],
    ['ranks', '/v1/rerank', () => ({ model: `none-${uniqueWord()}`, query: words, documents: [words] }), 'litellm'],
  ])('%s', async (_which, path, body, expected) => {
    expect(await servedBy(path, body())).toBe(expected);
  });
});
