import { GatewayError } from '@genai-gateway/core';
import { type ConverseEvent, type Usage, usageFromOpenai } from '@genai-gateway/protocol';
import { isRecord, type JsonRecord, textOf } from '../json.ts';
import { imagesOfAnswer } from './answered-images.ts';
import { BlockQueue } from './block-queue.ts';
import { citationsOf } from './citations.ts';
import { litellmStreamError } from './litellm-error.ts';
import { answeredText, nativeReasonOf } from './openai-reply-to-converse.ts';
import { thoughtsOf } from './reasoning.ts';
import { responseFields } from './response-fields.ts';
import { servedFields } from './served.ts';
import { finishReasonToConverse } from './stop-reasons.ts';
import { usageToConverse } from './usage.ts';

export interface OpenaiToConverseStreamContext {
  /** Makes ids for tool calls that came without one. */
  readonly requestId: string;
  /** `additionalModelResponseFieldPaths` of the request. */
  readonly responseFieldPaths?: readonly string[];
}

const NO_EVENTS: readonly ConverseEvent[] = [];

/**
 * The chunks of one stream of LiteLLM as the events of one ConverseStream. One per request. Give `push`
 * the parsed data of each server-sent event but `[DONE]`, and call `end` when the bytes have ended.
 */
export class OpenaiToConverseStream {
  readonly #blocks: BlockQueue;
  readonly #responseFieldPaths: readonly string[];
  #hasStarted = false;
  #isRefusal = false;
  #usage: Usage | undefined;
  #finishReason: string | undefined;
  #stopReason: string | undefined;
  #serviceTier: unknown;

  constructor({ requestId, responseFieldPaths = [] }: OpenaiToConverseStreamContext) {
    this.#blocks = new BlockQueue(requestId);
    this.#responseFieldPaths = responseFieldPaths;
  }

  /** What LiteLLM reported so far; undefined until then. */
  get usage(): Usage | undefined {
    return this.#usage;
  }

  /** What `messageStop` said; undefined until then. */
  get stopReason(): string | undefined {
    return this.#stopReason;
  }

  /** The raw finish reason; undefined until the chunk that has it. See `isKnownFinishReason`. */
  get finishReason(): string | undefined {
    return this.#finishReason;
  }

  /**
   * The events of one chunk. Unknown fields and other choices than the first give none, and so does
   * content after the finish reason; the usage may come with it, after it or never.
   * Throws what the error object in a stream says, `upstream-model-error` when the provider failed in the
   * middle of its answer, and `upstream-failed` for a tool call without a name.
   */
  push(chunk: unknown): readonly ConverseEvent[] {
    if (!isRecord(chunk)) return NO_EVENTS;
    if (chunk['error'] !== undefined && chunk['error'] !== null) throw litellmStreamError(chunk['error']);
    this.#usage = usageFromOpenai(chunk['usage']) ?? this.#usage;
    this.#serviceTier = chunk['service_tier'] ?? this.#serviceTier;
    const choices = chunk['choices'];
    const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
    if (!isRecord(choice) || this.#finishReason !== undefined || (choice['index'] ?? 0) !== 0) return NO_EVENTS;

    const events: ConverseEvent[] = [];
    if (!this.#hasStarted) events.push({ type: 'messageStart', payload: { role: 'assistant' } });
    this.#hasStarted = true;
    if (isRecord(choice['delta'])) this.#delta(choice['delta']);
    const finishReason = choice['finish_reason'];
    if (typeof finishReason === 'string' && finishReason !== '') {
      this.#blocks.finish();
      return [...events, ...this.#blocks.take(), this.#messageStop(finishReason, choice, chunk)];
    }
    return [...events, ...this.#blocks.take()];
  }

  /**
   * The last event, `metadata`; its `usage` is empty when none was reported.
   * `latencyMs` is the time from the request to now.
   * Throws `upstream-cut` when the stream ended without a finish reason: what came may not be all.
   */
  end(latencyMs: number): readonly ConverseEvent[] {
    if (this.#stopReason === undefined) {
      throw new GatewayError(
        'upstream-cut',
        'The model stream ended before the answer was complete. Send the request again.',
      );
    }
    const usage = usageToConverse(this.#usage);
    return [{ type: 'metadata', payload: { usage, metrics: { latencyMs }, ...servedFields(this.#serviceTier) } }];
  }

  #delta(delta: JsonRecord): void {
    for (const thought of thoughtsOf(delta)) this.#blocks.thought(thought);
    const { refusal, tool_calls: calls } = delta;
    const text = answeredText(delta['content']);
    if (text !== '') this.#blocks.text(text);
    if (typeof refusal === 'string' && refusal !== '') {
      this.#isRefusal = true;
      this.#blocks.text(refusal);
    }
    for (const citation of citationsOf(delta)) this.#blocks.citation(citation);
    for (const image of imagesOfAnswer(delta['images'])) this.#blocks.image(image);
    if (!Array.isArray(calls)) return;
    for (const [position, call] of calls.entries()) {
      if (!isRecord(call)) continue;
      const definition = isRecord(call['function']) ? call['function'] : {};
      const index = call['index'] ?? position;
      this.#blocks.call(index, textOf(call['id']), textOf(definition['name']), textOf(definition['arguments']));
    }
  }

  #messageStop(finishReason: string, choice: JsonRecord, chunk: JsonRecord): ConverseEvent {
    this.#finishReason = finishReason;
    const stopReason = finishReasonToConverse(finishReason, {
      nativeReason: nativeReasonOf(choice),
      hasToolCalls: this.#blocks.hasToolCalls,
      hasMalformedCall: this.#blocks.hasMalformedCall,
      isRefusal: this.#isRefusal,
    });
    this.#stopReason = stopReason;
    const delta = isRecord(choice['delta']) ? choice['delta'] : {};
    const sources = [delta['provider_specific_fields'], choice['provider_specific_fields'], choice, chunk];
    const additional = responseFields(this.#responseFieldPaths, sources);
    const fields = additional === undefined ? {} : { additionalModelResponseFields: additional };
    return { type: 'messageStop', payload: { stopReason, ...fields } };
  }
}
