import { createHash } from 'node:crypto';
import { invalid } from '../errors.ts';
import { type JsonObject, listOf, objectOf, stringOf } from '../json.ts';
import type { SimulatedModel } from '../models.ts';
import { tokensOfText } from '../reply/tokens.ts';

export interface Embedded {
  readonly body: JsonObject;
  readonly inputTokens: number;
}

/**
 * A unit vector that depends on the text alone: equal texts are equal, others are far apart. Components are rounded
 * to eight digits.
 */
export function embeddingOf(text: string, dimensions: number): readonly number[] {
  const raw: number[] = [];
  for (let block = 0; raw.length < dimensions; block += 1) {
    const digest = createHash('sha256').update(`${block}\n${text}`).digest();
    for (let at = 0; at < digest.length && raw.length < dimensions; at += 4) {
      raw.push(digest.readInt32BE(at) / 0x8000_0000);
    }
  }
  const length = Math.hypot(...raw);
  return raw.map((value) => Number((value / length).toFixed(8)));
}

/** The answer of an embedding model. Throws ValidationException. */
export function embedded(body: JsonObject, model: SimulatedModel, seed: string): Embedded {
  if (model.family === 'nova-embed') return novaEmbedding(body);
  if (model.family === 'cohere-embed') return cohereEmbedding(body, model, seed);
  return model.id.includes('embed-image') ? titanImageEmbedding(body) : titanEmbedding(body, model);
}

/** The tokens of a picture, as everywhere in this simulator. */
const IMAGE_TOKENS = 256;

/**
 * The answer of a Titan text embedding model. Throws ValidationException.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html (as of 2026-11-22).
 */
function titanEmbedding(body: JsonObject, model: SimulatedModel): Embedded {
  const text = stringOf(body['inputText']);
  if (text === undefined || text === '') {
    throw invalid(
      'Malformed input request: #: required key [inputText] not found, please reformat your input and try again.',
    );
  }
  const isV2 = model.id.includes('v2');
  const dimensions = body['dimensions'] ?? (isV2 ? 1024 : 1536);
  if (typeof dimensions !== 'number' || !(isV2 ? [256, 512, 1024] : [1536]).includes(dimensions)) {
    throw invalid(
      'Malformed input request: #/dimensions: is not a valid enum value, please reformat your input and try again.',
    );
  }
  const inputTokens = tokensOfText(text);
  const embedding = embeddingOf(text, dimensions);
  const types = listOf(body['embeddingTypes']);
  const byType: Record<string, readonly number[]> = {};
  if (types.length === 0 || types.includes('float')) byType['float'] = embedding;
  if (types.includes('binary')) byType['binary'] = embedding.map((value) => (value > 0 ? 1 : 0));
  const plain = types.length === 0 || types.includes('float') ? { embedding } : {};
  return {
    body: { ...plain, ...(isV2 ? { embeddingsByType: byType } : {}), inputTextTokenCount: inputTokens },
    inputTokens,
  };
}

/**
 * The answer of a Cohere embedding model, version 3 or 4. Throws ValidationException.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html (as of 2026-11-22).
 */
function cohereEmbedding(body: JsonObject, model: SimulatedModel, seed: string): Embedded {
  const isV4 = model.id.includes('embed-v4');
  const texts = listOf(body['texts']).filter((text) => typeof text === 'string');
  const images = listOf(body['images']).filter((image) => typeof image === 'string');
  if (texts.length > 0 && images.length > 0) {
    throw invalid('Malformed input request: only one of texts and images may be given.');
  }
  if (images.length > (isV4 ? 96 : 1) || images.some((image) => !/^data:image\/\w+;base64,./.test(image))) {
    throw invalid('Malformed input request: #/images: expected a data URI, please reformat your input and try again.');
  }
  if (images.length === 0 && (texts.length === 0 || texts.length > 96)) {
    throw invalid(
      'Malformed input request: #/texts: expected between 1 and 96 items, please reformat your input and try again.',
    );
  }
  const inputTypes = ['search_document', 'search_query', 'classification', 'clustering', 'image'];
  if (!inputTypes.includes(stringOf(body['input_type']) ?? '')) {
    throw invalid(`Malformed input request: #/input_type: expected one of ${inputTypes.join(', ')}.`);
  }
  if (!isV4 && images.length > 0 !== (body['input_type'] === 'image')) {
    throw invalid('Malformed input request: #/input_type: image goes with images.');
  }
  const truncations = isV4 ? ['NONE', 'LEFT', 'RIGHT'] : ['NONE', 'START', 'END'];
  if (body['truncate'] !== undefined && !truncations.includes(stringOf(body['truncate']) ?? '')) {
    throw invalid(`Malformed input request: #/truncate: expected one of ${truncations.join(', ')}.`);
  }
  const dimensions = isV4 ? (body['output_dimension'] ?? 1536) : 1024;
  if (typeof dimensions !== 'number' || !(isV4 ? [256, 512, 1024, 1536] : [1024]).includes(dimensions)) {
    throw invalid('Malformed input request: #/output_dimension: is not a valid enum value.');
  }
  const vectors = [...texts, ...images].map((each) => embeddingOf(each, dimensions));
  const types = listOf(body['embedding_types']).filter((type) => typeof type === 'string');
  const common = { id: seed.slice(0, 24), texts };
  const answer: JsonObject =
    types.length === 0
      ? { ...common, embeddings: vectors, response_type: 'embeddings_floats' }
      : {
          ...common,
          embeddings: Object.fromEntries(types.map((type) => [type, vectors.map((vector) => convert(vector, type))])),
          response_type: 'embeddings_by_type',
        };
  return { body: answer, inputTokens: tokensOfText(texts.join('')) + images.length * IMAGE_TOKENS };
}

