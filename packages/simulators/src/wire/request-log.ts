import type { Operation } from './routes.ts';

/** How many requests are remembered. */
const LOG_LENGTH = 500;

/** One request as a test wants to see it. */
export interface LoggedRequest {
  /** What `x-amzn-RequestId` said. */
  readonly id: string;
  /** Undefined for a request line Bedrock does not know. */
  readonly operation: Operation | undefined;
  /** Decoded. */
  readonly modelId: string;
  /** Path and query as they arrived, still percent-encoded. */
  readonly target: string;
  /** Lower-case names; `:authority` of HTTP/2 as `host`; repeated headers joined by a comma and a blank. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyText: string;
  readonly protocol: 'h1' | 'h2';
  readonly startedAtMs: number;
  /** 0 while no status has been sent. */
  readonly status: number;
  /** Bytes of the response body that were handed to the connection. */
  readonly bytesSent: number;
  /** Frames of a stream, exception frames included. */
  readonly eventsSent: number;
  /** True once the whole answer was handed over. */
  readonly finished: boolean;
  /** True when the client left first. False for a connection that the simulator itself cut. */
  readonly aborted: boolean;
}

/** The record of a request that is still being answered. */
export type OpenRequest = { -readonly [Field in keyof LoggedRequest]: LoggedRequest[Field] };

export interface RequestLog {
  add(request: OpenRequest): void;
  /** Copies, newest last. */
  list(): readonly LoggedRequest[];
  clear(): void;
}

/** A log of the last `LOG_LENGTH` requests. */
export function createRequestLog(): RequestLog {
  let kept: OpenRequest[] = [];
  return {
    add: (request) => {
      kept.push(request);
      // Cut in bulk, so that a long run does not shift the list at every request.
      if (kept.length >= 2 * LOG_LENGTH) kept = kept.slice(-LOG_LENGTH);
    },
    list: () => kept.slice(-LOG_LENGTH).map((request) => ({ ...request })),
    clear: () => {
      kept = [];
    },
  };
}
