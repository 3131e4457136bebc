import { GatewayError } from '@genai-gateway/core';
import {
  type ConverseCitation,
  type ResponsesEcho,
  type ResponsesError,
  type ResponsesErrorEvent,
  type ResponsesEvent,
  type ResponsesItemStatus,
  type ResponsesOutputItem,
  type ResponsesPlace,
  type ResponsesResponse,
  type Usage,
  usageFromConverse,
} from '@genai-gateway/protocol';
import { isRecord, type JsonRecord } from '../json.ts';
import { servedFields } from '../openai-over-converse/served.ts';
import { stopReasonToOpenai } from '../openai-over-converse/stop-reasons.ts';
import type { ToolNames } from '../openai-over-converse/tool-names.ts';
import { CustomCallItem, FunctionCallItem } from './call-item.ts';
import { EventLog } from './event-log.ts';
import { MessageItem } from './message-item.ts';
import { type ReasoningForm, ReasoningItem } from './reasoning-item.ts';
import { usageToResponses } from './usage.ts';

export interface ConverseToResponsesContext {
  /** `resp_…`; the ids of its items are made of it. */
  readonly id: string;
  /** Seconds since the Unix epoch. */
  readonly created: number;
  /** The model's name as the caller wrote it. */
  readonly model: string;
  /** From `openaiToConverse`. */
  readonly toolNames: ToolNames;
  /** From `openaiToConverse`: upstream name of the tool by which the model gives JSON, whose input is the answer's text. */
  readonly jsonTool?: string | undefined;
  /** From `responsesToOpenai`. */
  readonly customTools: ReadonlySet<string>;
  readonly reasoning: ReasoningForm;
  readonly echo: ResponsesEcho;
}

/** An error in OpenAI's words, as `error-table` has them. */
export type StreamFailure = ResponsesErrorEvent['error'];

type Item = MessageItem | ReasoningItem | FunctionCallItem | CustomCallItem;

/** A block of the answer: what it goes into; undefined: nothing that the caller gets. */
interface Block {
  readonly item: Item | undefined;
  /** Its input is the text of the answer. */
  readonly isJson?: boolean;
  hasEnded: boolean;
}

const NO_EVENTS: readonly ResponsesEvent[] = [];

/**
 * The events of one ConverseStream, in order, as those of one Responses stream. One per request.
 * Give `push` the decoded payload of each event frame, and call `end` when the bytes have ended;
 * exception frames are the caller's to raise, and `fail` says them.
 */
export class ConverseToResponsesStream {
  readonly #context: ConverseToResponsesContext;
  readonly #log = new EventLog();
  readonly #blocks = new Map<unknown, Block>();
  /** Items that are not done, in their order, with the blocks that go into them. */
  readonly #open = new Map<Item, Block[]>();
  /** By their place in the answer. */
  readonly #output: ResponsesOutputItem[] = [];
  #itemCount = 0;
  #last: Item | undefined;
  #hasBegun = false;
  /** Text beside an answer that is the input of a tool: before the JSON it would make that unreadable. */
  #heldText = '';
  #hasJson = false;
  #usage: Usage | undefined;
  #responseFields: unknown;
  #served: { readonly service_tier?: string } = {};
  #stopReason: string | undefined;

