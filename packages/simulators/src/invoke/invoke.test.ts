import { describe, expect, it } from 'vitest';
import type { BedrockError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { resolveModel } from '../models.ts';
import { prepareInvoke } from '../operations.ts';
import { embeddingOf } from './embeddings.ts';

const claude = 'anthropic.claude-sonnet-4-5-20250929-v1:0';

function bytes(body: unknown): Buffer {
  return Buffer.from(JSON.stringify(body));
}

function invoke(modelId: string, body: unknown): JsonObject {
  const prepared = prepareInvoke(bytes(body), resolveModel(modelId), false);
  return prepared.body(prepared.plan(undefined));
}

function stream(modelId: string, body: unknown): readonly JsonObject[] {
  const prepared = prepareInvoke(bytes(body), resolveModel(modelId), true);
  return [...prepared.events(prepared.plan(undefined))].map(({ payload }) => payload as JsonObject);
}

function problemOf(modelId: string, body: unknown): string {
  try {
    invoke(modelId, body);
    return 'valid';
  } catch (error) {
    return `${(error as BedrockError).exception}: ${(error as Error).message}`;
  }
}

const chat = { messages: [{ role: 'user', content: [{ text: 'echo me' }] }] };

describe('a native body gets a native echo, whole and streamed', () => {
  it.each([
    ['amazon.nova-lite-v1:0', chat, { output: { message: { content: [{ text: 'echo me' }] } } }],
    ['meta.llama3-3-70b-instruct-v1:0', { prompt: 'echo me' }, { generation: 'echo me', stop_reason: 'stop' }],
    ['mistral.mistral-7b-instruct-v0:2', { prompt: 'echo me' }, { outputs: [{ text: 'echo me' }] }],
    ['amazon.titan-text-express-v1', { inputText: 'echo me' }, { results: [{ outputText: 'echo me' }] }],
    ['cohere.command-r-v1:0', { message: 'echo me' }, { text: 'echo me' }],
    [
      'openai.gpt-oss-20b-1:0',
      { messages: [{ role: 'user', content: 'echo me' }] },
      { choices: [{ message: { content: 'echo me' } }] },
    ],
  ])('%s', (modelId, body, answer) => {
    expect(invoke(modelId, body)).toMatchObject(answer);
    const chunks = stream(modelId, body);
    expect(chunks.length).toBeGreaterThan(2);
    expect(JSON.stringify(chunks)).toContain('"echo"');
    const withMetrics = chunks.filter((chunk) => 'amazon-bedrock-invocationMetrics' in chunk);
    expect(withMetrics).toEqual([chunks.at(-1)]);
    expect(withMetrics[0]?.['amazon-bedrock-invocationMetrics']).toMatchObject({ outputTokenCount: 2 });
  });
});

describe('Messages', () => {
  const body = {
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 50,
    messages: [{ role: 'user', content: 'hi [[sim reasoning citations tool=look input={"a":1}]]' }],
  };

  it('has every kind of block, and a stream that adds up to the same', () => {
    const whole = invoke(claude, body);
    expect(whole).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5-20250929',
      content: [
        { type: 'thinking', thinking: 'Thinking about the request.' },
        { type: 'text', text: 'hi', citations: [{ type: 'char_location' }] },
        { type: 'tool_use', name: 'look', input: { a: 1 } },
      ],
      stop_reason: 'tool_use',
    });
    const events = stream(claude, body);
    const deltas = events.flatMap((event) =>
      event['type'] === 'content_block_delta' ? [event['delta'] as JsonObject] : [],
    );
    const joined = (type: string, field: string): string =>
      deltas.flatMap((delta) => (delta['type'] === type ? [delta[field]] : [])).join('');
    expect(joined('thinking_delta', 'thinking')).toBe('Thinking about the request.');
    expect(joined('text_delta', 'text')).toBe('hi');
    expect(JSON.parse(joined('input_json_delta', 'partial_json'))).toEqual({ a: 1 });
    expect(events.find(({ type }) => type === 'message_delta')).toMatchObject({
      delta: { stop_reason: 'tool_use' },
      usage: whole['usage'],
    });
  });

  it.each([
    ['model', { ...body, model: 'x' }, /model: Extra inputs/],
    ['stream', { ...body, stream: true }, /stream: Extra inputs/],
    ['no version', { ...body, anthropic_version: undefined }, /anthropic_version: Field required/],
    ['another version', { ...body, anthropic_version: '2023-06-01' }, /anthropic_version must be/],
    ['no max_tokens', { ...body, max_tokens: undefined }, /max_tokens: Field required/],
    ['no tokens', { ...body, max_tokens: 0 }, /max_tokens: Input/],
    ['no messages', { ...body, messages: [] }, /at least one message/],
    ['an assistant first', { ...body, messages: [{ role: 'assistant', content: 'x' }] }, /first message must use/],
    ['a tool role', { ...body, messages: [{ role: 'tool', content: 'x' }] }, /messages.0.role/],
    ['empty content', { ...body, messages: [{ role: 'user', content: '' }] }, /non-empty content/],
    [
      'a blank text',
      { ...body, messages: [{ role: 'user', content: [{ type: 'text', text: ' ' }] }] },
      /non-whitespace/,
    ],
    [
      'a Converse block',
      { ...body, messages: [{ role: 'user', content: [{ text: 'x' }] }] },
      /content.0.type: Field required/,
    ],
    ['a list', [], /Malformed input request/],
  ])('refuses %s', (_, broken, problem) => {
    expect(problemOf(claude, broken)).toMatch(problem);
  });
});

