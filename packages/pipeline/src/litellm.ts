import type { UpstreamListener } from './upstream.ts';

/** A request for LiteLLM's own HTTP API. */
export interface LitellmRequest {
  readonly method: string;
  /** Path and query, exactly as they were authorised. */
  readonly target: string;
  /** Lower-case names; the credential is among them. `host` and the framing are the adapter's. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | AsyncIterable<Uint8Array> | undefined;
}

/** LiteLLM, which serves what the hot path does not: other providers, management, the Admin UI. */
export interface LitellmProxy {
  /**
   * Sends. Ends with `onError('litellm-unavailable')` when LiteLLM is not there or is a version that this
   * gateway does not know, `upstream-timeout`, `upstream-cut`, or `client-gone` after the signal.
   */
  send(request: LitellmRequest, listener: UpstreamListener, signal: AbortSignal): void;
}
