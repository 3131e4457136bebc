import { GatewayError } from '@genai-gateway/core';
import {
  type AnthropicDelta,
  type AnthropicReplyBlock,
  type AnthropicStreamEvent,
  type ConverseCitation,
  joinBase64,
  type Usage,
  usageFromConverse,
} from '@genai-gateway/protocol';
import { bytesToRedacted } from '../converse-over-openai/reasoning.ts';
import { isRecord, type JsonRecord } from '../json.ts';
import { citationToAnthropic } from './citations.ts';
import { type ConverseToAnthropicContext, IMAGE_TEXT } from './converse-to-anthropic.ts';
import { stopToAnthropic } from './stop-reasons.ts';
import { usageToAnthropic } from './usage.ts';

/** A block of the upstream that has begun and not ended. */
type Block =
  /** `index` is its place in the caller's answer. */
  | { readonly kind: 'text' | 'call'; readonly index: number }
  /** The call whose input is the answer's text; its index comes with the first of it. */
  | { readonly kind: 'json'; index: number | undefined }
  | { readonly kind: 'thinking'; readonly index: number; signature: string }
  | { readonly kind: 'redacted'; readonly pieces: string[] }
  /** What the caller has nothing to do with. */
  | { readonly kind: 'hidden' };

type Events = AnthropicStreamEvent[];
const NO_EVENTS: readonly AnthropicStreamEvent[] = [];

/**
 * The events of one ConverseStream, in order, as the events of one stream of the Messages API. One per request.
 * Give `push` the decoded payload of each event frame, and call `end` when the bytes have ended; exception frames are the
 * caller's to raise, and so are pings.
 */
export class ConverseToAnthropicStream {
  readonly #context: ConverseToAnthropicContext;
  /** By `contentBlockIndex`. */
  readonly #blocks = new Map<unknown, Block>();
  #hasBegun = false;
  /** How many blocks the caller has seen begin. */
  #count = 0;
  #hasCalls = false;
  /** Text beside an answer that is the input of a tool: callers parse each text block, and this one is no JSON. */
  #heldText = '';
  #hasJson = false;
  #usage: Usage | undefined;
  #serviceTier: unknown;
  #stopReason: string | undefined;
  #responseFields: unknown;