describe('embeddings', () => {
  it('are unit vectors that depend on the text alone', () => {
    const vector = embeddingOf('tea', 256);
    expect(vector).toHaveLength(256);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    expect(embeddingOf('tea', 256)).toEqual(vector);
    const other = embeddingOf('coffee', 256);
    expect(Math.abs(vector.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0))).toBeLessThan(0.3);
  });

  it.each([
    ['amazon.titan-embed-text-v1', {}, 1536],
    ['amazon.titan-embed-text-v2:0', {}, 1024],
    ['amazon.titan-embed-text-v2:0', { dimensions: 256 }, 256],
  ])('%s %j has the right dimensions', (modelId, more, dimensions) => {
    expect(invoke(modelId, { inputText: 'tea time', ...more })).toMatchObject({
      embedding: { length: dimensions },
      inputTextTokenCount: 2,
    });
  });

  it('Cohere answers by list or by type', () => {
    const body = { texts: ['a', 'b'], input_type: 'search_query' };
    expect(invoke('cohere.embed-english-v3', body)).toMatchObject({
      response_type: 'embeddings_floats',
      embeddings: [{ length: 1024 }, { length: 1024 }],
    });
    expect(invoke('cohere.embed-v4:0', { ...body, embedding_types: ['float', 'int8'] })).toMatchObject({
      response_type: 'embeddings_by_type',
      embeddings: { float: [{ length: 1536 }, {}], int8: [{ length: 1536 }, {}] },
    });
  });

  const novas = (params: JsonObject): JsonObject => ({
    taskType: 'SINGLE_EMBEDDING',
    singleEmbeddingParams: { embeddingPurpose: 'GENERIC_INDEX', ...params },
  });
  const nova = 'amazon.nova-2-multimodal-embeddings-v1:0';
  const picture = 'data:image/png;base64,AAAA';

  it('Nova, Titan and Cohere embed pictures too', () => {
    expect(invoke(nova, novas({ embeddingDimension: 256, text: { value: 'tea' } }))).toEqual({
      embeddings: [{ embeddingType: 'TEXT', embedding: embeddingOf('tea', 256) }],
    });
    expect(invoke(nova, novas({ image: { format: 'png', source: { bytes: 'AAAA' } } }))).toMatchObject({
      embeddings: [{ embeddingType: 'IMAGE', embedding: { length: 3072 } }],
    });
    expect(invoke('amazon.titan-embed-image-v1', { inputImage: 'AAAA' })).toMatchObject({
      embedding: { length: 1024 },
      inputTextTokenCount: 0,
    });
    const images = { images: [picture], input_type: 'image' };
    expect(invoke('cohere.embed-english-v3', images)).toMatchObject({ embeddings: [{ length: 1024 }] });
    const many = { images: [picture, picture], input_type: 'search_document', output_dimension: 256 };
    expect(invoke('cohere.embed-v4:0', many)).toMatchObject({ embeddings: [{ length: 256 }, { length: 256 }] });
  });

  it.each([
    [nova, novas({}), /exactly one of text/],
    [nova, novas({ text: { value: 'a' }, embeddingPurpose: 'x' }), /embeddingPurpose/],
    [nova, novas({ text: { value: 'a' }, embeddingDimension: 512 }), /embeddingDimension/],
    [nova, novas({ text: { value: 'a', truncationMode: 'LEFT' } }), /truncationMode/],
    [nova, { inputText: 'a' }, /taskType/],
    ['amazon.titan-embed-image-v1', {}, /inputText or inputImage/],
    ['cohere.embed-english-v3', { images: [picture, picture], input_type: 'image' }, /images/],
    ['cohere.embed-english-v3', { images: [picture], input_type: 'search_query' }, /input_type/],
    ['cohere.embed-v4:0', { texts: ['a'], input_type: 'search_query', truncate: 'END' }, /truncate/],
    ['amazon.titan-embed-text-v2:0', {}, /required key \[inputText\]/],
    ['amazon.titan-embed-text-v2:0', { inputText: 'a', dimensions: 100 }, /dimensions/],
    ['cohere.embed-english-v3', { texts: ['a'] }, /input_type/],
    ['cohere.embed-english-v3', { input_type: 'search_query', texts: [] }, /texts/],
    ['meta.llama3-3-70b-instruct-v1:0', chat.messages, /Malformed/],
    ['meta.llama3-3-70b-instruct-v1:0', {}, /required key \[prompt\]/],
  ])('%s refuses %j', (modelId, body, problem) => {
    expect(problemOf(modelId, body)).toMatch(problem);
  });
});
