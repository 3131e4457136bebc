import type { GatewayError } from '@genai-gateway/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { embeddingCalls } from './embedding-calls.ts';
import { embeddingFactsOf } from './embedding-facts.ts';
import { openaiEmbeddings, vectorsOf } from './embeddings-to-openai.ts';
import { parseEmbeddingRequest } from './parse-embedding-request.ts';

const titan1 = 'amazon.titan-embed-text-v1';
const titan2 = 'amazon.titan-embed-text-v2:0';
const titanImage = 'amazon.titan-embed-image-v1';
const cohere3 = 'cohere.embed-multilingual-v3';
const cohere4 = 'global.cohere.embed-v4:0';
const nova = 'amazon.nova-2-multimodal-embeddings-v1:0';

const png = Buffer.from('89504e470d0a1a0a0000000d', 'hex').toString('base64');
const picture = `data:image/png;base64,${png}`;

function factsOf(modelId: string) {
  const facts = embeddingFactsOf(modelId);
  if (facts === undefined) throw new Error(`no facts of ${modelId}`);
  return facts;
}

function callsFor(modelId: string, body: object) {
  return embeddingCalls(parseEmbeddingRequest({ model: 'm', ...body }), factsOf(modelId));
}

function refusalOf(run: () => unknown): Pick<GatewayError, 'code' | 'param' | 'message'> {
  try {
    run();
  } catch (error) {
    return error as GatewayError;
  }
  throw new Error('nothing was refused');
}

test.each([
  [titan1, 'titan-v1'],
  ['amazon.titan-embed-g1-text-02', 'titan-v1'],
  [titan2, 'titan-v2'],
  [titanImage, 'titan-image'],
  [cohere3, 'cohere-v3'],
  ['cohere.embed-english-v3', 'cohere-v3'],
  ['cohere.embed-v4:0', 'cohere-v4'],
  [cohere4, 'cohere-v4'],
  [nova, 'nova'],
  ['twelvelabs.marengo-embed-3-0-v1:0', undefined],
  ['amazon.nova-lite-v1:0', undefined],
  ['', undefined],
])('%s is called as %s', (modelId, family) => {
  expect(embeddingFactsOf(modelId)?.family).toBe(family);
});

