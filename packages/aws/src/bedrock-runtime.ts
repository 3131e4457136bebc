import { type Clock, GatewayError, toGatewayError } from '@genai-gateway/core';
import { dispatchHttpCall, type HttpCall, type HttpFailure } from '@genai-gateway/http-upstream';
import type { BedrockRuntime, UpstreamListener, UpstreamRequest, UpstreamTarget } from '@genai-gateway/pipeline';
import { Pool } from 'undici';
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

const MAX_ATTEMPTS = 2;

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
    const start = (ready: AwsCredentials): void => dispatchHttpCall(this.#prepare(request, ready), listener, signal);
    if (credentials instanceof Promise) {
      credentials.then(start).catch((error: unknown) => listener.onError(toGatewayError(error)));
    } else start(credentials);
  }

  /** Closes every connection; calls that are under way end with an error. */
  async close(): Promise<void> {
    await Promise.all([...this.#origins.values()].map(({ pool }) => pool.destroy()));
  }

  #prepare(request: UpstreamRequest, credentials: AwsCredentials): HttpCall {
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
      dispatcher: origin.pool,
      options: { method: 'POST', path, headers, body: request.body },
      attempts: MAX_ATTEMPTS,
      failed: connectionError,
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

function connectionError(failure: HttpFailure, cause: Error): GatewayError {
  switch (failure) {
    case 'timeout':
      return new GatewayError('upstream-timeout', 'The model did not answer in time.', { cause });
    case 'cut':
      return new GatewayError('upstream-cut', 'The connection to the model broke before the answer was complete.', {
        cause,
      });
    case 'unreachable':
      return new GatewayError('upstream-unavailable', 'The model service cannot be reached at the moment.', {
        cause,
        retryAfterSeconds: 2,
      });
  }
}