/**
 * The answer of Titan Multimodal Embeddings. Throws ValidationException.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-mm.html (as of 2026-11-23).
 */
function titanImageEmbedding(body: JsonObject): Embedded {
  const { inputText, inputImage } = body;
  if (typeof inputText !== 'string' && typeof inputImage !== 'string') {
    throw invalid('Malformed input request: either inputText or inputImage is required.');
  }
  const dimensions = objectOf(body['embeddingConfig'])['outputEmbeddingLength'] ?? 1024;
  if (typeof dimensions !== 'number' || ![256, 384, 1024].includes(dimensions)) {
    throw invalid('Malformed input request: #/embeddingConfig/outputEmbeddingLength: is not a valid enum value.');
  }
  const inputTokens = typeof inputText === 'string' ? tokensOfText(inputText) : 0;
  const embedding = embeddingOf(`${stringOf(inputText) ?? ''}${stringOf(inputImage) ?? ''}`, dimensions);
  return { body: { embedding, inputTextTokenCount: inputTokens, message: null }, inputTokens };
}

const novaKinds = ['text', 'image', 'video', 'audio'] as const;
const novaPurposes = [
  ...['GENERIC_INDEX', 'GENERIC_RETRIEVAL', 'TEXT_RETRIEVAL', 'IMAGE_RETRIEVAL', 'VIDEO_RETRIEVAL'],
  ...['DOCUMENT_RETRIEVAL', 'AUDIO_RETRIEVAL', 'CLASSIFICATION', 'CLUSTERING'],
];

/**
 * The answer of Nova Multimodal Embeddings to a synchronous request. Throws ValidationException.
 * Source: https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html (read 2026-11-23).
 */
function novaEmbedding(body: JsonObject): Embedded {
  if (body['taskType'] !== 'SINGLE_EMBEDDING') throw invalid('Malformed input request: #/taskType: SINGLE_EMBEDDING.');
  if ((body['schemaVersion'] ?? 'nova-multimodal-embed-v1') !== 'nova-multimodal-embed-v1') {
    throw invalid('Malformed input request: #/schemaVersion: is not a valid enum value.');
  }
  const params = objectOf(body['singleEmbeddingParams']);
  if (!novaPurposes.includes(stringOf(params['embeddingPurpose']) ?? '')) {
    throw invalid('Malformed input request: #/singleEmbeddingParams/embeddingPurpose: is not a valid enum value.');
  }
  const dimensions = params['embeddingDimension'] ?? 3072;
  if (typeof dimensions !== 'number' || ![256, 384, 1024, 3072].includes(dimensions)) {
    throw invalid('Malformed input request: #/singleEmbeddingParams/embeddingDimension: is not a valid enum value.');
  }
  const given = novaKinds.filter((kind) => params[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    throw invalid('Malformed input request: exactly one of text, image, video and audio is required.');
  }
  const { value, source, truncationMode = 'NONE' } = objectOf(params[kind]);
  const content = kind === 'text' ? stringOf(value) : stringOf(objectOf(source)['bytes']);
  if (content === undefined || content === '') throw invalid(`Malformed input request: #/${kind}: nothing to embed.`);
  if (!['NONE', 'START', 'END'].includes(stringOf(truncationMode) ?? '')) {
    throw invalid('Malformed input request: #/text/truncationMode: is not a valid enum value.');
  }
  const embedding = embeddingOf(content, dimensions);
  return {
    body: { embeddings: [{ embeddingType: kind.toUpperCase(), embedding }] },
    inputTokens: kind === 'text' ? tokensOfText(content) : IMAGE_TOKENS,
  };
}

function convert(vector: readonly number[], type: string): readonly number[] {
  switch (type) {
    case 'int8':
      return vector.map((value) => Math.round(value * 127));
    case 'uint8':
      return vector.map((value) => Math.round(value * 127) + 128);
    case 'float':
      return vector;
    default:
      throw invalid(`Malformed input request: #/embedding_types: ${type} is not simulated.`);
  }
}