describe('what each model is sent', () => {
  test.each<[rule: string, modelId: string, body: object, sent: object]>([
    ['one text', titan1, { input: 'tea' }, { inputText: 'tea' }],
    ['the only length is no field', titan1, { input: 'tea', dimensions: 1536 }, { inputText: 'tea' }],
    [
      'length and norm',
      titan2,
      { input: 'tea', dimensions: 256, normalize: false },
      { inputText: 'tea', dimensions: 256, normalize: false },
    ],
    ['nothing that was not asked for', titan2, { input: ['tea'] }, { inputText: 'tea' }],
    [
      'a length in a place of its own',
      titanImage,
      { input: 'tea', dimensions: 384 },
      { inputText: 'tea', embeddingConfig: { outputEmbeddingLength: 384 } },
    ],
    ['a picture', titanImage, { input: picture }, { inputImage: png }],
    [
      'documents, if nothing is said',
      cohere3,
      { input: ['tea', 'coffee'] },
      { texts: ['tea', 'coffee'], input_type: 'search_document', embedding_types: ['float'] },
    ],
    [
      'a query',
      cohere3,
      { input: 'tea', input_type: 'search_query', truncate: 'END' },
      { texts: ['tea'], input_type: 'search_query', embedding_types: ['float'], truncate: 'END' },
    ],
    [
      'a picture is a kind of its own',
      cohere3,
      { input: picture },
      { images: [picture], input_type: 'image', embedding_types: ['float'] },
    ],
    [
      'version 4 has lengths, and other words for ends',
      cohere4,
      { input: 'tea', dimensions: 512, truncate: 'START' },
      {
        texts: ['tea'],
        input_type: 'search_document',
        embedding_types: ['float'],
        output_dimension: 512,
        truncate: 'LEFT',
      },
    ],
    [
      'version 4 takes many pictures',
      cohere4,
      { input: [picture, picture] },
      { images: [picture, picture], input_type: 'search_document', embedding_types: ['float'] },
    ],
    [
      'all that Nova must be told',
      nova,
      { input: 'tea' },
      {
        schemaVersion: 'nova-multimodal-embed-v1',
        taskType: 'SINGLE_EMBEDDING',
        singleEmbeddingParams: {
          embeddingPurpose: 'GENERIC_INDEX',
          embeddingDimension: 3072,
          text: { truncationMode: 'NONE', value: 'tea' },
        },
      },
    ],
    [
      'what the vectors are for, in Nova’s words',
      nova,
      { input: picture, dimensions: 1024, input_type: 'search_query' },
      {
        schemaVersion: 'nova-multimodal-embed-v1',
        taskType: 'SINGLE_EMBEDDING',
        singleEmbeddingParams: {
          embeddingPurpose: 'GENERIC_RETRIEVAL',
          embeddingDimension: 1024,
          image: { format: 'png', source: { bytes: png } },
        },
      },
    ],
  ])('%s (%s)', (_rule, modelId, body, sent) => {
    expect(callsFor(modelId, body).calls).toEqual([
      { body: sent, inputs: 'input' in body && Array.isArray(body.input) ? [...body.input.keys()] : [0] },
    ]);
  });

  test.each<[rule: string, modelId: string, input: readonly string[], calls: readonly (readonly number[])[]]>([
    ['one at a time', titan2, ['a', 'b', 'c'], [[0], [1], [2]]],
    ['texts and pictures apart', cohere4, ['a', picture, 'b'], [[0, 2], [1]]],
    ['one picture at a time', cohere3, [picture, 'a', picture], [[1], [0], [2]]],
  ])('several calls: %s', (_rule, modelId, input, calls) => {
    expect(callsFor(modelId, { input }).calls.map(({ inputs }) => inputs)).toEqual(calls);
  });

  test('96 texts are the most of one call', () => {
    const { calls } = callsFor(cohere3, { input: Array.from({ length: 200 }, (_, at) => `text ${at}`) });
    expect(calls.map(({ inputs }) => inputs.length)).toEqual([96, 96, 8]);
    expect(calls.flatMap(({ inputs }) => inputs)).toEqual([...Array(200).keys()]);
  });

  test.each<[rule: string, modelId: string, body: object, dropped: readonly string[]]>([
    ['a purpose that makes no difference', titan2, { input_type: 'clustering' }, ['input_type']],
    ['a text is never cut', titan2, { truncate: 'END' }, ['truncate']],
    ['which is what was asked for', titan2, { truncate: 'NONE' }, []],
    ['a norm that is not a choice', cohere3, { normalize: true }, ['normalize']],
    ['what nobody knows', nova, { extra: 1, other: null }, ['extra']],
    ['what is the gateway’s', nova, { user: 'ann', metadata: {}, tags: [] }, []],
  ])('has no effect and is named: %s', (_rule, modelId, body, dropped) => {
    expect(callsFor(modelId, { input: 'tea', ...body }).droppedParams).toEqual(dropped);
  });
});

