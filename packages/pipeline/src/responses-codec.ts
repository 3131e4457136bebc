import { GatewayError, toGatewayError } from '@genai-gateway/core';
import {
  decodeFrame,
  forEachFrame,
  type OpenaiErrorBody,
  type ResponsesEvent,
  SSE_HEARTBEAT,
  servedAs,
  sseNamed,
} from '@genai-gateway/protocol';
import type { ConverseToResponsesStream } from '@genai-gateway/translate';
import type { CallRecord } from './call.ts';
import { FrameCodec } from './frame-codec.ts';
import type { ConverseListener } from './native-codec.ts';
import { SSE_NOT_SAVED } from './session-answer.ts';
import { streamException } from './upstream-error.ts';

/** ConverseStream frames in, the server-sent events of a response out: each has its type as its name too. */
export class ResponsesStreamCodec extends FrameCodec {
  readonly heartbeat = SSE_HEARTBEAT;
  readonly notSaved = SSE_NOT_SAVED;
  readonly #record: CallRecord;
  readonly #stream: ConverseToResponsesStream;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #listener: ConverseListener | undefined;
  #failure: GatewayError | undefined;
  #servedAs: ReturnType<typeof servedAs> = {};

  /** `listener` gets every event of the upstream. */
  constructor(
    record: CallRecord,
    stream: ConverseToResponsesStream,
    headers: Readonly<Record<string, string>>,
    listener?: ConverseListener,
  ) {
    super();
    this.#listener = listener;
    this.#record = record;
    this.#stream = stream;
    this.#headers = headers;
  }

  headers(): Readonly<Record<string, string>> {
    // Buffering proxies (nginx) would hold the events back; caches must not keep them.
    return {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      ...this.#headers,
    };
  }

  protected override frames(run: Buffer, write: (text: string) => void): void {
    let text = '';
    try {
      forEachFrame(run, (offset) => {
        const frame = decodeFrame(run, offset);
        if (frame.eventType === undefined) throw streamException(frame.exceptionType, frame.payload);
        const payload = parsePayload(frame.payload);
        this.#listener?.push(frame.eventType, payload);
        if (frame.eventType === 'metadata') this.#servedAs = servedAs(payload);
        text += sse(this.#events(frame.eventType, payload));
      });
    } finally {
      write(text);
    }
  }

  /** A stop reason that is an error waits for the end: the usage comes after it, and has to be booked. */
  #events(eventType: string, payload: unknown): readonly ResponsesEvent[] {
    try {
      return this.#stream.push(eventType, payload);
    } catch (error) {
      if (eventType !== 'messageStop') throw error;
      this.#failure = toGatewayError(error);
      return [];
    }
  }

  protected override last(): string {
    if (this.#failure !== undefined) throw this.#failure;
    const text = sse(this.#stream.end());
    this.note();
    return text;
  }

  /** The last words of a stream that cannot go on. */
  failed(error: OpenaiErrorBody['error']): string {
    return sse(this.#stream.fail({ ...error, code: error.code ?? error.type }));
  }

  /** What the stream has told so far, for the settlement of a call that is cut too. */
  note(): void {
    if (this.#stream.usage !== undefined) this.#record.usage = { ...this.#stream.usage, ...this.#servedAs };
    if (this.#stream.stopReason !== undefined) this.#record.stopReason = this.#stream.stopReason;
  }
}

function sse(events: readonly ResponsesEvent[]): string {
  let text = '';
  for (const event of events) text += sseNamed(event.type, event);
  return text;
}

function parsePayload(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch (cause) {
    throw new GatewayError('upstream-failed', 'The model service sent an event that is not JSON.', { cause });
  }
}
