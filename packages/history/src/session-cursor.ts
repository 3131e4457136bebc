import { GatewayError } from '@genai-gateway/core';
import type { Session } from './turn.ts';

/** Where a page of sessions ends, newest first. */
export type SessionPlace = Pick<Session, 'updatedAtMs' | 'sessionId'>;

/** The cursor of the page that begins after this session. */
export function cursorOf({ updatedAtMs, sessionId }: SessionPlace): string {
  return `${updatedAtMs}.${sessionId}`;
}

/** Where the page before ended. Throws `invalid-request` for what is no cursor of ours. */
export function readCursor(cursor: string): SessionPlace {
  const [, updatedAtMs, sessionId] = /^(\d{1,15})\.([\w-]{1,128})$/.exec(cursor) ?? [];
  if (updatedAtMs !== undefined && sessionId !== undefined) return { updatedAtMs: Number(updatedAtMs), sessionId };
  throw new GatewayError('invalid-request', "'after' is not a cursor. Send 'next' of the page before, or nothing.", {
    param: 'after',
  });
}

/** For a sweep that is told to go on where no sweep has ended. */
export function noSweepStep(): GatewayError {
  return new GatewayError('invalid-request', "'after' is no step of a sweep. Begin the sweep anew, without it.", {
    param: 'after',
  });
}
