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

/**
 * Who may use a route of LiteLLM's:
 * - `model`: it calls a model; the key is checked here as on the hot path, and so is what it asks for.
 * - `upload`: a file of a key; the key is checked here, the body is too large to be looked into.
 * - `litellm`: LiteLLM decides by itself, by its own roles; some need no credential at all.
 * - `master`: it runs code, changes the configuration or looks inside the process: the master key only.
 */
export type PassThroughAccess = 'model' | 'upload' | 'litellm' | 'master';

/** A request for a route that LiteLLM serves. */
export interface PassThroughRequest {
  readonly access: PassThroughAccess;
  readonly method: string;
  /** Path and query as they came and were authorised. */
  readonly target: string;
  /** The caller's end-to-end headers, credentials among them. */
  readonly headers: Readonly<Record<string, string>>;
}
