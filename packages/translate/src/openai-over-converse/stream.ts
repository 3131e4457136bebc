import { GatewayError } from '@genai-gateway/core';
import {
  type OpenaiChunk,
  type OpenaiDelta,
  type OpenaiFinishReason,
  type Usage,
  usageFromConverse,
} from '@genai-gateway/protocol';
import { isRecord, type JsonRecord } from '../json.ts';
import type { ConverseToOpenaiContext } from './converse-to-openai.ts';
import { stopReasonToOpenai } from './stop-reasons.ts';
import { usageToOpenai } from './usage.ts';

export interface ConverseToOpenaiStreamContext extends ConverseToOpenaiContext {
  /** `stream_options.include_usage` of the request. */
  readonly includeUsage: boolean;
}

/** A tool call of this stream. */
interface StreamedCall {
  /** OpenAI's index: its own counter from 0, because Converse counts all blocks. */
  readonly index: number;
  hasArguments: boolean;
}

const NO_CHUNKS: readonly OpenaiChunk[] = [];

/**
 * The events of one ConverseStream, in order, as the chunks of one OpenAI stream. One per request.
 * Give `push` the decoded payload of each event frame, and call `end` when the bytes have ended;
 * exception frames are the caller's to raise.
 */
export class ConverseToOpenaiStream {
  readonly #context: ConverseToOpenaiStreamContext;
  readonly #calls = new Map<unknown, StreamedCall>();
  #hasRole = false;
  #usage: Usage | undefined;
  #stopReason: string | undefined;

  constructor(context: ConverseToOpenaiStreamContext) {
    this.#context = context;
  }

  /** What the provider reported so far; undefined until its `metadata` event. */
  get usage(): Usage | undefined {
    return this.#usage;
  }

  /** The raw stop reason; undefined until `messageStop`. */
  get stopReason(): string | undefined {
    return this.#stopReason;
  }

  /**
   * The chunks of one event, usually one or none. Unknown events and fields give none, and so does
   * anything after `messageStop`.
   * Throws `upstream-model-error` for malformed model output, `upstream-failed` for a tool call without its start.
   */
  push(eventType: string, payload: unknown): readonly OpenaiChunk[] {
    if (!isRecord(payload)) return NO_CHUNKS;
    if (eventType === 'metadata') {
      this.#usage = usageFromConverse(payload['usage']) ?? this.#usage;
      return NO_CHUNKS;
    }
    if (this.#stopReason !== undefined) return NO_CHUNKS;
    switch (eventType) {
      case 'contentBlockDelta':
        return this.#contentDelta(payload);
      case 'contentBlockStart':
        return this.#contentStart(payload);
      case 'contentBlockStop':
        return this.#contentStop(this.#calls.get(payload['contentBlockIndex']));
      case 'messageStart':
        return this.#hasRole ? NO_CHUNKS : [this.#chunk({ role: 'assistant', content: '' })];
      case 'messageStop':
        return this.#messageStop(payload);
      default:
        return NO_CHUNKS;
    }
  }

  /**
   * The last chunk, for callers that asked for the usage, when the provider reported it.
   * Throws `upstream-cut` when the stream ended without its stop event: what came may not be all.
   */
  end(): readonly OpenaiChunk[] {
    if (this.#stopReason === undefined) {
      throw new GatewayError(
        'upstream-cut',
        'The model stream ended before the answer was complete. Send the request again.',
      );
    }
    const usage = this.#context.includeUsage ? usageToOpenai(this.#usage) : undefined;
    if (usage === undefined) return NO_CHUNKS;
    const { id, created, model } = this.#context;
    return [{ id, object: 'chat.completion.chunk', created, model, choices: [], usage }];
  }

  #contentDelta(payload: JsonRecord): readonly OpenaiChunk[] {
    const delta = payload['delta'];
    if (!isRecord(delta)) return NO_CHUNKS;
    const { text, toolUse, reasoningContent } = delta;
    if (typeof text === 'string') return text === '' ? NO_CHUNKS : [this.#chunk({ content: text })];
    if (isRecord(toolUse)) return this.#argumentsDelta(payload['contentBlockIndex'], toolUse['input']);
    const thought = isRecord(reasoningContent) ? reasoningContent['text'] : undefined;
    return typeof thought === 'string' && thought !== '' ? [this.#chunk({ reasoning_content: thought })] : NO_CHUNKS;
  }

  #contentStart(payload: JsonRecord): readonly OpenaiChunk[] {
    const start = payload['start'];
    const toolUse = isRecord(start) ? start['toolUse'] : undefined;
    const block = payload['contentBlockIndex'];
    if (!isRecord(toolUse) || this.#calls.has(block)) return NO_CHUNKS;
    const { toolUseId: id, name } = toolUse;
    if (typeof id !== 'string' || typeof name !== 'string') throw unreadable('a tool call without id or name');
    const index = this.#calls.size;
    this.#calls.set(block, { index, hasArguments: false });
    const ownName = this.#context.toolNames.get(name) ?? name;
    return [this.#chunk({ tool_calls: [{ index, id, type: 'function', function: { name: ownName, arguments: '' } }] })];
  }

  #argumentsDelta(block: unknown, input: unknown): readonly OpenaiChunk[] {
    if (typeof input !== 'string' || input === '') return NO_CHUNKS;
    const call = this.#calls.get(block);
    if (call === undefined) throw unreadable('tool call arguments without the start of the call');
    call.hasArguments = true;
    return [this.#chunk({ tool_calls: [{ index: call.index, function: { arguments: input } }] })];
  }

  /** A call without arguments sends no input at all, and clients parse what they have joined: it must be an object. */
  #contentStop(call: StreamedCall | undefined): readonly OpenaiChunk[] {
    if (call === undefined || call.hasArguments) return NO_CHUNKS;
    call.hasArguments = true;
    return [this.#chunk({ tool_calls: [{ index: call.index, function: { arguments: '{}' } }] })];
  }

  #messageStop(payload: JsonRecord): readonly OpenaiChunk[] {
    const stopReason = payload['stopReason'];
    if (typeof stopReason !== 'string') throw unreadable('messageStop without stopReason');
    const chunks: OpenaiChunk[] = [];
    for (const call of this.#calls.values()) chunks.push(...this.#contentStop(call));
    this.#stopReason = stopReason;
    chunks.push(this.#chunk({}, stopReasonToOpenai(stopReason)));
    return chunks;
  }

  #chunk(delta: OpenaiDelta, finishReason: OpenaiFinishReason | null = null): OpenaiChunk {
    const { id, created, model } = this.#context;
    // The first chunk of all names the role, also when the stream has no messageStart.
    const whole: OpenaiDelta = this.#hasRole || delta.role !== undefined ? delta : { role: 'assistant', ...delta };
    this.#hasRole = true;
    return {
      id,
      object: 'chat.completion.chunk',
      created,
      model,
      choices: [{ index: 0, delta: whole, finish_reason: finishReason }],
    };
  }
}

function unreadable(what: string): GatewayError {
  return new GatewayError('upstream-failed', 'The model service gave a stream that the gateway cannot read.', {
    cause: new Error(`Converse stream: ${what}`),
  });
}
