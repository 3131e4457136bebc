import type { AdminSetting, Allowance, ErrorCode, GatewayError, NanoUsd } from '@genai-gateway/core';
import type { UsageEvent } from '@genai-gateway/governance';
import type { Principal } from '@genai-gateway/identity';
import type { OpenaiErrorBody, Usage } from '@genai-gateway/protocol';
import type { Deployment } from '@genai-gateway/routing';

/** The API that the caller speaks. */
export type Dialect = 'bedrock' | 'openai' | 'anthropic';

/** Headers of an answer, by lower-case name. */
export type ReplyHeaders = Readonly<Record<string, string | string[]>>;

/**
 * Where the answer goes. The HTTP layer implements it for its dialect, so that nothing in here knows
 * a status code or an error body.
 */
export interface Reply {
  /** Whether `start` or `send` was called: from then on an error can only end the stream. */
  readonly started: boolean;
  /** Headers for the head of whatever answer comes, an error too; beside those that were announced before. */
  announce(headers: ReplyHeaders): void;
  /** A whole answer at once. */
  send(status: number, headers: ReplyHeaders, body: Uint8Array | string): void;
  /** The head of a streamed answer. */
  start(status: number, headers: ReplyHeaders): void;
  /** A part of a streamed answer. False: the reader is slow, wait for `onceDrained`. */
  write(bytes: Uint8Array | string): boolean;
  onceDrained(resume: () => void): void;
  /** The end of a streamed answer that is complete. */
  end(): void;
  /**
   * The error in the caller's dialect: as a whole answer, or, once the answer has started, as the
   * last event of the stream. An answer that has started and is no stream of events is cut off instead.
   */
  fail(error: GatewayError): void;
  /** Gives `fail` the words for a stream that has started, in place of those of the dialect. */
  failStreamWith(words: StreamFailureWords): void;
}

/** The last bytes of a stream that cannot go on. */
export type StreamFailureWords = (error: OpenaiErrorBody['error']) => string;

/** One request, as the pipeline sees it. */
export interface Call {
  readonly requestId: string;
  readonly dialect: Dialect;
  /** Throws `missing-credential`. */
  credential(): string;
  /** One header of the request, by its lower-case name. */
  header(name: string): string | undefined;
  /**
   * The caller's own headers that may go on to LiteLLM: end to end, without credentials, lower-case names.
   */
  readonly forwardableHeaders: () => Readonly<Record<string, string>>;
  /** The whole body; rejects with `body-too-large`, `body-timeout`, `client-gone`. Once per call. */
  body(): Promise<Buffer>;
  /** The body as it comes, for what nobody here looks into; undefined: there is none. Instead of `body`. */
  bodyStream(): AsyncIterable<Uint8Array> | undefined;
  /**
   * Aborted when the client is gone, when a drain has run out of time, or by `abort`; its reason is the
   * GatewayError that says which.
   */
  readonly signal: AbortSignal;
  /** Ends what is under way upstream, when the answer cannot go on. */
  readonly abort: (reason: GatewayError) => void;
  readonly reply: Reply;
  /** What has become known of the call so far; the settlement reads it. */
  readonly record: CallRecord;
}

/** What a call itself names, or carries because of its key, and what an administrator has set for that. */
export interface Named {
  /** What a call must respect and only LiteLLM holds. */
  readonly settings: readonly AdminSetting[];
  readonly allowance: Allowance;
  readonly endUserId: string | undefined;
  /** Every tag that the call is booked on. */
  readonly tags: readonly string[];
}

/** What was said in a call, for a request log that is to hold it. In the caller's words, but for what the answer was read from. */
export interface CallContent {
  /** Its messages, or the body of a model's own API. */
  readonly messages: unknown;
  /** What was answered, asked for once the call has ended; undefined: nothing, or nothing that was read. */
  readonly answer: () => unknown;
}

/** How a call ended. */
export type Outcome = 'ok' | 'caller-error' | 'upstream-error' | 'gateway-error' | 'client-gone';

/**
 * What is known of one call, filled in by the stages, read at its settlement. Nothing in it is a secret, and nothing but
 * `content` a piece of a prompt.
 */
export interface CallRecord {
  readonly requestId: string;
  readonly dialect: Dialect;
  readonly operation: string;
  readonly startedAtMs: number;
  principal?: Principal;
  /** The route, as LiteLLM's tables name it; undefined for what is no call of a model. */
  endpoint?: string;
  /** The id in the answer, by which the call is booked; undefined: the request's own. */
  answerId?: string;
  /** What the call names beside its model, once that was read. */
  named?: Named;
  /** Access groups that let the call through and that it is booked on. */
  accessGroups?: readonly string[];
  /** Once the call was let through: books what it used. The first settlement counts. */
  booking?: { settle(): Promise<void> };
  /** What was booked; undefined: nothing. */
  booked?: UsageEvent;
  /** Only where `Services.logsContent` is. */
  content?: CallContent;
  /** The id of the conversation, kept or not. */
  sessionId?: string;
  /** Where the call is kept: keeps it, once the answer is whole. Never rejects. */
  turn?: { save(): Promise<void> };
  /** How many turns the model got to read again. */
  storedTurns?: number;
  isTurnSaved?: boolean;
  /** Why it was not, for the log only. */
  turnError?: unknown;
  /** The managed prompt that it goes by. */
  prompt?: { readonly promptId: string; readonly version: string; readonly variant: string };
  /** Cache points that the gateway set. */
  cachePoints?: number;
  /** The model as the caller named it; of a managed prompt the one behind it. */
  requestedModel?: string;
  deployment?: Deployment;
  stream?: boolean;
  requestBytes?: number;
  /** When the request was handed to Bedrock. */
  sentAtMs?: number;
  /** When the upstream's status came. */
  upstreamHeadAtMs?: number;
  /** When the first byte went out to the client. */
  firstByteAtMs?: number;
  upstreamStatus?: number;
  /** The upstream's own id of the call. */
  upstreamRequestId?: string;
  /** Bytes of a streamed answer that came from the upstream so far. */
  streamedBytes?: number;
  usage?: Usage;
  /** What the call is booked at, and whether the provider's figures were lacking. */
  costNanoUsd?: NanoUsd;
  isEstimate?: boolean;
  stopReason?: string;
  /** Parameters that could not be passed on, by name. */
  droppedParams?: readonly string[];
  /** Why LiteLLM serves it, or why it was refused where LiteLLM cannot: in words, for the log. */
  ineligible?: string;
  /** What served it; undefined: the hot path, or nothing. */
  servedBy?: 'litellm';
  errorCode?: ErrorCode;
  /** The error as the caller read it. */
  errorMessage?: string;
  /** The cause behind an error, for the log only. */
  errorCause?: unknown;
}
