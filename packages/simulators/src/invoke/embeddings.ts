import { createHash } from 'node:crypto';
import { invalid } from '../errors.ts';
import { type JsonObject, listOf, stringOf } from '../json.ts';
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

/**
 * The answer of a Titan text embedding model. Throws ValidationException.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html (as of 2026-11-22).
 */
export function titanEmbedding(body: JsonObject, model: SimulatedModel): Embedded {
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
export function cohereEmbedding(body: JsonObject, model: SimulatedModel, seed: string): Embedded {
  const texts = listOf(body['texts']).filter((text) => typeof text === 'string');
  if (texts.length === 0 || texts.length > 96) {
    throw invalid(
      'Malformed input request: #/texts: expected between 1 and 96 items, please reformat your input and try again.',
    );
  }
  const inputTypes = ['search_document', 'search_query', 'classification', 'clustering', 'image'];
  if (!inputTypes.includes(stringOf(body['input_type']) ?? '')) {
    throw invalid(`Malformed input request: #/input_type: expected one of ${inputTypes.join(', ')}.`);
  }
  const isV4 = model.id.includes('embed-v4');
  const dimensions = isV4 ? (body['output_dimension'] ?? 1536) : 1024;
  if (typeof dimensions !== 'number' || !(isV4 ? [256, 512, 1024, 1536] : [1024]).includes(dimensions)) {
    throw invalid('Malformed input request: #/output_dimension: is not a valid enum value.');
  }
  const vectors = texts.map((text) => embeddingOf(text, dimensions));
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
  return { body: answer, inputTokens: tokensOfText(texts.join('')) };
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
