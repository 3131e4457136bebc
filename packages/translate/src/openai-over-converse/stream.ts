import { GatewayError } from '@genai-gateway/core';
import {
  type ConverseCitation,
  joinBase64,
  type OpenaiChunk,
  type OpenaiDelta,
  type OpenaiFinishReason,
  type Usage,
  usageFromConverse,
} from '@genai-gateway/protocol';
import { isRecord, type JsonRecord } from '../json.ts';
import { answeredImage } from './answered-image.ts';
import { StreamedText } from './answered-sources.ts';
import { Thinking } from './answered-thinking.ts';
import type { ConverseToOpenaiContext } from './converse-to-openai.ts';
import { responseFields, servedFields } from './served.ts';
import { stopReasonToOpenai } from './stop-reasons.ts';
import { usageToOpenai } from './usage.ts';

export interface ConverseToOpenaiStreamContext extends ConverseToOpenaiContext {
  /** `stream_options.include_usage` of the request. */
  readonly includeUsage: boolean;
}

/** What is known of a block that is more than text. */
type Block =
  /** `index` is OpenAI's: its own counter from 0, because Converse counts all blocks. */
  | { readonly kind: 'call'; readonly index: number; hasArguments: boolean }
  /** The call whose input is the answer. */
  | { readonly kind: 'json'; hasArguments: boolean }
  /** A call that the caller has nothing to do with. */
  | { readonly kind: 'hidden' }
  | { readonly kind: 'thinking'; readonly thinking: Thinking }
  | { readonly kind: 'image'; readonly format: unknown; readonly pieces: string[] };

const NO_CHUNKS: readonly OpenaiChunk[] = [];

/**
 * The events of one ConverseStream, in order, as the chunks of one OpenAI stream. One per request.
 * Give `push` the decoded payload of each event frame, and call `end` when the bytes have ended;
 * exception frames are the caller's to raise.
 */
export class ConverseToOpenaiStream {
  readonly #context: ConverseToOpenaiStreamContext;
  /** Blocks that have not ended; text has none. */
  readonly #blocks = new Map<unknown, Block>();
  #hasRole = false;
  #calls = 0;
  #hasJson = false;
  #thinkingBlocks = 0;
  #images = 0;
  readonly #text = new StreamedText();
  #usage: Usage | undefined;
  #stopReason: string | undefined;
  #responseFields: unknown;
  /** Waits for `metadata`, which says how the call was served. */
  #finish: OpenaiFinishReason | undefined;
  #served: ReturnType<typeof servedFields> = {};

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
   * anything after `messageStop` but `metadata`.
   * Throws `upstream-model-error` for malformed model output, `upstream-failed` for a tool call without its start.
   */
  push(eventType: string, payload: unknown): readonly OpenaiChunk[] {
    if (!isRecord(payload)) return NO_CHUNKS;
    if (eventType === 'metadata') return this.#metadata(payload);
    if (this.#stopReason !== undefined) return NO_CHUNKS;
    switch (eventType) {
      case 'contentBlockDelta':
        return this.#contentDelta(payload);
      case 'contentBlockStart':
        return this.#contentStart(payload);
      case 'contentBlockStop':
        return this.#contentStop(payload['contentBlockIndex']);
      case 'messageStart':
        return this.#hasRole ? NO_CHUNKS : [this.#chunk({ role: 'assistant', content: '' })];
      case 'messageStop':
        return this.#messageStop(payload);
      default:
        return NO_CHUNKS;
    }
  }

  /**
   * The same for a delta that is nothing but text, without its objects: there is one for every few letters. True where
   * its chunk is the text alone and nothing else; false where nothing was done, and `push` has to do it.
   */
  pushText(contentBlockIndex: number, text: string): boolean {
    if (!this.#hasRole || this.#stopReason !== undefined || this.#context.jsonTool !== undefined) return false;
    if (text === '') return false;
    this.#text.add(contentBlockIndex, text);
    return true;
  }

  /**
   * The finish reason, where nothing came after it, and the last chunk, for callers that asked for the usage, when the
   * provider reported it. Throws `upstream-cut` when the stream ended without its stop event: what came may not be all.
   */
  end(): readonly OpenaiChunk[] {
    if (this.#stopReason === undefined) {
      throw new GatewayError(
        'upstream-cut',
        'The model stream ended before the answer was complete. Send the request again.',
      );
    }
    const usage = this.#context.includeUsage ? usageToOpenai(this.#usage) : undefined;
    if (usage === undefined) return this.#finished();
    const { id, created, model } = this.#context;
    const { service_tier } = this.#served;
    const served = service_tier === undefined ? {} : { service_tier };
    return [
      ...this.#finished(),
      { id, object: 'chat.completion.chunk', created, model, choices: [], usage, ...served },
    ];
  }

  #contentDelta(payload: JsonRecord): readonly OpenaiChunk[] {
    const { contentBlockIndex: index, delta } = payload;
    if (!isRecord(delta)) return NO_CHUNKS;
    const { text, toolUse, reasoningContent, citation, image } = delta;
    if (typeof text === 'string') return this.#textDelta(index, text);
    if (isRecord(toolUse)) return this.#inputDelta(this.#blocks.get(index), toolUse['input']);
    if (isRecord(reasoningContent)) return this.#reasoningDelta(index, reasoningContent);
    if (isRecord(image)) this.#imageDelta(index, image['source']);
    else if (isRecord(citation)) this.#text.cite(index, citation as ConverseCitation);
    return NO_CHUNKS;
  }

  /** Where the answer is the input of a tool, text is kept back: before the JSON it would make that unreadable. */
  #textDelta(index: unknown, text: string): readonly OpenaiChunk[] {
    this.#text.add(index, text);
    if (text === '') return NO_CHUNKS;
    return this.#context.jsonTool === undefined ? [this.#chunk({ content: text })] : NO_CHUNKS;
  }

