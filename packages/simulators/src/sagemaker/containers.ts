import { embeddingOf } from '../invoke/embeddings.ts';
import { isObject, type JsonObject, listOf, stringOf } from '../json.ts';
import { chatCompletion, chatFrame, chatStream } from '../openai/chat/chat-answer.ts';
import { understandChat } from '../openai/chat/chat-request.ts';
import { checkChat } from '../openai/chat/chat-rules.ts';
import { type Answerable, type Context, plainRequest } from '../openai/endpoint.ts';
import { errorBody, OpenaiError } from '../openai/errors.ts';
import { dataStream } from '../openai/sse.ts';
import { tokensOfText } from '../reply/tokens.ts';
import { refusedByModel } from './errors.ts';
import { textGeneration } from './text-generation.ts';

const EMBEDDING_DIMENSIONS = 384;

/** What a container needs to know of the way it was called. */
export interface Invocation {
  readonly endpoint: string;
  readonly streamed: boolean;
  readonly context: Pick<Context, 'id' | 'nowSeconds' | 'seed'>;
}

/**
 * Every endpoint speaks all formats, and the body says which: `messages` is OpenAI's chat as Hugging Face's and AWS's
 * own containers have it, a text in `inputs` is text generation, a list in `inputs` is for embeddings. Throws
 * `SagemakerError`.
 */
export function askContainer(bytes: Buffer, invocation: Invocation): Answerable {
  const body = parse(bytes);
  if (body['messages'] !== undefined) return chat(body, invocation);
  const { streamed, context } = invocation;
  if (Array.isArray(body['inputs'])) return embeddings(body, context.seed);
  if (typeof body['inputs'] === 'string') return textGeneration(body, streamed, context.seed);
  throw refusedByModel('missing field `inputs` or `messages`', 422);
}

function chat(body: JsonObject, { endpoint, streamed, context }: Invocation): Answerable {
  try {
    checkChat({ ...body, stream: streamed });
  } catch (error) {
    if (!(error instanceof OpenaiError)) throw error;
    throw refusedByModel(JSON.stringify({ error: errorBody(error) }), error.fault.status);
  }
  const frame = chatFrame(body, stringOf(body['model']) ?? endpoint, context);
  return {
    ...understandChat(body, context.seed),
    streamed,
    // Not closed by [DONE]: not every container does it, and LiteLLM logs an error where one does.
    answer: (reply) =>
      streamed
        ? { kind: 'pieces', format: dataStream, pieces: chatStream(reply, frame) }
        : { kind: 'json', body: chatCompletion(reply, frame) },
  };
}

/** A vector for each text, as text-embeddings-inference answers: no names, no usage. */
function embeddings(body: JsonObject, seed: string): Answerable {
  const texts = listOf(body['inputs']).flatMap((text) => stringOf(text) ?? []);
  if (texts.length === 0) throw refusedByModel('`inputs` cannot be empty', 422);
  return {
    ...plainRequest(texts.join('\n'), tokensOfText(texts.join('')), seed),
    streamed: false,
    answer: () => ({ kind: 'json', body: texts.map((text) => embeddingOf(text, EMBEDDING_DIMENSIONS)) }),
  };
}

function parse(bytes: Buffer): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    value = undefined;
  }
  if (!isObject(value)) throw refusedByModel('the body is not a JSON object', 400);
  return value;
}
