import type { ErrorCode, NanoUsd, Payer } from '@genai-gateway/core';
import type { Usage } from '@genai-gateway/protocol';

/**
 * How a call ended, for its booking: `delivered` up to its last frame; `cut` after the model had begun to work for it
 * (the client left, the stream broke, the gateway died); `refused` before that, so that nothing was used.
 */
export type CallEnd = 'delivered' | 'cut' | 'refused';

/** One call as it is booked: once, by its `requestId`. All of it can be written as JSON but `costNanoUsd`. */
export interface UsageEvent {
  /** The id in the answer: LiteLLM's `request_id`. No two calls share one. */
  readonly requestId: string;
  readonly payer: Payer;
  /** What was asked: `chat`, `converse`, `converse-stream`, `invoke`, … */
  readonly operation: string;
  /** The route as LiteLLM's tables name it: `/v1/chat/completions`, `/bedrock/model/{id}/converse`. */
  readonly endpoint: string;
  readonly stream: boolean;
  /** The model as the caller named it: LiteLLM's `model_group`. */
  readonly requestedModel: string;
  /** What was called: `us.amazon.nova-lite-v1:0`. Undefined where it was refused before that was known. */
  readonly modelId: string | undefined;
  readonly region: string | undefined;
  /** LiteLLM's id of the deployment in its model list; undefined for a model called by its own id. */
  readonly deploymentId: string | undefined;
  readonly startedAtMs: number;
  /** When the first byte went out to the caller. */
  readonly firstByteAtMs: number | undefined;
  readonly endedAtMs: number;
  readonly end: CallEnd;
  readonly errorCode: ErrorCode | undefined;
  /** The error as the caller read it. */
  readonly errorMessage: string | undefined;
  /** What the provider reported, or what was estimated. */
  readonly usage: Usage | undefined;
  /** The provider did not report all that was used: tokens and cost are the gateway's estimate. */
  readonly isEstimate: boolean;
  readonly costNanoUsd: NanoUsd;
}
