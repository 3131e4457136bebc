import { GatewayError } from '@genai-gateway/core';
import {
  type ConverseCitation,
  type ResponsesEcho,
  type ResponsesError,
  type ResponsesErrorEvent,
  type ResponsesEvent,
  type ResponsesPlace,
  type ResponsesResponse,
  type Usage,
  usageFromConverse,
} from '@genai-gateway/protocol';
import { isRecord, type JsonRecord } from '../json.ts';
import { servedFields } from '../openai-over-converse/served.ts';
import { stopReasonToOpenai } from '../openai-over-converse/stop-reasons.ts';
import type { ToolNames } from '../tools/tool-names.ts';
import { CustomCallItem, FunctionCallItem } from './call-item.ts';
import { EventLog } from './event-log.ts';
import { MessageItem } from './message-item.ts';
import { OutputItems } from './output-items.ts';
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

const NO_EVENTS: readonly ResponsesEvent[] = [];

/**
 * The events of one ConverseStream, in order, as those of one Responses stream. One per request.
 * Give `push` the decoded payload of each event frame, and call `end` when the bytes have ended;
 * exception frames are the caller's to raise, and `fail` says them.
 */
export class ConverseToResponsesStream {
  readonly #context: ConverseToResponsesContext;
  readonly #log = new EventLog();
  readonly #items: OutputItems;
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
    this.#items = new OutputItems(context.id, this.#log);
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
        this.#items.endBlock(payload['contentBlockIndex']);
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
    const output = this.#items.output.filter((item) => item !== undefined);
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
      output: this.#items.output,
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
    if (!isRecord(start) || this.#items.has(index)) return;
    const { toolUse, toolResult } = start;
    if (isRecord(toolResult)) this.#items.hide(index);
    if (!isRecord(toolUse)) return;
    const { toolUseId: callId, name: upstreamName, type } = toolUse;
    if (typeof callId !== 'string' || typeof upstreamName !== 'string')
      throw unreadable('a tool call without id or name');
    if (type === 'server_tool_use') this.#items.hide(index);
    else if (upstreamName === this.#context.jsonTool) this.#startJson(index);
    else {
      const { toolNames, customTools } = this.#context;
      const name = toolNames.get(upstreamName) ?? upstreamName;
      const isCustom = customTools.has(name);
      const Kind = isCustom ? CustomCallItem : FunctionCallItem;
      this.#items.open(index, isCustom ? 'ctc' : 'fc', (place) => new Kind(place, { callId, name }, this.#log));
    }
  }

  /** The first such call is the answer. */
  #startJson(index: unknown): void {
    if (this.#hasJson) this.#items.hide(index);
    else this.#items.open(index, 'msg', this.#newMessage, true);
    this.#hasJson = true;
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

  #input(index: unknown, input: unknown): void {
    if (typeof input !== 'string' || input === '') return;
    if (!this.#items.has(index)) throw unreadable('tool call arguments without the start of the call');
    const item = this.#items.itemOf(index);
    if (item instanceof ReasoningItem) throw unreadable('tool call arguments within reasoning');
    item?.add(input);
  }

  #reasoning(index: unknown): ReasoningItem | undefined {
    if (!this.#items.has(index)) {
      return this.#items.open(index, 'rs', (place) => new ReasoningItem(place, this.#context.reasoning, this.#log));
    }
    const item = this.#items.itemOf(index);
    return item instanceof ReasoningItem ? item : undefined;
  }

  /** The message that the text of a block goes into: the last one, where nothing else has come since. */
  #text(index: unknown): MessageItem | undefined {
    if (this.#items.has(index)) {
      const known = this.#items.itemOf(index);
      return known instanceof MessageItem ? known : undefined;
    }
    const { last } = this.#items;
    if (!(last instanceof MessageItem)) return this.#items.open(index, 'msg', this.#newMessage);
    last.endBlock();
    this.#items.join(index, last);
    return last;
  }

  readonly #newMessage = (place: ResponsesPlace): MessageItem => new MessageItem(place, this.#log);

  #stop(payload: JsonRecord): void {
    this.#begin();
    const stopReason = payload['stopReason'];
    if (typeof stopReason !== 'string') throw unreadable('messageStop without stopReason');
    this.#stopReason = stopReason;
    this.#responseFields = payload['additionalModelResponseFields'];
    const isCut = incompleteReason(stopReason) !== undefined;
    if (!this.#hasJson && this.#heldText !== '') {
      this.#items.open('held', 'msg', this.#newMessage).add(this.#heldText);
    }
    this.#items.close(isCut);
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
