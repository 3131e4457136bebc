import { type JsonObject, type JsonValue, listOf, objectOf } from '../json.ts';
import { type PlannedReply, textOf } from '../reply/plan.ts';
import { tokensOfPrompt } from '../reply/tokens.ts';
import { finishReasonOf } from './chat/chat-answer.ts';
import { type Context, type Endpoint, plainRequest, stopSequencesOf } from './endpoint.ts';
import type { Piece } from './http/stream-sender.ts';
import { checkStreamOptions, requireField, requireKind, requireModel, requireRange } from './rules.ts';
import { closed, dataEvent, dataStream } from './sse.ts';
import { completionUsage } from './usage.ts';

/** Without `max_tokens` this API answers with so many. */
const DEFAULT_TOKENS = 16;

/**
 * `POST /v1/completions`. Of several prompts the last one is answered, under the index of each.
 * Source: `Completion` of the npm package openai 7.57.0 (read 2026-11-23).
 */
export const completionsEndpoint: Endpoint = (body, context) => {
  const model = requireModel(body);
  requireKind(requireField(body, 'prompt'), ['string', 'array'], 'prompt');
  requireRange(body, 'max_tokens', 0, Number.MAX_SAFE_INTEGER);
  checkStreamOptions(body);
  const prompts = promptsOf(body['prompt']);
  const plain = plainRequest(prompts.at(-1) ?? '', tokensOfPrompt(prompts), context.seed);
  const limit = body['max_tokens'];
  const request = {
    ...plain.request,
    maxTokens: typeof limit === 'number' ? limit : DEFAULT_TOKENS,
    stopSequences: stopSequencesOf(body['stop']),
  };
  const streamed = body['stream'] === true;
  const choices = prompts.length * (typeof body['n'] === 'number' ? body['n'] : 1);
  const usage = objectOf(body['stream_options'])['include_usage'] === true;
  return {
    request,
    directed: plain.directed,
    streamed,
    answer: (reply) =>
      streamed
        ? {
            kind: 'pieces',
            format: dataStream,
            pieces: closed(completionStream(reply, envelope(model, context), choices, usage)),
          }
        : { kind: 'json', body: completionBody(reply, envelope(model, context), choices) },
  };
};

function completionBody(reply: PlannedReply, frame: JsonObject, choices: number): JsonObject {
  const text = textOf(reply);
  return {
    ...frame,
    choices: Array.from({ length: choices }, (_, index) => choice(index, text, finishReasonOf(reply))),
    usage: completionUsage(reply, choices),
  };
}

function* completionStream(
  reply: PlannedReply,
  frame: JsonObject,
  choices: number,
  includeUsage: boolean,
): Generator<Piece> {
  const usage = includeUsage ? { usage: null } : {};
  const deltas = reply.blocks.flatMap((block) => (block.kind === 'text' ? block.deltas : []));
  for (let index = 0; index < choices; index += 1) {
    for (const text of deltas) yield dataEvent({ ...frame, choices: [choice(index, text, null)], ...usage });
    yield dataEvent({ ...frame, choices: [choice(index, '', finishReasonOf(reply))], ...usage }, true);
  }
  if (includeUsage) yield dataEvent({ ...frame, choices: [], usage: completionUsage(reply, choices) }, true);
}

function choice(index: number, text: string, finish_reason: string | null): JsonObject {
  return { text, index, logprobs: null, finish_reason };
}

function envelope(model: string, { id, nowSeconds }: Context): JsonObject {
  return { id: `cmpl-${id}`, object: 'text_completion', created: nowSeconds, model };
}

/** A text, several of them, or tokens: those have no text here, so their numbers stand for it. */
function promptsOf(prompt: JsonValue | undefined): readonly string[] {
  if (typeof prompt === 'string') return [prompt];
  const list = listOf(prompt);
  if (list.every((item) => typeof item === 'number')) return [list.join(' ')];
  return list.map((item) => (typeof item === 'string' ? item : listOf(item).join(' ')));
}
