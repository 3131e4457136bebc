import type { GatewayError } from '@genai-gateway/core';
import type { Deployment } from '@genai-gateway/routing';

export type ModelOperation = 'converse' | 'converse-stream' | 'invoke' | 'invoke-with-response-stream' | 'count-tokens';

/** What a native route asks for. */
export interface NativeRequest {
  readonly operation: ModelOperation;
  /** Model id, alias or ARN, decoded. */
  readonly model: string;
  /** The caller's headers that Bedrock defines: `content-type`, `accept`, `x-amzn-bedrock-*`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What is called: a model, or a guardrail by itself. */
export type UpstreamTarget =
  | { readonly kind: 'model'; readonly operation: ModelOperation; readonly deployment: Deployment }
  | {
      readonly kind: 'guardrail';
      readonly guardrailId: string;
      readonly guardrailVersion: string;
      readonly region: string;
    };

export interface UpstreamRequest {
  readonly target: UpstreamTarget;
  /** `content-type`, `accept` and what else is passed on; lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** Header values by lower-case name. */
export type HeaderBag = Readonly<Record<string, string | string[] | undefined>>;

/** Lets a slow reader hold back a fast upstream. */
export interface UpstreamFlow {
  pause(): void;
  resume(): void;
}

/**
 * Who listens to one call. Callbacks, not an iterator: a promise per chunk is what the hot path
 * cannot afford (docs/decisions/0004). After `onHead` any number of `onBytes`; then exactly one of
 * `onEnd` and `onError`, and nothing after it.
 */
export interface UpstreamListener {
  onHead(status: number, headers: HeaderBag, flow: UpstreamFlow): void;
  onBytes(chunk: Buffer): void;
  onEnd(): void;
  /** `upstream-unavailable`, `upstream-timeout`, `upstream-cut`, `credentials-unavailable` or `client-gone`. */
  onError(error: GatewayError): void;
}

/** The Bedrock runtime. */
export interface BedrockRuntime {
  /**
   * Signs and sends. Aborting the signal ends the call with `onError('client-gone')` and closes its
   * connection. A connection that fails before a byte of the answer came is tried once more.
   */
  send(request: UpstreamRequest, listener: UpstreamListener, signal: AbortSignal): void;
}
