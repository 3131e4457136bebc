import { type ErrorCode, GatewayError } from '@genai-gateway/core';
import { readTurns } from './read-turns.ts';
import { checkSessionId } from './session-id.ts';
import { type ListJson, listJson, type SessionJson, sessionJson, type TurnJson } from './session-json.ts';
import { type FoundSessionJson, searchSessions } from './session-search.ts';
import type { SessionStore } from './session-store.ts';
import { parseSessionQuery, parseTurnQuery, type QueryParameters } from './sessions-query.ts';
import type { SavedTurn, SessionRef } from './turn.ts';
import { type LargeTurnJson, type TurnPageOptions, turnPage } from './turn-pages.ts';

const MAX_TITLE_CHARS = 200;
/** Characters of JSON: a session with more is not given in one piece. */
const MAX_WHOLE_CHARS = 32 * 1024 * 1024;
/** How many sessions are read at once where all are asked for. */
const SESSIONS_AT_ONCE = 100;

/**
 * `GET /v1/sessions?limit=&after=&from=&to=&model=&q=`: the one used last first; `from` counts in, `to` does not; with a
 * model or a text those alone that have it. Rejects with `invalid-request`, and as the store does.
 */
export async function listSessions(
  store: SessionStore,
  owner: string,
  query: QueryParameters,
  signal: AbortSignal,
): Promise<ListJson<SessionJson | FoundSessionJson>> {
  const { model, text, ...sessions } = parseSessionQuery(query);
  if (model !== undefined || text !== undefined) return searchSessions(store, owner, sessions, { model, text }, signal);
  const page = await store.sessions(owner, sessions, signal);
  return listJson(page.sessions.map(sessionJson), page.next);
}

/** `GET /v1/sessions/{id}`. Rejects with `session-not-found`, for the sessions of others too, and as the store does. */
export async function readSession(store: SessionStore, ref: SessionRef, signal: AbortSignal): Promise<SessionJson> {
  const session = await store.find(checked(ref), signal);
  if (session === undefined) throw noSession('session-not-found');
  return sessionJson(session);
}

/** `POST` or `PATCH /v1/sessions/{id}` with `{"title": "…"}`, or null for none. Rejects as the two above do. */
export async function renameSession(
  store: SessionStore,
  ref: SessionRef,
  body: unknown,
  signal: AbortSignal,
): Promise<SessionJson> {
  const isThere = await store.rename(checked(ref), titleOf(body), signal);
  if (!isThere) throw noSession('session-not-found');
  return readSession(store, ref, signal);
}

/** `GET /v1/sessions/{id}/turns?limit=&after=&api=`: in the order in which they were saved, blocked ones too. A
 * page of large turns is shorter than was asked for. Rejects as
 * `renameSession` does. */
export async function listTurns(
  store: SessionStore,
  ref: SessionRef,
  query: QueryParameters,
  options: Omit<TurnPageOptions, 'api'>,
  signal: AbortSignal,
): Promise<ListJson<TurnJson | LargeTurnJson>> {
  const { api, ...turnQuery } = parseTurnQuery(query);
  const page = await turnPage(store, checked(ref), turnQuery, { ...options, api }, signal);
  if (page === undefined) throw noSession('session-not-found');
  return listJson(page.turns, page.next);
}

/**
 * All turns of a session, for the routes that know no pages. Rejects with `session-refused` where the owner has no such
 * session, with `invalid-request` for one that is too large to be given in one piece, and as the store does.
 */
export async function wholeSession(
  store: SessionStore,
  ref: SessionRef,
  signal: AbortSignal,
): Promise<readonly SavedTurn[]> {
  const everything = { limit: Number.POSITIVE_INFINITY, after: undefined };
  const page = await readTurns(store, checked(ref), everything, MAX_WHOLE_CHARS, signal);
  if (page === undefined) throw noSession('session-refused');
  if (page.next === undefined) return page.turns;
  throw new GatewayError(
    'invalid-request',
    'This session is too large to be read at once. Read it page by page: GET /v1/sessions/{id}/turns.',
    { param: 'session_id' },
  );
}

/** The ids of all sessions of an owner, the one used last first, for the route that knows no pages. */
export async function allSessionIds(
  store: SessionStore,
  owner: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const ids = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await store.sessions(
      owner,
      { limit: SESSIONS_AT_ONCE, cursor, fromMs: undefined, toMs: undefined },
      signal,
    );
    for (const { sessionId } of page.sessions) ids.add(sessionId);
    cursor = page.next;
  } while (cursor !== undefined);
  return [...ids];
}

function checked(ref: SessionRef): SessionRef {
  checkSessionId(ref.sessionId, 'session_id');
  return ref;
}

function titleOf(body: unknown): string | undefined {
  const fields: Readonly<Record<string, unknown>> =
    body !== null && typeof body === 'object' && !Array.isArray(body) ? { ...body } : {};
  const { title } = fields;
  if (Object.keys(fields).some((name) => name !== 'title') || title === undefined) {
    throw new GatewayError(
      'invalid-request',
      'Send the new title alone: {"title": "…"}, or {"title": null} for none.',
      {
        param: 'title',
      },
    );
  }
  if (title === null) return undefined;
  if (typeof title === 'string' && title.trim() !== '' && !isTooLong(title) && !/\p{Surrogate}/u.test(title))
    return title;
  throw new GatewayError(
    'invalid-request',
    `'title' must be a text of 1 to ${MAX_TITLE_CHARS} characters, or null for none.`,
    { param: 'title' },
  );
}

function isTooLong(title: string): boolean {
  return title.length > 2 * MAX_TITLE_CHARS || [...title].length > MAX_TITLE_CHARS;
}

/** For one that its owner does not have. */
export function sessionNotFound(): GatewayError {
  return noSession('session-not-found');
}

/** Both say the same, whether the session is somebody else's or nobody's. */
function noSession(code: Extract<ErrorCode, 'session-not-found' | 'session-refused'>): GatewayError {
  return new GatewayError(
    code,
    'There is no such session here. Check its id, and call with the key that it was begun with.',
    {
      param: 'session_id',
    },
  );
}
