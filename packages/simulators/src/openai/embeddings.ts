import { embeddingOf } from '../invoke/embeddings.ts';
import { type JsonValue, listOf } from '../json.ts';
import { tokensOfText } from '../reply/tokens.ts';
import { type Endpoint, plainRequest } from './endpoint.ts';
import { badRequest } from './errors.ts';
import { requireField, requireKind, requireModel, requireOneOf, requireRange } from './rules.ts';

const MOST_INPUTS = 2048;
const LARGE_DIMENSIONS = 3072;
const DEFAULT_DIMENSIONS = 1536;

interface Input {
  readonly text: string;
  readonly tokens: number;
}

/**
 * `POST /v1/embeddings`: for each input a unit vector made from its text. A vector in base64 is little-endian
 * 32-bit floats, which is what OpenAI's own clients ask for unless told otherwise.
 * Source: `CreateEmbeddingResponse` of the npm package openai 7.57.0 (read 2026-11-23).
 */
export const embeddingsEndpoint: Endpoint = (body, context) => {
  const model = requireModel(body);
  requireKind(requireField(body, 'input'), ['string', 'array'], 'input');
  requireRange(body, 'dimensions', 1, LARGE_DIMENSIONS);
  const format = body['encoding_format'] ?? 'float';
  requireOneOf(format, ['float', 'base64'], 'encoding_format');
  const inputs = inputsOf(body['input']);
  if (inputs.length === 0 || inputs.some(({ tokens }) => tokens === 0)) {
    throw badRequest("Invalid 'input': it or one of its items is empty.", 'input', 'invalid_value');
  }
  if (inputs.length > MOST_INPUTS) {
    throw badRequest(`Invalid 'input': more than ${MOST_INPUTS} items.`, 'input', 'array_above_max_length');
  }
  const usual = model.includes('3-large') ? LARGE_DIMENSIONS : DEFAULT_DIMENSIONS;
  const dimensions = typeof body['dimensions'] === 'number' ? body['dimensions'] : usual;
  const tokens = inputs.reduce((sum, input) => sum + input.tokens, 0);
  return {
    ...plainRequest(inputs.map(({ text }) => text).join('\n'), tokens, context.seed),
    streamed: false,
    answer: ({ usage }) => ({
      kind: 'json',
      body: {
        object: 'list',
        data: inputs.map(({ text }, index) => {
          const vector = embeddingOf(text, dimensions);
          return { object: 'embedding', index, embedding: format === 'base64' ? floatsInBase64(vector) : vector };
        }),
        model,
        usage: { prompt_tokens: usage.inputTokens, total_tokens: usage.inputTokens },
      },
    }),
  };
};

/** A text, several of them, or either of them as tokens, whose numbers stand for the text. */
function inputsOf(input: JsonValue | undefined): readonly Input[] {
  if (typeof input === 'string') return [{ text: input, tokens: tokensOfText(input) }];
  const list = listOf(input);
  if (list.length > 0 && list.every((item) => typeof item === 'number')) return [tokenInput(list)];
  return list.map((item) => {
    if (typeof item === 'string') return { text: item, tokens: tokensOfText(item) };
    requireKind(item, ['string', 'array'], 'input');
    return tokenInput(listOf(item));
  });
}

function tokenInput(tokens: readonly JsonValue[]): Input {
  return { text: tokens.join(' '), tokens: tokens.length };
}

function floatsInBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * Float32Array.BYTES_PER_ELEMENT);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * Float32Array.BYTES_PER_ELEMENT);
  return bytes.toString('base64');
}
