import { GatewayError, toGatewayError } from '@genai-gateway/core';
import {
  decodeFrame,
  forEachFrame,
  type OpenaiChunk,
  SSE_DONE,
  SSE_HEARTBEAT,
  servedAs,
} from '@genai-gateway/protocol';
import type { ConverseToOpenaiStream } from '@genai-gateway/translate';
import type { CallRecord } from './call.ts';
import { FrameCodec } from './frame-codec.ts';
import { streamException } from './upstream-error.ts';

/** ConverseStream frames in, OpenAI's server-sent events out. */
export class OpenaiStreamCodec extends FrameCodec {
  readonly heartbeat = SSE_HEARTBEAT;
  readonly #record: CallRecord;
  readonly #stream: ConverseToOpenaiStream;
  readonly #headers: Readonly<Record<string, string>>;
  #head: string | undefined;
  #failure: GatewayError | undefined;
  #servedAs: ReturnType<typeof servedAs> = {};

  constructor(record: CallRecord, stream: ConverseToOpenaiStream, headers: Readonly<Record<string, string>>) {
    super();
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
        if (frame.eventType === 'metadata') this.#servedAs = servedAs(payload);
        for (const chunk of this.#chunks(frame.eventType, payload)) text += this.#sse(chunk);
      });
    } finally {
      write(text);
    }
  }

  /** A stop reason that is an error waits for the end: the usage comes after it, and has to be booked. */
  #chunks(eventType: string, payload: unknown): readonly OpenaiChunk[] {
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
    let text = '';
    for (const chunk of this.#stream.end()) text += this.#sse(chunk);
    this.note();
    return text + SSE_DONE;
  }

  /**
   * `sseData(chunk)`, with the part that all chunks of a stream share written only once: it is half of
   * a chunk, and there is one for every few letters. A type test holds the list of fields.
   */
  #sse(chunk: OpenaiChunk): string {
    const { id, object, created, model, choices, usage } = chunk;
    this.#head ??= `data: ${JSON.stringify({ id, object, created, model }).slice(0, -1)},"choices":`;
    const end = usage === undefined ? '}\n\n' : `,"usage":${JSON.stringify(usage)}}\n\n`;
    return this.#head + JSON.stringify(choices) + end;
  }

  /** What the stream has told so far, for the settlement of a call that is cut too. */
  note(): void {
    if (this.#stream.usage !== undefined) this.#record.usage = { ...this.#stream.usage, ...this.#servedAs };
    if (this.#stream.stopReason !== undefined) this.#record.stopReason = this.#stream.stopReason;
  }
}

function parsePayload(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch (cause) {
    throw new GatewayError('upstream-failed', 'The model service sent an event that is not JSON.', { cause });
  }
}
