import { GatewayError } from '@genai-gateway/core';
import type { HeaderBag, UpstreamListener } from '@genai-gateway/pipeline';
import type { Dispatcher } from 'undici';

/** How a connection failed: never made, no answer in time, or broken within the answer. */
export type HttpFailure = 'unreachable' | 'timeout' | 'cut';

/** One call, ready to be sent. */
export interface HttpCall {
  readonly dispatcher: Dispatcher;
  readonly options: Dispatcher.DispatchOptions;
  /** How often it may be tried while no byte of an answer came; 1 when it must not be sent twice. */
  readonly attempts: number;
  /** The error for the caller of a connection that failed; `cause` is undici's. */
  readonly failed: (failure: HttpFailure, cause: Error) => GatewayError;
}

/** What it is after that a connection fails for reasons that a second try can mend. */
const RETRYABLE = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN']);
const RETRY_BASE_MS = 25;
const RETRY_JITTER_MS = 75;

const gone = (): GatewayError => new GatewayError('client-gone', 'The client closed the connection.');

/**
 * Sends a call over undici's `dispatch`, which costs no promise and no stream. Aborting the signal ends
 * it with `onError('client-gone')` and closes its connection.
 */
export function dispatchHttpCall(call: HttpCall, listener: UpstreamListener, signal: AbortSignal): void {
  new Attempt(call, listener, signal, 1).start();
}

/** One try of one call, as undici's handler. */
class Attempt implements Dispatcher.DispatchHandler {
  readonly #call: HttpCall;
  readonly #listener: UpstreamListener;
  readonly #signal: AbortSignal;
  readonly #attempt: number;
  #controller: Dispatcher.DispatchController | undefined;
  #started = false;
  #settled = false;

  constructor(call: HttpCall, listener: UpstreamListener, signal: AbortSignal, attempt: number) {
    this.#call = call;
    this.#listener = listener;
    this.#signal = signal;
    this.#attempt = attempt;
  }

  start(): void {
    if (this.#signal.aborted) {
      this.#listener.onError(gone());
      return;
    }
    this.#signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#call.dispatcher.dispatch(this.#call.options, this);
  }

  readonly #onAbort = (): void => {
    this.#fail(gone());
    // Without a controller it still waits for a connection: `onRequestStart` sees the signal then.
    this.#controller?.abort(gone());
  };

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#signal.aborted) controller.abort(gone());
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: HeaderBag): void {
    if (status < 200 || this.#settled) return;
    this.#started = true;
    this.#listener.onHead(status, headers, controller);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#settled) this.#listener.onBytes(chunk);
  }

  onResponseEnd(): void {
    if (this.#settled) return;
    this.#settle();
    this.#listener.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#settled) return;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!this.#started && this.#attempt < this.#call.attempts && RETRYABLE.has(code)) {
      this.#settle();
      setTimeout(
        () => new Attempt(this.#call, this.#listener, this.#signal, this.#attempt + 1).start(),
        RETRY_BASE_MS + Math.random() * RETRY_JITTER_MS,
      );
      return;
    }
    const isTimeout = code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT';
    this.#fail(this.#call.failed(isTimeout ? 'timeout' : this.#started ? 'cut' : 'unreachable', error));
  }

  #fail(error: GatewayError): void {
    if (this.#settled) return;
    this.#settle();
    this.#listener.onError(error);
  }

  #settle(): void {
    this.#settled = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}
