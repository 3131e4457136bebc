import type { ApiMessage, ConverseSystemBlock, Usage } from '@genai-gateway/protocol';

/** Whose session it is, and which. An id means another session to every owner. */
export interface SessionRef {
  /** An opaque name: callers with the same one share their sessions. */
  readonly owner: string;
  /** `[A-Za-z0-9_-]{1,128}`, chosen by the caller or by us. */
  readonly sessionId: string;
}

/** A conversation that is kept. */
export interface Session {
  readonly sessionId: string;
  /** Given by its owner; undefined: it has none. */
  readonly title: string | undefined;
  readonly createdAtMs: number;
  /** When its newest turn was saved, or it was renamed. */
  readonly updatedAtMs: number;
}

/** One request and its answer. Never changed once it is saved. */
export interface Turn {
  /** The id of the request. */
  readonly turnId: string;
  readonly startedAtMs: number;
  /** When its answer was complete. */
  readonly endedAtMs: number;
  /** The model by the caller's name for it; of a managed prompt the one behind it. */
  readonly model: string;
  /**
   * The system prompt that held for this turn: the one that came with it, else that of the turns before; undefined: there
   * was none. Each turn has its own, so that it is not lost with the first turns of a long session.
   */
  readonly system: readonly ConverseSystemBlock[] | undefined;
  /** What was sent: the messages of this turn alone. May be empty where only a tool was called on. */
  readonly messages: readonly ApiMessage[];
  readonly answer: ApiMessage;
  /** As the model's API named it. */
  readonly stopReason: string | undefined;
  readonly usage: Usage | undefined;
  /** A guardrail or a filter stopped it: it is shown, but no model reads it again. */
  readonly isBlocked: boolean;
}

/** A turn in its place: positions grow, have gaps, and say in which order the turns of a session were saved. */
export interface SavedTurn extends Turn {
  readonly position: number;
}

/** About how large a turn is, in characters of JSON. */
export function charsOf({ system, messages, answer }: Turn): number {
  return JSON.stringify([system, messages, answer]).length;
}
