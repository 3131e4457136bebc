import { converseBody, converseEvents, type StreamEvent } from '../converse/converse-output.ts';
import type { Understood } from '../converse/converse-reply-request.ts';
import { invalid } from '../errors.ts';
import { type JsonObject, type JsonValue, listOf, objectOf, stringOf } from '../json.ts';
import type { SimulatedModel } from '../models.ts';
import { type PlannedReply, textOf } from '../reply/plan.ts';
import { tokensOfPrompt } from '../reply/tokens.ts';
import { readDirectives } from '../script/directive.ts';
import { invocationMetrics } from './messages.ts';

/**
 * The bodies of the models that are neither Claude nor embed: enough of each vendor's format for an echo that its own
 * clients can read, and no more. Tool calls only where the format is Converse's (Nova).
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html (as of 2026-11-22).
 */
export function understandNative(body: JsonObject, model: SimulatedModel, seed: string): Understood {
  const prompt = body['prompt'] ?? body['inputText'] ?? body['message'] ?? lastUserText(body['messages']);
  if (typeof prompt !== 'string') {
    const field = { llama: 'prompt', 'titan-text': 'inputText', 'cohere-command': 'message' }[String(model.family)];
    throw invalid(
      `Malformed input request: #: required key [${field ?? 'messages'}] not found, please reformat your input and try again.`,
    );
  }
  const directed = readDirectives(prompt);
  const config = { ...objectOf(body['inferenceConfig']), ...objectOf(body['textGenerationConfig']), ...body };
  const limit = config['max_gen_len'] ?? config['max_tokens'] ?? config['maxTokens'] ?? config['maxTokenCount'];
  const stops = config['stop'] ?? config['stopSequences'] ?? config['stop_sequences'];
  return {
    directed,
    request: {
      echoText: directed.text,
      inputTokens: nativeInputTokens(body),
      seed,
      maxTokens: typeof limit === 'number' ? limit : undefined,
      stopSequences: listOf(stops).filter((item) => typeof item === 'string'),
      forcedTool: undefined,
      reasons: false,
    },
  };
}

/** Tokens of a native prompt: of every text in its body. */
function nativeInputTokens(body: JsonObject): number {
  return tokensOfPrompt([body]);
}

/** The unstreamed answer in the model's own format. */
export function nativeBody(reply: PlannedReply, model: SimulatedModel): JsonObject {
  const text = textOf(reply);
  const { inputTokens, outputTokens } = reply.usage;
  const cut = reply.stopReason === 'max_tokens' ? 'length' : 'stop';
  switch (model.family) {
    case 'nova': {
      const { output, stopReason, usage } = converseBody(reply, model, {});
      return { output: output ?? null, stopReason: stopReason ?? null, usage: usage ?? null };
    }
    case 'llama':
      return {
        generation: text,
        prompt_token_count: inputTokens,
        generation_token_count: outputTokens,
        stop_reason: cut,
      };
    case 'titan-text':
      return {
        inputTextTokenCount: inputTokens,
        results: [
          { tokenCount: outputTokens, outputText: text, completionReason: cut === 'length' ? 'LENGTH' : 'FINISH' },
        ],
      };
    case 'cohere-command':
      return { text, finish_reason: cut === 'length' ? 'MAX_TOKENS' : 'COMPLETE' };
    case 'mistral':
      return { outputs: [{ text, stop_reason: cut }] };
    default:
      return {
        choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: cut }],
        usage: {
          prompt_tokens: inputTokens,
          completion_tokens: outputTokens,
          total_tokens: inputTokens + outputTokens,
        },
      };
  }
}

/** The streamed answer in the model's own format; the last chunk carries the invocation metrics. */
export function* nativeEvents(reply: PlannedReply, model: SimulatedModel): Generator<StreamEvent> {
  const metrics = { 'amazon-bedrock-invocationMetrics': invocationMetrics(reply) };
  if (model.family === 'nova') {
    for (const { type, payload } of converseEvents(reply, model, {})) {
      const body = { [type]: payload };
      yield { type: 'chunk', payload: type === 'metadata' ? { ...body, ...metrics } : body };
    }
    return;
  }
  for (const block of reply.blocks) {
    if (block.kind !== 'text') continue;
    for (const delta of block.deltas) yield { type: 'chunk', payload: nativeDelta(delta, model) };
  }
  const last = nativeBody({ ...reply, blocks: [] }, model);
  yield { type: 'chunk', payload: { ...last, ...metrics } };
}

function nativeDelta(text: string, model: SimulatedModel): JsonObject {
  switch (model.family) {
    case 'llama':
      return { generation: text, prompt_token_count: null, generation_token_count: null, stop_reason: null };
    case 'titan-text':
      return { outputText: text, index: 0, completionReason: null };
    case 'cohere-command':
      return { event_type: 'text-generation', text, is_finished: false };
    case 'mistral':
      return { outputs: [{ text, stop_reason: null }] };
    default:
      return { choices: [{ index: 0, delta: { role: 'assistant', content: text }, finish_reason: null }] };
  }
}

function lastUserText(messages: JsonValue | undefined): string | undefined {
  const last = objectOf(listOf(messages).findLast((message) => objectOf(message)['role'] === 'user'));
  if (typeof last['content'] === 'string') return last['content'];
  const texts = listOf(last['content']).flatMap((block) => stringOf(objectOf(block)['text']) ?? []);
  return texts.length > 0 ? texts.join('\n') : undefined;
}
