import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { SessionQuery, SessionStore, SweepCounts } from '../session-store.ts';
import type { SavedTurn, Session, SessionRef, Turn } from '../turn.ts';
import { sampleTurn } from './sample-turn.ts';

export const RETENTION_DAYS = 30;
export const DAY_MS = 86_400_000;

export type SessionStoreStage = ReturnType<typeof sessionStoreStage>;

/**
 * What the tests of a store work with. `store` gives it once it is made. The clock only goes forward, from the real time
 * on, since some stores delete by a clock of their own.
 */
export function sessionStoreStage(store: () => SessionStore) {
  let nowMs = Date.now();
  const { signal } = new AbortController();
  const now = (): number => nowMs;
  /** A later time: what happens next happens in another second. */
  const later = (ms = 2_000): number => {
    nowMs += ms;
    return nowMs;
  };
  const newRef = (owner = `owner-${randomUUID()}`): SessionRef => ({ owner, sessionId: randomUUID() });
  const newTurn = (about: Partial<Turn> = {}): Turn => sampleTurn({ startedAtMs: nowMs, ...about });
  const append = (ref: SessionRef, turn: Turn = newTurn()): Promise<boolean> => store().append(ref, turn, signal);
  const newest = (ref: SessionRef): Promise<readonly SavedTurn[] | undefined> =>
    store().newestTurns(ref, () => true, signal);

  /** All turns by pages. */
  async function allTurns(ref: SessionRef, limit: number): Promise<readonly SavedTurn[]> {
    const turns: SavedTurn[] = [];
    let after: number | undefined;
    for (;;) {
      const page = await store().turns(ref, { limit, after }, signal);
      if (page === undefined) throw new Error('no such session');
      expect(page.turns.length).toBeLessThanOrEqual(limit);
      turns.push(...page.turns);
      if (page.next === undefined) return turns;
      after = page.next;
    }
  }

  /** All sessions by pages. */
  async function allSessions(owner: string, about: Partial<SessionQuery> = {}): Promise<readonly Session[]> {
    const query: SessionQuery = { limit: 100, cursor: undefined, fromMs: undefined, toMs: undefined, ...about };
    const sessions: Session[] = [];
    let { cursor } = query;
    for (;;) {
      const page = await store().sessions(owner, { ...query, cursor }, signal);
      expect(page.sessions.length).toBeLessThanOrEqual(query.limit);
      sessions.push(...page.sessions);
      if (page.next === undefined) return sessions;
      cursor = page.next;
    }
  }

  /** A sweep to its end. */
  async function sweep(): Promise<SweepCounts> {
    const total = { expired: 0, late: 0, orphans: 0 };
    let after: string | undefined;
    do {
      const step = await store().sweep(after, signal);
      total.expired += step.expired;
      total.late += step.late;
      total.orphans += step.orphans;
      after = step.next;
    } while (after !== undefined);
    return total;
  }

  /** A list may be behind the turns for a moment. */
  const eventually = (read: () => Promise<unknown>) => expect.poll(read, { timeout: 10_000, interval: 20 });

  return { store, signal, now, later, newRef, newTurn, append, newest, allTurns, allSessions, sweep, eventually };
}

export function ids(items: readonly { readonly sessionId: string }[]): string[] {
  return items.map((each) => each.sessionId);
}

export function turnIds(turns: readonly Turn[] | undefined): string[] | undefined {
  return turns?.map((each) => each.turnId);
}
