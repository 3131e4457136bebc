import type { Clock } from '@genai-gateway/core';
import { cursorOf, noSweepStep, readCursor, type SessionPlace } from './session-cursor.ts';
import type {
  DeletedSession,
  SessionPage,
  SessionQuery,
  SessionStore,
  SweepStep,
  TurnPage,
  TurnQuery,
} from './session-store.ts';
import type { SavedTurn, Session, SessionRef, Turn } from './turn.ts';
import { turnFromBytes, turnToBytes } from './turn-json.ts';

const DAY_MS = 86_400_000;

export interface MemorySessionStoreOptions {
  readonly now: Clock;
  /** How many days a turn is kept after it was saved. */
  readonly retentionDays: number;
}

interface KeptTurn {
  readonly turnId: string;
  readonly position: number;
  /** As bytes, as other stores keep it: what is read is never the object that was saved. */
  readonly bytes: Uint8Array;
  readonly expiresAtMs: number;
}

interface KeptSession {
  readonly ref: SessionRef;
  readonly createdAtMs: number;
  readonly turns: KeptTurn[];
  title: string | undefined;
  updatedAtMs: number;
  expiresAtMs: number;
}

/** Sessions in the memory of one process, for tests and trials: they are gone with it, and nothing bounds them. */
export class MemorySessionStore implements SessionStore {
  readonly #now: Clock;
  readonly #retentionMs: number;
  readonly #sessions = new Map<string, KeptSession>();
  /** When a session was deleted last: outlives the session, so that no turn from before brings it back. */
  readonly #deletedAtMs = new Map<string, number>();
  /** One count for all sessions: so positions have gaps, as the port allows. */
  #lastPosition = 0;

  constructor({ now, retentionDays }: MemorySessionStoreOptions) {
    this.#now = now;
    this.#retentionMs = retentionDays * DAY_MS;
  }

  async find(ref: SessionRef, signal: AbortSignal): Promise<Session | undefined> {
    signal.throwIfAborted();
    const session = this.#live(ref);
    return session && shown(session);
  }

  async newestTurns(
    ref: SessionRef,
    wants: (turn: SavedTurn) => boolean,
    signal: AbortSignal,
  ): Promise<readonly SavedTurn[] | undefined> {
    signal.throwIfAborted();
    const session = this.#live(ref);
    if (session === undefined) return undefined;
    const wanted: SavedTurn[] = [];
    for (const kept of this.#turnsOf(session).toReversed()) {
      const turn = saved(kept);
      if (!wants(turn)) break;
      wanted.push(turn);
    }
    return wanted.reverse();
  }

  async turns(ref: SessionRef, query: TurnQuery, signal: AbortSignal): Promise<TurnPage | undefined> {
    signal.throwIfAborted();
    const session = this.#live(ref);
    if (session === undefined) return undefined;
    const { after, limit } = query;
    const behind = this.#turnsOf(session).filter((each) => after === undefined || each.position > after);
    const page = behind.slice(0, limit);
    return { turns: page.map(saved), next: behind.length > limit ? page.at(-1)?.position : undefined };
  }

  async append(ref: SessionRef, turn: Turn, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    const deletedAtMs = this.#deletedAtMs.get(keyOf(ref));
    if (deletedAtMs !== undefined && turn.startedAtMs <= deletedAtMs) return false;
    const now = this.#now();
    const expiresAtMs = now + this.#retentionMs;
    const session = this.#live(ref) ?? this.#begin(ref, now);
    session.updatedAtMs = now;
    session.expiresAtMs = expiresAtMs;
    if (session.turns.some(({ turnId }) => turnId === turn.turnId)) return true;
    this.#lastPosition += 1;
    session.turns.push({ turnId: turn.turnId, position: this.#lastPosition, bytes: turnToBytes(turn), expiresAtMs });
    return true;
  }

  async sessions(owner: string, query: SessionQuery, signal: AbortSignal): Promise<SessionPage> {
    signal.throwIfAborted();
    const after = query.cursor === undefined ? undefined : readCursor(query.cursor);
    const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY, limit } = query;
    const found = [...this.#sessions.values()]
      .filter((each) => each.ref.owner === owner && this.#isLive(each))
      .map(shown)
      .filter(({ updatedAtMs }) => updatedAtMs >= fromMs && updatedAtMs < toMs)
      .sort(newestFirst)
      .filter((each) => after === undefined || newestFirst(each, after) > 0);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return { sessions: page, next: found.length > limit && last !== undefined ? cursorOf(last) : undefined };
  }

  async rename(ref: SessionRef, title: string | undefined, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    const session = this.#live(ref);
    if (session === undefined) return false;
    session.title = title;
    session.updatedAtMs = this.#now();
    return true;
  }

  async delete(ref: SessionRef, signal: AbortSignal): Promise<DeletedSession | undefined> {
    signal.throwIfAborted();
    const session = this.#live(ref);
    if (session === undefined) return undefined;
    this.#sessions.delete(keyOf(ref));
    this.#deletedAtMs.set(keyOf(ref), this.#now());
    return { items: session.turns.length, objects: 0 };
  }

  async sweep(after: string | undefined, signal: AbortSignal): Promise<SweepStep> {
    signal.throwIfAborted();
    if (after !== undefined) throw noSweepStep();
    let expired = 0;
    for (const [key, session] of this.#sessions) {
      const kept = this.#turnsOf(session);
      expired += session.turns.length - kept.length;
      session.turns.splice(0, session.turns.length, ...kept);
      if (!this.#isLive(session)) this.#sessions.delete(key);
    }
    return { next: undefined, expired, late: 0, orphans: 0 };
  }

  #live(ref: SessionRef): KeptSession | undefined {
    const session = this.#sessions.get(keyOf(ref));
    return session !== undefined && this.#isLive(session) ? session : undefined;
  }

  #isLive({ expiresAtMs }: KeptSession): boolean {
    return this.#now() < expiresAtMs;
  }

  #turnsOf(session: KeptSession): readonly KeptTurn[] {
    const now = this.#now();
    return session.turns.filter(({ expiresAtMs }) => now < expiresAtMs);
  }

  #begin(ref: SessionRef, now: number): KeptSession {
    const session: KeptSession = {
      ref,
      title: undefined,
      createdAtMs: now,
      updatedAtMs: now,
      expiresAtMs: now,
      turns: [],
    };
    this.#sessions.set(keyOf(ref), session);
    return session;
  }
}

/** Ids hold no line break, so no two pairs have the same key, whatever an owner is called. */
function keyOf({ owner, sessionId }: SessionRef): string {
  return `${sessionId}\n${owner}`;
}

function shown({ ref, title, createdAtMs, updatedAtMs }: KeptSession): Session {
  return { sessionId: ref.sessionId, title, createdAtMs, updatedAtMs };
}

function saved({ bytes, position }: KeptTurn): SavedTurn {
  return { ...turnFromBytes(bytes), position };
}

function newestFirst(one: SessionPlace, other: SessionPlace): number {
  if (one.updatedAtMs !== other.updatedAtMs) return other.updatedAtMs - one.updatedAtMs;
  return one.sessionId < other.sessionId ? -1 : Number(one.sessionId > other.sessionId);
}