  constructor(context: ConverseToResponsesContext) {
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
   * The events of one event of the upstream. Unknown events and fields give none, and so does anything after `messageStop`.
   * Throws `upstream-model-error` for malformed model output, `upstream-failed` for a tool call without its start.
   */
  push(eventType: string, payload: unknown): readonly ResponsesEvent[] {
    if (!isRecord(payload)) return NO_EVENTS;
    if (eventType === 'metadata') {
      this.#usage = usageFromConverse(payload['usage'], this.#responseFields) ?? this.#usage;
      this.#served = servedFields(payload, false);
      return NO_EVENTS;
    }
    if (this.#stopReason !== undefined) return NO_EVENTS;
    switch (eventType) {
      case 'messageStart':
        this.#begin();
        break;
      case 'contentBlockStart':
        this.#start(payload['contentBlockIndex'], payload['start']);
        break;
      case 'contentBlockDelta':
        if (isRecord(payload['delta'])) this.#delta(payload['contentBlockIndex'], payload['delta']);
        break;
      case 'contentBlockStop':
        this.#endBlock(this.#blocks.get(payload['contentBlockIndex']));
        break;
      case 'messageStop':
        this.#stop(payload);
        break;
      default:
    }
    return this.#log.take();
  }

  /**
   * The last event, with the whole response. Throws `upstream-cut` when the stream ended without its stop event: what came
   * may not be all.
   */
  end(): readonly ResponsesEvent[] {
    const response = this.response();
    const type = response.status === 'incomplete' ? 'response.incomplete' : 'response.completed';
    this.#log.add({ type, response });
    return this.#log.take();
  }

  /** The events by which a stream ends that cannot go on. */
  fail(error: StreamFailure): readonly ResponsesEvent[] {
    const { code, message, param } = error;
    this.#begin();
    this.#log.add({ type: 'error', code, message, param, error });
    const told: ResponsesError = { code: failureCode(error), message };
    const output = this.#output.filter((item) => item !== undefined);
    this.#log.add({
      type: 'response.failed',
      response: { ...this.#frame('failed'), output, error: told, usage: usageToResponses(this.#usage) },
    });
    return this.#log.take();
  }

  /** The whole response, once everything was pushed. Throws as `end`. */
  response(): ResponsesResponse {
    if (this.#stopReason === undefined) {
      throw new GatewayError(
        'upstream-cut',
        'The model stream ended before the answer was complete. Send the request again.',
      );
    }
    const reason = incompleteReason(this.#stopReason);
    return {
      ...this.#frame(reason === undefined ? 'completed' : 'incomplete'),
      output: this.#output,
      incomplete_details: reason === undefined ? null : { reason },
      usage: usageToResponses(this.#usage),
      ...this.#served,
    };
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const response = this.#frame('in_progress');
    this.#log.add({ type: 'response.created', response });
    this.#log.add({ type: 'response.in_progress', response });
  }

  #frame(status: ResponsesResponse['status']): ResponsesResponse {
    const { id, created, model, echo } = this.#context;
    const nothing = { output: [], error: null, incomplete_details: null, usage: null };
    return { id, object: 'response', created_at: created, status, model, ...nothing, ...echo };
  }

  #start(index: unknown, start: unknown): void {
    this.#begin();
    const toolUse = isRecord(start) ? start['toolUse'] : undefined;
    if (this.#blocks.has(index)) return;
    if (isRecord(start) && isRecord(start['toolResult'])) this.#blocks.set(index, { item: undefined, hasEnded: false });
    if (!isRecord(toolUse)) return;
    const { toolUseId: callId, name: upstreamName, type } = toolUse;
    if (typeof callId !== 'string' || typeof upstreamName !== 'string')
      throw unreadable('a tool call without id or name');
    if (type === 'server_tool_use') this.#blocks.set(index, { item: undefined, hasEnded: false });
    else if (upstreamName === this.#context.jsonTool) this.#startJson(index);
    else {
      const { toolNames, customTools } = this.#context;
      const name = toolNames.get(upstreamName) ?? upstreamName;
      const isCustom = customTools.has(name);
      const Kind = isCustom ? CustomCallItem : FunctionCallItem;
      this.#openItem(index, isCustom ? 'ctc' : 'fc', (place) => new Kind(place, { callId, name }, this.#log));
    }
  }

  #delta(index: unknown, delta: JsonRecord): void {
    this.#begin();
    const { text, toolUse, reasoningContent, citation } = delta;
    if (typeof text === 'string') {
      if (this.#context.jsonTool !== undefined) this.#heldText += text;
      else if (text !== '') this.#text(index)?.add(text);
    } else if (isRecord(toolUse)) this.#input(index, toolUse['input']);
    else if (isRecord(reasoningContent)) this.#reasoning(index)?.add(reasoningContent);
    // Whether it has the shape that it should is for whoever reads it to see.
    else if (isRecord(citation) && this.#context.jsonTool === undefined) {
      this.#text(index)?.cite(citation as ConverseCitation);
    }
  }

  #startJson(index: unknown): void {
    if (this.#hasJson) {
      this.#blocks.set(index, { item: undefined, hasEnded: false });
      return;
    }
    this.#hasJson = true;
    const item = this.#openItem(index, 'msg', (place) => new MessageItem(place, this.#log));
    const block: Block = { item, isJson: true, hasEnded: false };
    this.#blocks.set(index, block);
    this.#open.set(item, [block]);
  }

  #input(index: unknown, input: unknown): void {
    if (typeof input !== 'string' || input === '') return;
    const block = this.#blocks.get(index);
    if (block === undefined) throw unreadable('tool call arguments without the start of the call');
    const { item } = block;
    if (item instanceof ReasoningItem) throw unreadable('tool call arguments within reasoning');
    item?.add(input);
  }

  #reasoning(index: unknown): ReasoningItem | undefined {
    const { item } = this.#blocks.get(index) ?? {
      item: this.#openItem(index, 'rs', (place) => new ReasoningItem(place, this.#context.reasoning, this.#log)),
    };
    return item instanceof ReasoningItem ? item : undefined;
  }

  /** The message that the text of a block goes into: the last one, where nothing else has come since. */
  #text(index: unknown): MessageItem | undefined {
    const known = this.#blocks.get(index);
    if (known !== undefined) return known.item instanceof MessageItem ? known.item : undefined;
    if (!(this.#last instanceof MessageItem)) {
      return this.#openItem(index, 'msg', (place) => new MessageItem(place, this.#log));
    }
    this.#last.endBlock();
    const block: Block = { item: this.#last, hasEnded: false };
    this.#blocks.set(index, block);
    this.#open.get(this.#last)?.push(block);
    return this.#last;
  }

  #openItem<T extends Item>(index: unknown, prefix: string, make: (place: ResponsesPlace) => T): T {
    this.#closeEnded();
    const output_index = this.#itemCount;
    this.#itemCount += 1;
    const item = make({ item_id: `${prefix}_${this.#context.id.replace(/^resp_/, '')}_${output_index}`, output_index });
    const block: Block = { item, hasEnded: false };
    this.#blocks.set(index, block);
    this.#open.set(item, [block]);
    this.#last = item;
    return item;
  }

  #endBlock(block: Block | undefined): void {
    if (block === undefined || block.hasEnded) return;
    block.hasEnded = true;
    if (!(block.item instanceof MessageItem)) return;
    if (block.isJson === true && block.item.isEmpty) block.item.add('{}');
    block.item.endBlock();
  }

  /** Whether an item is done is known only when the next one begins: more text may come, or the answer may be cut there. */
  #closeEnded(): void {
    for (const [item, blocks] of this.#open)
      if (blocks.every(({ hasEnded }) => hasEnded)) this.#close(item, 'completed');
  }

  #close(item: Item, status: ResponsesItemStatus): void {
    this.#open.delete(item);
    const done = item.close(status);
    const { output_index } = item.place;
    this.#output[output_index] = done;
    this.#log.add({ type: 'response.output_item.done', output_index, item: done });
  }

  #stop(payload: JsonRecord): void {
    this.#begin();
    const stopReason = payload['stopReason'];
    if (typeof stopReason !== 'string') throw unreadable('messageStop without stopReason');
    this.#stopReason = stopReason;
    this.#responseFields = payload['additionalModelResponseFields'];
    const isCut = incompleteReason(stopReason) !== undefined;
    if (!this.#hasJson && this.#heldText !== '') {
      this.#openItem('held', 'msg', (place) => new MessageItem(place, this.#log)).add(this.#heldText);
    }
    if (!isCut) for (const block of this.#blocks.values()) this.#endBlock(block);
    for (const item of this.#open.keys()) this.#close(item, isCut && item === this.#last ? 'incomplete' : 'completed');
  }
}

/** Why an answer is not whole; undefined: it is. Throws `upstream-model-error` when the model's output was malformed. */
function incompleteReason(stopReason: string): 'max_output_tokens' | 'content_filter' | undefined {
  switch (stopReasonToOpenai(stopReason, false)) {
    case 'length':
      return 'max_output_tokens';
    case 'content_filter':
      return 'content_filter';
    default:
      return undefined;
  }
}

/** OpenAI's list for responses that failed has three codes that can be meant here. */
function failureCode({ type, code }: StreamFailure): ResponsesError['code'] {
  if (type === 'rate_limit_error' || code === 'rate_limit_exceeded') return 'rate_limit_exceeded';
  return type === 'invalid_request_error' ? 'invalid_prompt' : 'server_error';
}

function unreadable(what: string): GatewayError {
  return new GatewayError('upstream-failed', 'The model service gave a stream that the gateway cannot read.', {
    cause: new Error(`Converse stream: ${what}`),
  });
}
