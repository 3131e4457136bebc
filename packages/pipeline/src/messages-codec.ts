import { GatewayError } from '@genai-gateway/core';
import {
  AnthropicMessageBuilder,
  type AnthropicStreamEvent,
  sseNamed,
  usageFromInvocationMetrics,
} from '@genai-gateway/protocol';
import type { ConverseToAnthropicStream } from '@genai-gateway/translate';
import type { CallRecord } from './call.ts';
import { SseFrameCodec, streamCut } from './frame-codec.ts';
import { jsonObject } from './json-object.ts';
import { TranslatedCodec } from './translated-codec.ts';

/** Anthropic's own sign of life. Its clients skip it, before the first event too. */
const PING = sseNamed('ping', { type: 'ping' });

/** What is written over in the first event of Claude's own stream. */
export interface MessageNames {
  readonly id: string;
  /** As the caller named it. */
  readonly model: string;
}

const METRICS = 'amazon-bedrock-invocationMetrics';

/**
 * InvokeModelWithResponseStream of a Claude: its own events, in base64 in `chunk` frames, with Bedrock's metrics in the
 * last one. Nearly every event is a piece of the answer and goes on as it came.
 */
export class MessagesFromInvokeCodec extends SseFrameCodec {
  readonly heartbeat = PING;
  readonly #names: MessageNames;
  readonly #builder = new AnthropicMessageBuilder();
  readonly #hears: 'all' | 'ends';
  /** From the event on that ends the stream: it waits until the call is settled. */
  #last = '';
  #ended = false;

  /** `hears`: whether the answer is put together (`answer`), which costs the parsing of every event. */
  constructor(
    record: CallRecord,
    headers: Readonly<Record<string, string>>,
    names: MessageNames,
    hears: 'all' | 'ends' = 'ends',
  ) {
    super(record, headers);
    this.#names = names;
    this.#hears = hears;
  }

  /** The answer, where every event is heard. */
  get builder(): AnthropicMessageBuilder {
    return this.#builder;
  }

  protected override written(eventType: string, json: string): string {
    if (eventType !== 'chunk') return '';
    const bytes = jsonObject(json)?.['bytes'];
    if (typeof bytes !== 'string') return '';
    const data = Buffer.from(bytes, 'base64').toString('utf8');
    const isPiece = data.startsWith('{"type":"content_block_delta"') && !data.includes('\n');
    if (isPiece && this.#hears === 'ends') return `event: content_block_delta\ndata: ${data}\n\n`;
    const event = jsonObject(data);
    if (event === undefined) throw notReadable();
    this.#builder.push(event);
    const text = this.#told(event);
    if (!this.#ended) return text;
    this.#last += text;
    return '';
  }

  #told({ [METRICS]: metrics, ...event }: Record<string, unknown>): string {
    const { type } = event;
    if (typeof type !== 'string') return '';
    switch (type) {
      case 'message_start':
        this.#noteUsage();
        return sseNamed(type, { ...event, message: { ...objectIn(event['message']), ...this.#names } });
      case 'message_delta':
        this.#noteUsage();
        if (this.#builder.stopReason !== undefined) this.record.stopReason = this.#builder.stopReason;
        break;
      case 'message_stop': {
        this.#ended = true;
        const counted = usageFromInvocationMetrics(metrics);
        if (counted !== undefined) this.record.usage = { ...counted, ...this.record.usage };
        break;
      }
      case 'error':
        throw errorInStream(objectIn(event['error']));
    }
    return sseNamed(type, event);
  }

  /** Until the end the output that a stream tells is that of its beginning: a call that is cut has used more. */
  #noteUsage(): void {
    const { usage, stopReason } = this.#builder;
    if (usage === undefined) return;
    const { outputTokens: _soFar, ...input } = usage;
    this.record.usage = stopReason === undefined ? input : usage;
  }

  protected override last(): string {
    if (!this.#ended) throw streamCut();
    return this.#last;
  }
}

/** ConverseStream of any other model. */
export class MessagesFromConverseCodec extends TranslatedCodec<AnthropicStreamEvent, ConverseToAnthropicStream> {
  readonly heartbeat = PING;

  protected override sse(event: AnthropicStreamEvent): string {
    return sseNamed(event.type, event);
  }
}

function objectIn(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
}

function notReadable(): GatewayError {
  return new GatewayError('upstream-failed', 'The model service sent an event that is not JSON.');
}

/** An error that Claude's own stream ends with. */
function errorInStream({ type, message }: Record<string, unknown>): GatewayError {
  const code = {
    overloaded_error: 'upstream-overloaded',
    rate_limit_error: 'upstream-throttled',
    invalid_request_error: 'upstream-rejected',
    timeout_error: 'upstream-timeout',
  } as const;
  const known = typeof type === 'string' && Object.hasOwn(code, type) ? code[type as keyof typeof code] : undefined;
  const told = typeof message === 'string' ? message : 'The model stopped with an error.';
  return new GatewayError(known ?? 'upstream-failed', told, { cause: new Error(`error event ${String(type)}`) });
}
