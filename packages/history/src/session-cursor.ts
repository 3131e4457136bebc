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

/** Where a page of a search ends: behind a session, or within one, behind the turn at `position`. */
export interface SearchPlace extends SessionPlace {
  readonly position: number | undefined;
}

export function searchCursorOf({ position, ...place }: SearchPlace): string {
  return position === undefined ? cursorOf(place) : `${cursorOf(place)}.${position}`;
}

/** Throws `invalid-request` for what is no cursor of ours. */
export function readSearchCursor(cursor: string): SearchPlace {
  const [, place, position] = /^(\d{1,15}\.[\w-]{1,128})\.(\d{1,15})$/.exec(cursor) ?? [];
  if (place === undefined) return { ...readCursor(cursor), position: undefined };
  return { ...readCursor(place), position: Number(position) };
}

/** For a sweep that is told to go on where no sweep has ended. */
export function noSweepStep(): GatewayError {
  return new GatewayError('invalid-request', "'after' is no step of a sweep. Begin the sweep anew, without it.", {
    param: 'after',
  });
}