  #reasoningDelta(index: unknown, reasoningContent: JsonRecord): readonly OpenaiChunk[] {
    let block = this.#blocks.get(index);
    if (block === undefined) {
      block = { kind: 'thinking', thinking: new Thinking() };
      this.#blocks.set(index, block);
    }
    if (block.kind !== 'thinking') return NO_CHUNKS;
    const text = block.thinking.addDelta(reasoningContent);
    return text === '' ? NO_CHUNKS : [this.#chunk({ reasoning_content: text })];
  }

  #imageDelta(index: unknown, source: unknown): void {
    const block = this.#blocks.get(index);
    const bytes = isRecord(source) ? source['bytes'] : undefined;
    if (block?.kind === 'image' && typeof bytes === 'string') block.pieces.push(bytes);
  }

  #contentStart(payload: JsonRecord): readonly OpenaiChunk[] {
    const { contentBlockIndex: index, start } = payload;
    if (!isRecord(start) || this.#blocks.has(index)) return NO_CHUNKS;
    const { toolUse, image } = start;
    if (isRecord(image)) this.#blocks.set(index, { kind: 'image', format: image['format'], pieces: [] });
    return isRecord(toolUse) ? this.#callStart(index, toolUse) : NO_CHUNKS;
  }

  #callStart(block: unknown, { toolUseId: id, name, type }: JsonRecord): readonly OpenaiChunk[] {
    if (type === 'server_tool_use') {
      this.#blocks.set(block, { kind: 'hidden' });
      return NO_CHUNKS;
    }
    if (typeof id !== 'string' || typeof name !== 'string') throw unreadable('a tool call without id or name');
    const { toolNames, jsonTool } = this.#context;
    if (name === jsonTool) {
      this.#blocks.set(block, this.#hasJson ? { kind: 'hidden' } : { kind: 'json', hasArguments: false });
      this.#hasJson = true;
      return NO_CHUNKS;
    }
    const index = this.#calls++;
    this.#blocks.set(block, { kind: 'call', index, hasArguments: false });
    const ownName = toolNames.get(name) ?? name;
    return [this.#chunk({ tool_calls: [{ index, id, type: 'function', function: { name: ownName, arguments: '' } }] })];
  }

  #inputDelta(block: Block | undefined, input: unknown): readonly OpenaiChunk[] {
    if (typeof input !== 'string' || input === '') return NO_CHUNKS;
    if (block?.kind === 'hidden') return NO_CHUNKS;
    if (block?.kind !== 'call' && block?.kind !== 'json') {
      throw unreadable('tool call arguments without the start of the call');
    }
    block.hasArguments = true;
    if (block.kind === 'json') return [this.#chunk({ content: input })];
    return [this.#chunk({ tool_calls: [{ index: block.index, function: { arguments: input } }] })];
  }

  #contentStop(index: unknown): readonly OpenaiChunk[] {
    this.#text.end(index);
    const block = this.#blocks.get(index);
    return block === undefined ? NO_CHUNKS : this.#blockEnd(block);
  }

  /** What a block gives at its end, once. */
  #blockEnd(block: Block): readonly OpenaiChunk[] {
    switch (block.kind) {
      case 'call':
      case 'json':
        // A call without arguments sends no input at all, and clients parse what they have joined: it must be an object.
        return block.hasArguments ? NO_CHUNKS : this.#inputDelta(block, '{}');
      case 'thinking': {
        const whole = block.thinking.take();
        return whole === undefined
          ? NO_CHUNKS
          : [this.#chunk({ thinking_blocks: [{ index: this.#thinkingBlocks++, ...whole }] })];
      }
      case 'image': {
        const pieces = block.pieces.splice(0);
        if (pieces.length === 0) return NO_CHUNKS;
        return [this.#chunk({ images: [answeredImage(block.format, joinBase64(pieces), this.#images++)] })];
      }
      case 'hidden':
        return NO_CHUNKS;
    }
  }

  #messageStop(payload: JsonRecord): readonly OpenaiChunk[] {
    const stopReason = payload['stopReason'];
    if (typeof stopReason !== 'string') throw unreadable('messageStop without stopReason');
    this.#responseFields = payload['additionalModelResponseFields'];
    const chunks = [...this.#blocks.values()].flatMap((block) => this.#blockEnd(block));
    this.#stopReason = stopReason;
    this.#finish = stopReasonToOpenai(stopReason, this.#calls > 0);
    const { text } = this.#text;
    if (this.#context.jsonTool !== undefined && !this.#hasJson && text !== '')
      chunks.push(this.#chunk({ content: text }));
    const sources = this.#hasJson ? {} : this.#text.fields();
    const fields = { ...sources.provider_specific_fields, ...responseFields(this.#responseFields) };
    if (Object.keys(fields).length > 0) chunks.push(this.#chunk({ ...sources, provider_specific_fields: fields }));
    return chunks;
  }

  #metadata(payload: JsonRecord): readonly OpenaiChunk[] {
    this.#usage = usageFromConverse(payload['usage'], this.#responseFields) ?? this.#usage;
    this.#served = servedFields(payload, this.#context.showsTrace === true);
    return this.#finished();
  }

  #finished(): readonly OpenaiChunk[] {
    const finish = this.#finish;
    if (finish === undefined) return NO_CHUNKS;
    this.#finish = undefined;
    const chunk = this.#chunk({}, finish);
    return [Object.keys(this.#served).length === 0 ? chunk : { ...chunk, ...this.#served }];
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
