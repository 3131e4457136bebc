import type { NanoUsd, Payer } from '@genai-gateway/core';
import type { Usage } from '@genai-gateway/protocol';

/** A call that has ended, as its line is made from it. */
export interface LoggedCall {
  /** The id of the request, in the head `x-request-id` of its answer. */
  readonly requestId: string;
  /** The id in the answer, by which it is booked too. */
  readonly answerId: string;
  readonly operation: string;
  /** The route as LiteLLM's tables name it. */
  readonly endpoint: string;
  readonly stream: boolean;
  readonly startedAtMs: number;
  readonly firstByteAtMs: number | undefined;
  readonly endedAtMs: number;
  /** `delivered` to its end, `cut` after the model had begun, `refused` before that. */
  readonly end: 'delivered' | 'cut' | 'refused';
  /** Of the answer; 0: none went out. */
  readonly httpStatus: number;
  readonly requestedModel: string;
  readonly modelId: string | undefined;
  readonly region: string | undefined;
  readonly deploymentId: string | undefined;
  readonly payer: Payer;
  /** The user's address, where the key has one. */
  readonly userEmail: string | undefined;
  readonly errorCode: string | undefined;
  /** The error as the caller read it. */
  readonly errorMessage: string | undefined;
  readonly usage: Usage | undefined;
  readonly isEstimate: boolean;
  readonly costNanoUsd: NanoUsd;
  readonly stopReason: string | undefined;
  /** The conversation, where it is kept. */
  readonly sessionId: string | undefined;
  readonly prompt: { readonly promptId: string; readonly version: string; readonly variant: string } | undefined;
  readonly upstreamRequestId: string | undefined;
  /** What was said; undefined: it is not to be logged. */
  readonly content: LoggedContent | undefined;
}

export interface LoggedContent {
  readonly messages: unknown;
  /** Called when the line is made. */
  readonly answer: () => unknown;
}
