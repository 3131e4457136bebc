import { GatewayError, isGatewayError } from '@genai-gateway/core';
import { dispatchHttpCall, type HttpFailure } from '@genai-gateway/http-upstream';
import type { LitellmProxy, LitellmRequest, UpstreamListener } from '@genai-gateway/pipeline';
import { type Dispatcher, Pool } from 'undici';
import type { LitellmWatch } from './watch.ts';

export interface HttpLitellmOptions {
  /** Base URL, such as `http://litellm:4000`. */
  readonly url: string;
  readonly connectTimeoutMs: number;
  /** The longest wait for the first byte of an answer. */
  readonly firstByteTimeoutMs: number;
  /** The longest silence within an answer. */
  readonly silenceTimeoutMs: number;
  /** What is known of LiteLLM; a version that this gateway does not know gets no calls. */
  readonly watch: Pick<LitellmWatch, 'state'>;
}

/**
 * Idle connections are closed before uvicorn does it (5 s): a request that meets a closing connection
 * would fail, and one that is no GET must not be sent twice.
 * Source: https://www.uvicorn.org/settings/#timeouts (as of 2026-11-23)
 */
const IDLE_MS = 4_000;

/** LiteLLM's HTTP API over undici. `Host` is LiteLLM's own, whatever the caller sent. */
export class HttpLitellmProxy implements LitellmProxy {
  readonly #options: HttpLitellmOptions;
  readonly #pool: Pool;
  readonly #origin: string;
  readonly #host: string;
  readonly #prefix: string;

  constructor(options: HttpLitellmOptions) {
    const url = new URL(options.url);
    this.#options = options;
    this.#origin = url.origin;
    this.#host = url.host;
    this.#prefix = url.pathname.replace(/\/+$/, '');
    this.#pool = new Pool(url.origin, {
      pipelining: 1,
      connect: { timeout: options.connectTimeoutMs },
      headersTimeout: options.firstByteTimeoutMs,
      bodyTimeout: options.silenceTimeoutMs,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MS,
    });
  }

  send(request: LitellmRequest, listener: UpstreamListener, signal: AbortSignal): void {
    const refused = this.refusal();
    if (refused !== undefined) {
      listener.onError(refused);
      return;
    }
    const { method, target, headers, body } = request;
    dispatchHttpCall(
      {
        dispatcher: this.#pool,
        options: {
          method: method as Dispatcher.HttpMethod,
          path: this.#prefix + target,
          headers,
          body: body ?? null,
        } as Dispatcher.DispatchOptions,
        attempts: method === 'GET' || method === 'HEAD' ? 2 : 1,
        failed,
      },
      {
        ...bound(listener),
        onHead: (status, upstream, flow) => listener.onHead(status, this.#relative(upstream), flow),
      },
      signal,
    );
  }

  /** Why LiteLLM gets no calls at the moment, if that is known already. */
  refusal(): GatewayError | undefined {
    const state = this.#options.watch.state();
    if (state.kind === 'wrong-version') return unavailable(state.message);
    return state.kind === 'starting' ? unavailable(STARTING) : undefined;
  }

  /** Where a WebSocket is opened: the URL of LiteLLM for a target. */
  urlOf(target: string): URL {
    return new URL(this.#origin + this.#prefix + target);
  }

  /** Closes every connection; calls that are under way end with an error. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  /** LiteLLM redirects to itself by its own name, which no client can reach. */
  #relative<Headers extends Readonly<Record<string, string | string[] | undefined>>>(headers: Headers): Headers {
    const { location } = headers;
    if (typeof location !== 'string' || !URL.canParse(location)) return headers;
    // The scheme is the client's own where LiteLLM trusts x-forwarded-proto.
    const { host, pathname, search, hash } = new URL(location);
    return host === this.#host ? { ...headers, location: pathname + search + hash } : headers;
  }
}

function bound(listener: UpstreamListener): UpstreamListener {
  return {
    onHead: (status, headers, flow) => listener.onHead(status, headers, flow),
    onBytes: (chunk) => listener.onBytes(chunk),
    onEnd: () => listener.onEnd(),
    onError: (error) => listener.onError(error),
  };
}

function unavailable(message: string, cause?: unknown): GatewayError {
  return new GatewayError('litellm-unavailable', message, {
    retryAfterSeconds: 5,
    ...(cause === undefined ? {} : { cause }),
  });
}

const STARTING =
  'This route or model is served by LiteLLM, which is still starting. Bedrock models are not affected. Try again in a moment.';
const UNREACHABLE =
  'This route or model is served by LiteLLM, which cannot be reached at the moment. Bedrock models are not affected. Try again shortly.';

/** The error for a caller whose route or model is LiteLLM's, which did not take the connection. */
export function litellmUnreachable(cause: unknown): GatewayError {
  return unavailable(UNREACHABLE, cause);
}

function failed(failure: HttpFailure, cause: Error): GatewayError {
  // What went wrong while the caller's body was being read is the caller's own story.
  if (isGatewayError(cause)) return cause;
  switch (failure) {
    case 'timeout':
      return new GatewayError('upstream-timeout', 'LiteLLM did not answer in time.', { cause });
    case 'cut':
      return new GatewayError('upstream-cut', 'The connection to LiteLLM broke before the answer was complete.', {
        cause,
      });
    case 'unreachable':
      return litellmUnreachable(cause);
  }
}
