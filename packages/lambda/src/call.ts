import type { CorsAnswer } from '@genai-gateway/dialects';
import type { AlbEvent } from './alb-event.ts';
import type { Caller } from './authentication.ts';

/** What is known of one call, filled in on its way. Nothing in it is a credential, or a text of a caller's but the id. */
export interface CallState {
  readonly requestId: string;
  readonly startedAtMs: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** For the log: the method, and the path as the route has it. */
  operation: string;
  caller: Caller | undefined;
  /** What the answer tells browsers; undefined: nothing. */
  cors: CorsAnswer | undefined;
  /** A browser asks whether its page may send a request. Such a question bears no credential. */
  isPreflight: boolean;
  /** Headers that an answer has whatever becomes of the call. */
  readonly answerHeaders: Record<string, string>;
}

/** An event on its way through the middlewares: nothing else of what Lambda was sent is in it. */
export interface CallEvent extends AlbEvent {
  readonly call: CallState;
  /** Set by the router: parts of the path, as they stood there. */
  readonly pathParameters?: Readonly<Record<string, string>>;
}
