import { type JsonObject, objectOf, stringOf } from '../json.ts';
import { type Answerable, plainRequest, stopSequencesOf } from '../openai/endpoint.ts';
import type { Piece } from '../openai/http/stream-sender.ts';
import { dataStream } from '../openai/sse.ts';
import { type PlannedReply, textOf } from '../reply/plan.ts';
import { tokensOfText } from '../reply/tokens.ts';
import type { StopReason } from '../script/script.ts';
import { refusedByModel } from './errors.ts';

/** What this format says of an end. */
const finishReason: Readonly<Record<StopReason, string>> = {
  end_turn: 'eos_token',
  tool_use: 'eos_token',
  max_tokens: 'length',
  stop_sequence: 'stop_sequence',
  guardrail_intervened: 'eos_token',
  content_filtered: 'eos_token',
  malformed_model_output: 'eos_token',
  malformed_tool_use: 'eos_token',
  model_context_window_exceeded: 'length',
};

/** The token that ends a text, as GPT-2's family writes it; LiteLLM takes this one for the end of a stream. */
const END_OF_TEXT = '<|endoftext|>';

/**
 * Hugging Face's text generation: `inputs` and `parameters` in, `generated_text` out. The whole prompt is echoed, with
 * whatever template the caller put around it. Tool calls and reasoning have no place in this format.
 * Source: https://huggingface.co/docs/text-generation-inference/reference/api_reference (as of 2026-11-23).
 */
export function textGeneration(body: JsonObject, streamed: boolean, seed: string): Answerable {
  const prompt = stringOf(body['inputs']) ?? '';
  const parameters = objectOf(body['parameters']);
  const limit = parameters['max_new_tokens'];
  if (prompt === '') throw refusedByModel('`inputs` cannot be empty', 422);
  if (typeof limit === 'number' && limit < 1) throw refusedByModel('`max_new_tokens` must be strictly positive', 422);
  if (parameters['temperature'] === 0) throw refusedByModel('`temperature` must be strictly positive', 422);
  const { request, directed } = plainRequest(prompt, tokensOfText(prompt), seed);
  return {
    request: {
      ...request,
      maxTokens: typeof limit === 'number' ? limit : undefined,
      stopSequences: stopSequencesOf(parameters['stop']),
    },
    directed,
    streamed,
    answer: (reply) => {
      if (streamed) return { kind: 'pieces', format: dataStream, pieces: tokenEvents(reply) };
      const generated_text = (parameters['return_full_text'] === true ? prompt : '') + textOf(reply);
      const details = parameters['details'] === true ? { details: detailsOf(reply) } : {};
      return { kind: 'json', body: [{ generated_text, ...details }] };
    },
  };
}

/** One event for each token; the last one has the whole text, and is the end of text unless the text was cut. */
function* tokenEvents(reply: PlannedReply): Generator<Piece> {
  const words = reply.blocks.flatMap((block) => (block.kind === 'text' ? block.deltas : []));
  const tokens = finishReason[reply.stopReason] === 'eos_token' ? [...words, END_OF_TEXT] : words;
  for (const [at, text] of tokens.entries()) {
    const isLast = at === tokens.length - 1;
    const token = { id: at, text, logprob: -0.1, special: text === END_OF_TEXT };
    const whole = isLast
      ? { generated_text: textOf(reply), details: detailsOf(reply) }
      : { generated_text: null, details: null };
    const event = JSON.stringify({ index: at + 1, token, ...whole });
    yield { bytes: Buffer.from(`data:${event}\n\n`), ends: isLast };
  }
}

function detailsOf(reply: PlannedReply): JsonObject {
  const { inputTokens, outputTokens } = reply.usage;
  return {
    finish_reason: finishReason[reply.stopReason],
    generated_tokens: outputTokens,
    input_length: inputTokens,
    seed: null,
    prefill: [],
    tokens: [],
  };
}
