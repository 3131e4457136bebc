import { afterAll, describe, expect, it } from 'vitest';
import { onceBooked } from './support/books.ts';
import { makeKey } from './support/keys.ts';
import { openaiClients } from './support/openai-clients.ts';
import { stopPython } from './support/python.ts';
import { at, type CallOptions } from './support/reply.ts';
import { requestsWith, uniqueWord } from './support/simulator.ts';
import { world } from './support/world.ts';

afterAll(stopPython);

const clients = openaiClients.filter(({ isPython }) => !(isPython && world.python === undefined));

const vectorsOf = (output: unknown) =>
  ((at(output, 'data') ?? []) as { embedding: number[] }[]).map(({ embedding }) => embedding);
const norm = (vector: readonly number[] = []) => Math.hypot(...vector);

/** A red point. */
const png =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

describe.each(clients)('$name', (client) => {
  const embed = (input: object, options?: CallOptions) => client.call('embeddings.create', input, options);

  it.each([
    ['titan-embed', 1024],
    ['cohere-embed', 1024],
    ['amazon.titan-embed-text-v1', 1536],
    ['us.cohere.embed-v4:0', 1536],
    ['amazon.nova-2-multimodal-embeddings-v1:0', 3072],
  ])('gets vectors of %s in the order of its texts', async (model, length) => {
    const words = [uniqueWord(), uniqueWord(), uniqueWord()];
    const { output, failure } = await embed({ model, input: words });
    expect(failure).toBeUndefined();
    expect(output).toMatchObject({ object: 'list', model, data: [{ index: 0 }, { index: 1 }, { index: 2 }] });
    const vectors = vectorsOf(output);
    for (const vector of vectors) {
      expect(vector).toHaveLength(length);
      // The library asks for base64 and makes numbers of it.
      expect(norm(vector)).toBeCloseTo(1, 4);
    }
    const { output: second } = await embed({ model, input: words[1], encoding_format: 'float' });
    for (const [at, value] of vectorsOf(second)[0]?.entries() ?? []) expect(vectors[1]?.[at]).toBeCloseTo(value, 6);
    expect(at(output, 'usage', 'prompt_tokens')).toBeGreaterThan(0);
    expect(at(output, 'usage', 'total_tokens')).toBe(at(output, 'usage', 'prompt_tokens'));
  });

  it('gets vectors of the length that it asks for, and of pictures', async () => {
    const nova = 'amazon.nova-2-multimodal-embeddings-v1:0';
    const { output } = await embed({ model: nova, input: [png, 'tea'], dimensions: 256 });
    expect(vectorsOf(output).map(({ length }) => length)).toEqual([256, 256]);
    const { output: titan } = await embed({ model: 'titan-embed', input: 'tea', dimensions: 512 });
    expect(vectorsOf(titan)[0]).toHaveLength(512);
  });

  it.each([
    ['tokens', { model: 'titan-embed', input: [[1, 2, 3]] }, 'BadRequestError', 400],
    ['a length that there is not', { model: 'titan-embed', input: 'a', dimensions: 7 }, 'BadRequestError', 400],
    ['a model that makes none', { model: 'nova-lite', input: 'a' }, 'BadRequestError', 400],
    ['a model that there is not', { model: 'no-such-model', input: 'a' }, 'NotFoundError', 404],
  ])('is refused %s', async (_what, input, name, status) => {
    const { failure } = await embed(input);
    expect(failure).toMatchObject({ name, status, type: 'invalid_request_error' });
  });

  it('is refused a model that its key may not use', async () => {
    const { failure } = await embed({ model: 'titan-embed', input: 'a' }, { key: world.keys.novaOnly });
    expect(failure).toMatchObject({ name: 'PermissionDeniedError', status: 403 });
  });
});

it('a list of texts is one call in the books, with all that it used', async () => {
  const key = await makeKey(world.databaseUrl);
  const [client] = openaiClients.filter(({ isPython }) => !isPython);
  const word = uniqueWord();
  const input = Array.from({ length: 20 }, (_, index) => `${word} ${index}`);
  const reply = await client?.call('embeddings.create', { model: 'titan-embed', input }, { key });
  expect(reply?.failure).toBeUndefined();
  expect(await requestsWith(word)).toHaveLength(20);
  const [booked] = await onceBooked(key, 1);
  expect(booked).toMatchObject({ requested: 'titan-embed', status: 'success', outputTokens: 0, isEstimate: false });
  expect(booked?.inputTokens).toBe(at(reply?.output, 'usage', 'prompt_tokens'));
  expect(booked?.costUsd).toBeGreaterThan(0);
});

it('has fields that OpenAI has no word for, and is told of those without effect', async () => {
  const word = uniqueWord();
  const reply = await fetch(`${world.http}/embeddings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.keys.good}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'cohere-embed', input: word, input_type: 'search_query', normalize: true }),
  });
  expect(reply.status).toBe(200);
  expect(reply.headers.get('x-gateway-dropped-params')).toBe('normalize');
  const [request] = await requestsWith(word);
  expect(JSON.parse(request?.bodyText ?? '')).toMatchObject({ input_type: 'search_query' });
});