describe('what is refused, at its place', () => {
  test.each<[rule: string, modelId: string, body: object, param: string, message: RegExp]>([
    ['no input', titan2, {}, 'input', /a text, or a list/],
    ['an empty list', titan2, { input: [] }, 'input', /at least one/],
    ['an empty text', titan2, { input: ['a', ''] }, 'input.1', /empty/],
    ['a list of tokens', titan2, { input: [1, 2] }, 'input.0', /check_embedding_ctx_length=False/],
    ['lists of tokens', titan2, { input: [[1], [2]] }, 'input.0', /tokens/],
    ['an object', titan2, { input: { text: 'a' } }, 'input', /a text/],
    ['objects', titan2, { input: [{ text: 'a' }] }, 'input.0', /must be a text/],
    ['too many texts', titan2, { input: Array(2049).fill('a') }, 'input', /2048/],
    ['a length that the model does not have', titan2, { input: 'a', dimensions: 300 }, 'dimensions', /256, 512, 1024/],
    ['a length where there is one only', cohere3, { input: 'a', dimensions: 512 }, 'dimensions', /can be 1024/],
    ['a length that is none', titan2, { input: 'a', dimensions: '256' }, 'dimensions', /whole number/],
    ['a format', titan2, { input: 'a', encoding_format: 'int8' }, 'encoding_format', /float, base64/],
    ['a purpose', cohere3, { input: 'a', input_type: 'query' }, 'input_type', /search_query/],
    ['an end', nova, { input: 'a', truncate: 'LEFT' }, 'truncate', /NONE, START, END/],
    ['a norm', titan2, { input: 'a', normalize: 1 }, 'normalize', /true or false/],
    ['a picture for a model that reads', titan2, { input: ['a', picture] }, 'input.1', /multimodal/],
    ['a picture that is none', nova, { input: 'data:image/png;base64,!' }, 'input', /no image that/],
    ['no model', titan2, { input: 'a', model: 1 }, 'model', /name of a model/],
  ])('%s', (_rule, modelId, body, param, message) => {
    const refusal = refusalOf(() => callsFor(modelId, body));
    expect(refusal).toMatchObject({ code: 'invalid-request', param, message: expect.stringMatching(message) });
  });

  test.each([null, [], 'text', 1])('a body that is no object: %j', (body) => {
    expect(refusalOf(() => parseEmbeddingRequest(body)).code).toBe('invalid-request');
  });

  test('any JSON gives calls or a refusal, and each input one vector', () => {
    const text = fc.oneof(fc.string(), fc.constant(picture));
    const body = fc.record(
      {
        model: fc.constantFrom<unknown>('m', '', 1),
        input: fc.oneof(text, fc.array(text, { maxLength: 200 }), fc.jsonValue()),
        dimensions: fc.constantFrom<unknown>(256, 1024, 1, null, 'x'),
        input_type: fc.constantFrom<unknown>('search_query', null, 'x'),
        truncate: fc.constantFrom<unknown>('END', null, {}),
        more: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const models = fc.constantFrom(titan1, titan2, titanImage, cohere3, cohere4, nova);
    fc.assert(
      fc.property(models, fc.oneof(body, fc.jsonValue()), (modelId, value) => {
        try {
          const request = parseEmbeddingRequest(value);
          const { calls } = embeddingCalls(request, factsOf(modelId));
          const inputs = calls.flatMap((call) => call.inputs).toSorted((a, b) => a - b);
          expect(inputs).toEqual([...request.inputs.keys()]);
        } catch (error) {
          expect(error).toMatchObject({ name: 'GatewayError', code: 'invalid-request' });
        }
      }),
      { seed: 9, numRuns: 400 },
    );
  });
});

describe('what each model answers', () => {
  test.each<[rule: string, modelId: string, body: object]>([
    ['one vector', titan1, { embedding: [1, 2] }],
    ['by type too', titan2, { embedding: [1, 2], embeddingsByType: { float: [1, 2] } }],
    ['a list', cohere3, { embeddings: [[1, 2]], response_type: 'embeddings_floats' }],
    ['a list by type', cohere4, { embeddings: { float: [[1, 2]] }, response_type: 'embeddings_by_type' }],
    ['objects', nova, { embeddings: [{ embeddingType: 'TEXT', embedding: [1, 2] }] }],
  ])('%s (%s)', (_rule, modelId, body) => {
    expect(vectorsOf(body, factsOf(modelId), 1)).toEqual([[1, 2]]);
  });

  test.each<[rule: string, modelId: string, body: unknown]>([
    ['nothing', titan2, undefined],
    ['no vector', titan2, { embedding: [] }],
    ['no numbers', titan2, { embedding: ['1'] }],
    ['too few', cohere3, { embeddings: [] }],
    ['too many', cohere3, { embeddings: [[1], [2]] }],
    ['no object', nova, { embeddings: [null] }],
  ])('is no answer: %s', (_rule, modelId, body) => {
    expect(refusalOf(() => vectorsOf(body, factsOf(modelId), 1)).code).toBe('upstream-failed');
  });

  test('base64 is little-endian floats', () => {
    const vectors = [[0.5, -1, 3.25]];
    const { data } = openaiEmbeddings(vectors, { model: 'm', encodingFormat: 'base64', promptTokens: 3 });
    expect(data[0]?.embedding).toBe(Buffer.from('0000003f000080bf00005040', 'hex').toString('base64'));
  });

  test('an answer of OpenAI’s', () => {
    expect(openaiEmbeddings([[1], [2]], { model: 'm', encodingFormat: 'float', promptTokens: 3 })).toEqual({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [1] },
        { object: 'embedding', index: 1, embedding: [2] },
      ],
      model: 'm',
      usage: { prompt_tokens: 3, total_tokens: 3 },
    });
  });
});