  constructor(context: ConverseToAnthropicContext) {
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
   * The events of one event, usually one or none. Unknown events and fields give none, and so does anything after
   * `messageStop`: stop reason and usage come with `end`, because the upstream tells them apart and callers want them in one.
   * Throws `upstream-failed` for a tool call without its start and a `messageStop` without its reason.
   */
  push(eventType: string, payload: unknown): readonly AnthropicStreamEvent[] {
    if (!isRecord(payload)) return NO_EVENTS;
    if (eventType === 'metadata') {
      this.#usage = usageFromConverse(payload['usage']) ?? this.#usage;
      this.#serviceTier = isRecord(payload['serviceTier']) ? payload['serviceTier']['type'] : undefined;
      return NO_EVENTS;
    }
    if (this.#stopReason !== undefined) return NO_EVENTS;
    const index = payload['contentBlockIndex'];
    const events: Events = [];
    switch (eventType) {
      case 'messageStart':
        this.#begin(events);
        break;
      case 'contentBlockStart':
        if (isRecord(payload['start'])) this.#blockStart(events, index, payload['start']);
        break;
      case 'contentBlockDelta':
        if (isRecord(payload['delta'])) this.#delta(events, index, payload['delta']);
        break;
      case 'contentBlockStop':
        this.#blockStop(events, index);
        break;
      case 'messageStop': {
        const { stopReason, additionalModelResponseFields } = payload;
        if (typeof stopReason !== 'string') throw unreadable('messageStop without stopReason');
        for (const open of [...this.#blocks.keys()]) this.#blockStop(events, open);
        if (!this.#hasJson && this.#heldText !== '') this.#wholeText(events, this.#heldText);
        this.#stopReason = stopReason;
        this.#responseFields = additionalModelResponseFields;
      }
    }
    return events;
  }

  /**
   * The last two events: stop reason with usage, and the end.
   * Throws `upstream-cut` when the stream ended without its stop event: what came may not be all. Throws
   * `upstream-model-error` when the model's output was malformed.
   */
  end(): readonly AnthropicStreamEvent[] {
    if (this.#stopReason === undefined) {
      throw new GatewayError(
        'upstream-cut',
        'The model stream ended before the answer was complete. Send the request again.',
      );
    }
    const delta = stopToAnthropic(this.#stopReason, {
      hasCalls: this.#hasCalls,
      stopSequences: this.#context.stopSequences ?? [],
      responseFields: this.#responseFields,
    });
    const events: Events = [];
    this.#begin(events);
    events.push(
      { type: 'message_delta', delta, usage: usageToAnthropic(this.#usage, this.#serviceTier) },
      { type: 'message_stop' },
    );
    return events;
  }

  /** Some streams have no messageStart, and callers need theirs before anything else. */
  #begin(events: Events): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const { id, model } = this.#context;
    const empty = { content: [], stop_reason: null, stop_sequence: null, stop_details: null };
    const usage = usageToAnthropic(undefined);
    events.push({ type: 'message_start', message: { id, type: 'message', role: 'assistant', model, ...empty, usage } });
  }

  #start(events: Events, block: AnthropicReplyBlock): number {
    this.#begin(events);
    const index = this.#count++;
    events.push({ type: 'content_block_start', index, content_block: block });
    return index;
  }

  #blockStart(events: Events, at: unknown, { toolUse, image }: JsonRecord): void {
    if (this.#blocks.has(at)) return;
    if (isRecord(image)) {
      const index = this.#textBlock(events, at);
      events.push(deltaOf(index, { type: 'text_delta', text: IMAGE_TEXT }));
    }
    if (!isRecord(toolUse)) return;
    const { toolUseId: id, name, type } = toolUse;
    if (typeof id !== 'string' || typeof name !== 'string') throw unreadable('a tool call without id or name');
    if (type !== undefined) this.#blocks.set(at, { kind: 'hidden' });
    else if (name === this.#context.jsonTool) {
      // The first such call is the answer.
      this.#blocks.set(at, this.#hasJson ? { kind: 'hidden' } : { kind: 'json', index: undefined });
      this.#hasJson = true;
    } else {
      this.#hasCalls = true;
      const ownName = this.#context.toolNames.get(name) ?? name;
      const index = this.#start(events, { type: 'tool_use', id, name: ownName, input: {} });
      this.#blocks.set(at, { kind: 'call', index });
    }
  }

  #delta(events: Events, at: unknown, { text, toolUse, reasoningContent, citation }: JsonRecord): void {
    const isHeld = this.#context.jsonTool !== undefined;
    if (typeof text === 'string' && isHeld) this.#heldText += text;
    else if (typeof text === 'string' && text !== '') {
      events.push(deltaOf(this.#textBlock(events, at), { type: 'text_delta', text }));
    } else if (isRecord(toolUse)) this.#input(events, at, toolUse['input']);
    else if (isRecord(reasoningContent)) this.#thought(events, at, reasoningContent);
    else if (isRecord(citation) && !isHeld) {
      const known = citationToAnthropic(citation as ConverseCitation);
      if (known === undefined) return;
      events.push(deltaOf(this.#textBlock(events, at), { type: 'citations_delta', citation: known }));
    }
  }

  /** The index of the text block at this place, which begins with its first text: empty ones are not for callers. */
  #textBlock(events: Events, at: unknown): number {
    const open = this.#blocks.get(at);
    if (open?.kind === 'text') return open.index;
    this.#blockStop(events, at);
    const index = this.#start(events, { type: 'text', text: '', citations: null });
    this.#blocks.set(at, { kind: 'text', index });
    return index;
  }

  #wholeText(events: Events, text: string): void {
    const index = this.#start(events, { type: 'text', text: '', citations: null });
    events.push(deltaOf(index, { type: 'text_delta', text }), { type: 'content_block_stop', index });
  }

  #input(events: Events, at: unknown, input: unknown): void {
    if (typeof input !== 'string' || input === '') return;
    const open = this.#blocks.get(at);
    if (open?.kind === 'hidden') return;
    if (open?.kind === 'json') {
      open.index ??= this.#start(events, { type: 'text', text: '', citations: null });
      events.push(deltaOf(open.index, { type: 'text_delta', text: input }));
    } else if (open?.kind === 'call') {
      events.push(deltaOf(open.index, { type: 'input_json_delta', partial_json: input }));
    } else throw unreadable('tool call arguments without the start of the call');
  }

  #thought(events: Events, at: unknown, { text, signature, redactedContent }: JsonRecord): void {
    if (typeof redactedContent === 'string' && redactedContent !== '') {
      const open = this.#blocks.get(at);
      if (open?.kind === 'redacted') open.pieces.push(redactedContent);
      else {
        this.#blockStop(events, at);
        this.#blocks.set(at, { kind: 'redacted', pieces: [redactedContent] });
      }
      return;
    }
    const thinking = typeof text === 'string' ? text : '';
    const signed = typeof signature === 'string' ? signature : '';
    if (thinking === '' && signed === '') return;
    let open = this.#blocks.get(at);
    if (open?.kind !== 'thinking') {
      this.#blockStop(events, at);
      open = {
        kind: 'thinking',
        index: this.#start(events, { type: 'thinking', thinking: '', signature: '' }),
        signature: '',
      };
      this.#blocks.set(at, open);
    }
    open.signature += signed;
    if (thinking !== '') events.push(deltaOf(open.index, { type: 'thinking_delta', thinking }));
  }

  /** Signatures and redacted thinking go out here: they may come in pieces, and the SDKs join none. */
  #blockStop(events: Events, at: unknown): void {
    const open = this.#blocks.get(at);
    if (open === undefined) return;
    this.#blocks.delete(at);
    let index: number;
    switch (open.kind) {
      case 'hidden':
        return;
      case 'redacted':
        index = this.#start(events, { type: 'redacted_thinking', data: bytesToRedacted(joinBase64(open.pieces)) });
        break;
      case 'json':
        index = open.index ?? this.#start(events, { type: 'text', text: '', citations: null });
        if (open.index === undefined) events.push(deltaOf(index, { type: 'text_delta', text: '{}' }));
        break;
      case 'thinking':
        index = open.index;
        if (open.signature !== '') events.push(deltaOf(index, { type: 'signature_delta', signature: open.signature }));
        break;
      default:
        index = open.index;
    }
    events.push({ type: 'content_block_stop', index });
  }
}

function deltaOf(index: number, delta: AnthropicDelta): AnthropicStreamEvent {
  return { type: 'content_block_delta', index, delta };
}

function unreadable(what: string): GatewayError {
  return new GatewayError('upstream-failed', 'The model service gave a stream that the gateway cannot read.', {
    cause: new Error(`Converse stream: ${what}`),
  });
}
