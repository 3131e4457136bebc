import { GatewayError } from '@genai-gateway/core';
import { decodeFrame, FrameSplitter, forEachFrame } from '@genai-gateway/protocol';
import type { CallRecord } from './call.ts';
import type { StreamCodec } from './relay.ts';
import { SSE_NOT_SAVED } from './session-answer.ts';
import type { HeaderBag } from './upstream.ts';
import { streamException } from './upstream-error.ts';

/** A codec whose upstream sends an event stream: it gets runs of whole frames. */
export abstract class FrameCodec implements StreamCodec {
  readonly #splitter = new FrameSplitter();
  abstract readonly heartbeat: Uint8Array | string;
  abstract readonly notSaved: Uint8Array | string;

  refuses(status: number): boolean {
    return status !== 200;
  }

  push(bytes: Buffer, write: (bytes: Uint8Array | string) => void): void {
    const run = this.#splitter.push(bytes);
    if (run.length > 0) this.frames(run, write);
  }

  end(): Uint8Array | string {
    if (this.#splitter.heldBytes > 0) throw streamCut();
    return this.last();
  }

  abstract headers(upstream: HeaderBag): Readonly<Record<string, string>>;
  /** Writes what the caller gets for a run of whole frames; throws as `push` of `StreamCodec`. */
  protected abstract frames(run: Buffer, write: (bytes: Uint8Array | string) => void): void;
  /** The last bytes; throws as `end` of `StreamCodec`. */
  protected abstract last(): Uint8Array | string;
}

/** The same for a caller that gets server-sent events. */
export abstract class SseFrameCodec extends FrameCodec {
  readonly notSaved = SSE_NOT_SAVED;
  protected readonly record: CallRecord;
  readonly #headers: Readonly<Record<string, string>>;

  /** `headers` go into the answer's head. */
  constructor(record: CallRecord, headers: Readonly<Record<string, string>>) {
    super();
    this.record = record;
    this.#headers = headers;
  }

  headers(): Readonly<Record<string, string>> {
    return {
      'content-type': 'text/event-stream; charset=utf-8',
      // Buffering proxies (nginx) would hold the events back; caches must not keep them.
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      ...this.#headers,
    };
  }

  protected override frames(run: Buffer, write: (text: string) => void): void {
    let text = '';
    try {
      forEachFrame(run, (offset) => {
        const { eventType, exceptionType, payload } = decodeFrame(run, offset);
        if (eventType === undefined) throw streamException(exceptionType, payload);
        text += this.written(eventType, payload.toString('utf8'));
      });
    } finally {
      write(text);
    }
  }

  /** What the caller gets for one frame. */
  protected abstract written(eventType: string, json: string): string;
}

/** The error for a stream that stopped before its end. */
export function streamCut(): GatewayError {
  return new GatewayError('upstream-cut', 'The model stream ended before the answer was complete.');
}
