import { GatewayError } from '@genai-gateway/core';
import type { OpenaiEmbeddingReply } from '@genai-gateway/protocol';
import { isRecord } from '../json.ts';
import type { EmbeddingFacts } from './embedding-facts.ts';

type Vector = readonly number[];

/**
 * The vectors in the answer of one call of InvokeModel, in the order of its inputs. Throws `upstream-failed` for an answer
 * that does not have `count` of them.
 */
export function vectorsOf(body: unknown, { family }: Pick<EmbeddingFacts, 'family'>, count: number): readonly Vector[] {
  const vectors = found(isRecord(body) ? body : {}, family);
  if (vectors.length === count && vectors.every(isVector)) return vectors;
  throw new GatewayError('upstream-failed', 'The model service answered with something that holds no embeddings.');
}

function found(body: Readonly<Record<string, unknown>>, family: EmbeddingFacts['family']): readonly unknown[] {
  switch (family) {
    case 'titan-v1':
    case 'titan-v2':
    case 'titan-image':
      return [body['embedding']];
    case 'cohere-v3':
    case 'cohere-v4': {
      const { embeddings } = body;
      return listOf(isRecord(embeddings) ? embeddings['float'] : embeddings);
    }
    case 'nova':
      return listOf(body['embeddings']).map((each) => (isRecord(each) ? each['embedding'] : undefined));
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isVector(value: unknown): value is Vector {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'number');
}

export interface EmbeddingReplyContext {
  /** The model, as the caller named it. */
  readonly model: string;
  readonly encodingFormat: 'float' | 'base64';
  readonly promptTokens: number;
}

/** Vectors, in the order of the inputs, as an answer of OpenAI's API. */
export function openaiEmbeddings(
  vectors: readonly Vector[],
  { model, encodingFormat, promptTokens }: EmbeddingReplyContext,
): OpenaiEmbeddingReply {
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: encodingFormat === 'base64' ? base64Of(vector) : vector,
    })),
    model,
    usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
  };
}

const FLOAT_BYTES = 4;

/** Little-endian 32-bit floats, whatever this machine has itself. */
function base64Of(vector: Vector): string {
  const bytes = Buffer.allocUnsafe(vector.length * FLOAT_BYTES);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * FLOAT_BYTES);
  return bytes.toString('base64');
}
