import { readSearchCursor, type SearchPlace, searchCursorOf } from './session-cursor.ts';
import { type ListJson, listJson, type SessionJson, sessionJson } from './session-json.ts';
import type { SessionQuery, SessionStore } from './session-store.ts';
import type { SearchTerms } from './sessions-query.ts';
import { charsOf, type Session } from './turn.ts';
import { type MatchJson, turnMatcher } from './turn-match.ts';

/** A session that has what was searched for, and where. */
export interface FoundSessionJson extends SessionJson {
  /** The first of them, at least one. */
  readonly matches: readonly MatchJson[];
}

/** What one request looks at, at most; the next one goes on from there. */
const MAX_SESSIONS = 100;
const MAX_TURNS = 1_000;
const MAX_CHARS = 16 * 1024 * 1024;
const SESSIONS_AT_ONCE = 20;
const TURNS_AT_ONCE = 10;
const MAX_MATCHES = 3;

/** What is left of the work of one request. */
interface Work {
  sessions: number;
  turns: number;
  chars: number;
}

/** What was found in a session, and behind which turn it goes on where the work was over before the session was. */
interface Finding {
  readonly matches: readonly MatchJson[];
  readonly position: number | undefined;
}

/**
 * Sessions that have a turn of a model, with a text, the one used last first. A request looks at so much and no more: a
 * page may be short, or empty, though there are more. Rejects with `invalid-request` for a cursor that is none, and as
 * the store does.
 */
export async function searchSessions(
  store: SessionStore,
  owner: string,
  query: SessionQuery,
  terms: SearchTerms,
  signal: AbortSignal,
): Promise<ListJson<FoundSessionJson>> {
  const work: Work = { sessions: MAX_SESSIONS, turns: MAX_TURNS, chars: MAX_CHARS };
  const found: FoundSessionJson[] = [];
  const end = (place: SearchPlace) => listJson(found, searchCursorOf(place));
  for await (const { session, after } of from(store, owner, query, signal)) {
    const { matches, position } = await search(store, { owner, session, after }, terms, work, signal);
    if (matches.length > 0) found.push({ ...sessionJson(session), matches });
    const isCut = position !== undefined && matches.length === 0;
    const place = { updatedAtMs: session.updatedAtMs, sessionId: session.sessionId };
    if (isCut) return end({ ...place, position });
    work.sessions -= 1;
    if (found.length >= query.limit || isDone(work)) return end({ ...place, position: undefined });
  }
  return listJson(found, undefined);
}

/** Sessions from the cursor on: the one first that the page before has not read to its end. */
async function* from(
  store: SessionStore,
  owner: string,
  query: SessionQuery,
  signal: AbortSignal,
): AsyncGenerator<{ readonly session: Session; readonly after: number | undefined }> {
  let { cursor } = query;
  if (cursor !== undefined) {
    const { position, ...place } = readSearchCursor(cursor);
    cursor = searchCursorOf({ ...place, position: undefined });
    const session = position === undefined ? undefined : await store.find({ owner, ...place }, signal);
    // In its old place, or the page behind it would begin elsewhere.
    if (session !== undefined) yield { session: { ...session, updatedAtMs: place.updatedAtMs }, after: position };
  }
  do {
    const page = await store.sessions(owner, { ...query, limit: SESSIONS_AT_ONCE, cursor }, signal);
    for (const session of page.sessions) yield { session, after: undefined };
    cursor = page.next;
  } while (cursor !== undefined);
}

async function search(
  store: SessionStore,
  at: { readonly owner: string; readonly session: Session; readonly after: number | undefined },
  terms: SearchTerms,
  work: Work,
  signal: AbortSignal,
): Promise<Finding> {
  const matchIn = turnMatcher(terms);
  const ref = { owner: at.owner, sessionId: at.session.sessionId };
  const matches: MatchJson[] = [];
  let { after } = at;
  do {
    const page = await store.turns(ref, { limit: TURNS_AT_ONCE, after }, signal);
    if (page === undefined) break;
    for (const turn of page.turns) {
      work.turns -= 1;
      work.chars -= charsOf(turn);
      const match = matchIn(turn);
      if (match !== undefined) matches.push(match);
      if (matches.length >= MAX_MATCHES) return { matches, position: undefined };
    }
    after = page.next;
  } while (after !== undefined && !isDone(work));
  return { matches, position: after };
}

function isDone({ sessions, turns, chars }: Work): boolean {
  return sessions <= 0 || turns <= 0 || chars <= 0;
}
