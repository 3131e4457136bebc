import { type GatewayError, toGatewayError } from '@genai-gateway/core';
import { settled } from './booking.ts';
import type { Call, ReplyHeaders } from './call.ts';
import { AnswerBuffer, noteHead, type UpstreamAnswer } from './collect.ts';
import type { Beating } from './heartbeats.ts';
import type { Services } from './services.ts';
import type { HeaderBag, UpstreamFlow, UpstreamListener } from './upstream.ts';

/** What turns the upstream's bytes into the caller's stream: one per call. */
export interface StreamCodec {
  /** Whether an answer with this status is no stream, but a refusal to be handled as a whole. */
  refuses(status: number): boolean;
  /** Head of the answer to the caller; `upstream` is empty when the head had to go out before it came. */
  headers(upstream: HeaderBag): ReplyHeaders;
  /**
   * Writes what the caller gets for what has come. May throw a GatewayError, after it has written what
   * came before the cause.
   */
  push(bytes: Buffer, write: (bytes: Uint8Array | string) => void): void;
  /** The last bytes. Throws `upstream-cut` when the stream stopped before its end. */
  end(): Uint8Array | string;
  /** Notes in the call's record what the stream has told, once it has ended, however it did. */
  note?(): void;
  /** A sign of life that every client skips; empty where none may stand just now. */
  readonly heartbeat: Uint8Array | string;
  /** Tells, before the last bytes, that the turn was not kept; clients skip it. */
  readonly notSaved: Uint8Array | string;
}

/** After this long without a status from the upstream the stream is opened and kept alive. */
const OPEN_WITHOUT_STATUS_MS = 10_000;

/**
 * Streams a call: upstream frames in, the caller's bytes out, backpressure and heartbeats on the way.
 * Resolves with undefined when the stream was delivered whole, or with the upstream's answer when it
 * refused the call before anything was sent. Rejects with the error that ended it.
 */
export function relay(
  call: Call,
  services: Services,
  send: (listener: UpstreamListener) => void,
  codec: StreamCodec,
): Promise<UpstreamAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const listener = new Relay(call, services, codec, resolve, reject);
    try {
      send(listener);
    } catch (error) {
      // A stream that never began must not stay among those that get heartbeats.
      listener.onError(toGatewayError(error));
    }
  });
}

class Relay implements UpstreamListener, Beating {
  readonly #call: Call;
  readonly #services: Services;
  readonly #codec: StreamCodec;
  readonly #resolve: (answer: UpstreamAnswer | undefined) => void;
  readonly #reject: (error: GatewayError) => void;
  readonly #startedAtMs: number;
  #flow: UpstreamFlow | undefined;
  /** Head of the upstream's stream, kept until the first bytes. */
  #head: HeaderBag = {};
  #status = 200;
  /** Instead of a stream: the answer by which the upstream refused the call. */
  #refusal: AnswerBuffer | undefined;
  #lastWriteMs: number;
  #waitingForReader = false;
  /** Bytes of this turn of the event loop. */
  #arrived: Buffer[] = [];
  #done = false;

  constructor(
    call: Call,
    services: Services,
    codec: StreamCodec,
    resolve: (answer: UpstreamAnswer | undefined) => void,
    reject: (error: GatewayError) => void,
  ) {
    this.#call = call;
    this.#services = services;
    this.#codec = codec;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#startedAtMs = services.now();
    this.#lastWriteMs = this.#startedAtMs;
    services.heartbeats.add(this);
  }

  onHead(status: number, headers: HeaderBag, flow: UpstreamFlow): void {
    this.#flow = flow;
    noteHead(this.#call, this.#services, status, headers);
    if (this.#codec.refuses(status)) {
      this.#refusal = new AnswerBuffer();
      this.#refusal.head(status, headers);
      return;
    }
    // The head waits for the first bytes: they leave together, and an error instead of them still finds its status.
    this.#head = headers;
    this.#status = status;
  }

  onBytes(chunk: Buffer): void {
    if (this.#refusal !== undefined) {
      this.#refusal.push(chunk);
      return;
    }
    if (this.#arrived.length === 0) process.nextTick(this.#relayArrived);
    this.#arrived.push(chunk);
  }

  /**
   * Passes on what has arrived in this turn of the event loop, in one write: an upstream that sends
   * many small frames at once costs one system call, and nothing is held back for longer than the turn.
   */
  readonly #relayArrived = (): void => {
    const [first] = this.#arrived;
    if (this.#done || first === undefined) return;
    const bytes = this.#arrived.length === 1 ? first : Buffer.concat(this.#arrived);
    this.#arrived = [];
    const { record } = this.#call;
    record.streamedBytes = (record.streamedBytes ?? 0) + bytes.length;
    try {
      this.#codec.push(bytes, this.#write);
    } catch (error) {
      this.#fail(toGatewayError(error));
    }
  };

  onEnd(): void {
    if (this.#refusal !== undefined) {
      this.#finish();
      this.#resolveRefusal(this.#refusal);
      return;
    }
    this.#relayArrived();
    if (this.#done) return;
    let last: Uint8Array | string;
    try {
      last = this.#codec.end();
    } catch (error) {
      this.#fail(toGatewayError(error));
      return;
    }
    this.#finish();
    // It is booked and kept before the caller has the last of it: a call that was delivered whole is never lost.
    void settled(this.#call).then(() => this.#deliver(last));
  }

  #deliver(last: Uint8Array | string): void {
    const { reply, signal, record } = this.#call;
    try {
      signal.throwIfAborted();
      if (record.isTurnSaved === false) this.#write(this.#codec.notSaved);
      this.#write(last);
      if (!reply.started) reply.start(this.#status, this.#codec.headers(this.#head));
      reply.end();
      this.#resolve(undefined);
    } catch (error) {
      this.#reject(toGatewayError(error));
    }
  }

  onError(error: GatewayError): void {
    this.#relayArrived(); // what came is delivered before the error
    this.#fail(error);
  }

  beat(quietSinceMs: number): void {
    if (this.#waitingForReader || this.#refusal !== undefined) return;
    const quiet = this.#call.reply.started
      ? this.#lastWriteMs <= quietSinceMs
      : this.#services.now() - this.#startedAtMs >= OPEN_WITHOUT_STATUS_MS;
    if (quiet) this.#write(this.#codec.heartbeat);
  }

  #resolveRefusal(refusal: AnswerBuffer): void {
    try {
      this.#resolve(refusal.whole());
    } catch (error) {
      this.#reject(toGatewayError(error));
    }
  }

  readonly #write = (bytes: Uint8Array | string): void => {
    if (bytes.length === 0) return;
    const { reply, record } = this.#call;
    this.#lastWriteMs = this.#services.now();
    if (!reply.started) {
      record.firstByteAtMs = this.#lastWriteMs;
      reply.start(this.#status, this.#codec.headers(this.#head));
    }
    if (reply.write(bytes) || this.#waitingForReader) return;
    this.#waitingForReader = true;
    this.#flow?.pause();
    reply.onceDrained(() => {
      this.#waitingForReader = false;
      this.#flow?.resume();
    });
  };

  #fail(error: GatewayError): void {
    if (this.#done) return;
    this.#finish();
    this.#call.abort(error);
    this.#reject(error);
  }

  #finish(): void {
    this.#done = true;
    this.#services.heartbeats.delete(this);
    this.#codec.note?.();
  }
}
