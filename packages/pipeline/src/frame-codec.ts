import { GatewayError } from '@genai-gateway/core';
import { FrameSplitter } from '@genai-gateway/protocol';
import type { StreamCodec } from './relay.ts';
import type { HeaderBag } from './upstream.ts';

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

/** The error for a stream that stopped before its end. */
export function streamCut(): GatewayError {
  return new GatewayError('upstream-cut', 'The model stream ended before the answer was complete.');
}
