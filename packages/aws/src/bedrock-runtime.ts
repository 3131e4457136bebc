import { type Clock, GatewayError, toGatewayError } from '@genai-gateway/core';
import type {
  BedrockRuntime,
  HeaderBag,
  UpstreamListener,
  UpstreamRequest,
  UpstreamTarget,
} from '@genai-gateway/pipeline';
import { type Dispatcher, Pool } from 'undici';
import type { CredentialSource } from './credentials.ts';
import { type AwsCredentials, encodePathSegment, SigV4Signer } from './sigv4.ts';

export interface BedrockRuntimeOptions {
  readonly credentials: CredentialSource;
  readonly now: Clock;
  /** Base URL used for every deployment that names none of its own; undefined: the region's endpoint. */
  readonly endpoint: string | undefined;
  readonly connectTimeoutMs: number;
  /** The longest wait for the first byte of an answer. */
  readonly firstByteTimeoutMs: number;
  /** The longest silence within an answer. */
  readonly silenceTimeoutMs: number;
}

/** What it is after that a connection fails for reasons that a second try can mend. */
const RETRYABLE = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN']);
const MAX_ATTEMPTS = 2;
const RETRY_BASE_MS = 25;
const RETRY_JITTER_MS = 75;

const gone = (): GatewayError => new GatewayError('client-gone', 'The client closed the connection.');

interface Origin {
  readonly pool: Pool;
  readonly host: string;
  /** Path of the base URL, without a slash at its end. */
  readonly prefix: string;
}

/** `BedrockRuntime` over undici's `dispatch` and our own signer. One per process; holds the connections. */
export class UndiciBedrockRuntime implements BedrockRuntime {
  readonly #options: BedrockRuntimeOptions;
  readonly #signer = new SigV4Signer('bedrock');
  readonly #origins = new Map<string, Origin>();
  readonly #paths = new Map<string, string>();

  constructor(options: BedrockRuntimeOptions) {
    this.#options = options;
  }

  send(request: UpstreamRequest, listener: UpstreamListener, signal: AbortSignal): void {
    const credentials = this.#options.credentials.get();
    const start = (ready: AwsCredentials): void =>
      new Attempt(this.#prepare(request, ready), listener, signal, 1).start();
    if (credentials instanceof Promise) {
      credentials.then(start).catch((error: unknown) => listener.onError(toGatewayError(error)));
    } else start(credentials);
  }

  /** Closes every connection; calls that are under way end with an error. */
  async close(): Promise<void> {
    await Promise.all([...this.#origins.values()].map(({ pool }) => pool.destroy()));
  }

  #prepare(request: UpstreamRequest, credentials: AwsCredentials): PreparedCall {
    const { target } = request;
    const region = target.kind === 'model' ? target.deployment.region : target.region;
    const endpoint = (target.kind === 'model' ? target.deployment.endpoint : undefined) ?? this.#options.endpoint;
    const origin = this.#origin(endpoint ?? regionalEndpoint(region));
    const path = origin.prefix + this.#path(target);
    const headers = this.#signer.sign(
      { method: 'POST', host: origin.host, path, headers: request.headers, body: request.body },
      credentials,
      region,
      this.#options.now(),
    );
    return {
      pool: origin.pool,
      options: { method: 'POST', path, headers, body: request.body },
    };
  }

  #path(target: UpstreamTarget): string {
    if (target.kind === 'guardrail') {
      return `/guardrail/${encodePathSegment(target.guardrailId)}/version/${encodePathSegment(target.guardrailVersion)}/apply`;
    }
    const { modelId } = target.deployment;
    let encoded = this.#paths.get(modelId);
    if (encoded === undefined) {
      encoded = encodePathSegment(modelId);
      if (this.#paths.size >= 1000) this.#paths.clear();
      this.#paths.set(modelId, encoded);
    }
    return `/model/${encoded}/${target.operation}`;
  }

  #origin(endpoint: string): Origin {
    const known = this.#origins.get(endpoint);
    if (known !== undefined) return known;
    const url = new URL(endpoint);
    const origin: Origin = {
      pool: new Pool(url.origin, {
        pipelining: 1,
        connect: { timeout: this.#options.connectTimeoutMs },
        headersTimeout: this.#options.firstByteTimeoutMs,
        bodyTimeout: this.#options.silenceTimeoutMs,
        keepAliveTimeout: 50_000,
        keepAliveMaxTimeout: 600_000,
      }),
      host: url.host,
      prefix: url.pathname.replace(/\/+$/, ''),
    };
    this.#origins.set(endpoint, origin);
    return origin;
  }
}

/** Source: https://docs.aws.amazon.com/general/latest/gr/bedrock.html (as of 2026-11-22). */
function regionalEndpoint(region: string): string {
  return `https://bedrock-runtime.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

interface PreparedCall {
  readonly pool: Pool;
  readonly options: Dispatcher.DispatchOptions;
}

/** One try of one call, as undici's handler. */
class Attempt implements Dispatcher.DispatchHandler {
  readonly #call: PreparedCall;
  readonly #listener: UpstreamListener;
  readonly #signal: AbortSignal;
  readonly #attempt: number;
  #controller: Dispatcher.DispatchController | undefined;
  #started = false;
  #settled = false;

  constructor(call: PreparedCall, listener: UpstreamListener, signal: AbortSignal, attempt: number) {
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
    this.#call.pool.dispatch(this.#call.options, this);
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
    if (!this.#started && this.#attempt < MAX_ATTEMPTS && RETRYABLE.has(code)) {
      this.#settle();
      setTimeout(
        () => new Attempt(this.#call, this.#listener, this.#signal, this.#attempt + 1).start(),
        RETRY_BASE_MS + Math.random() * RETRY_JITTER_MS,
      );
      return;
    }
    this.#fail(connectionError(error, code, this.#started));
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

function connectionError(cause: Error, code: string, started: boolean): GatewayError {
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return new GatewayError('upstream-timeout', 'The model did not answer in time.', { cause });
  }
  if (started) {
    return new GatewayError('upstream-cut', 'The connection to the model broke before the answer was complete.', {
      cause,
    });
  }
  return new GatewayError('upstream-unavailable', 'The model service cannot be reached at the moment.', {
    cause,
    retryAfterSeconds: 2,
  });
}
