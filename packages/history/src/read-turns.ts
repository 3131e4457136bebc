import type { SessionStore, TurnPage, TurnQuery } from './session-store.ts';
import { charsOf, type SavedTurn, type SessionRef } from './turn.ts';

/** How many turns are asked for at once: each may be as large as a request may be. */
const STEP = 10;

/**
 * A page of turns that ends early where they get too large together, so that no session, however large, takes more memory
 * than that and a few turns. At least one turn, if there is one, and each once. Undefined: this owner has no such session.
 */
export async function readTurns(
  store: SessionStore,
  ref: SessionRef,
  { limit, after }: TurnQuery,
  maxChars: number,
  signal: AbortSignal,
): Promise<TurnPage | undefined> {
  /** By their ids: one that is in the store twice may come in two steps. */
  const turns = new Map<string, SavedTurn>();
  let chars = 0;
  let read = after;
  do {
    const page = await store.turns(ref, { limit: Math.min(STEP, limit - turns.size), after: read }, signal);
    if (page === undefined) return undefined;
    for (const turn of page.turns) {
      chars += charsOf(turn);
      if (chars > maxChars && turns.size > 0) return { turns: [...turns.values()], next: read };
      turns.set(turn.turnId, turn);
      read = turn.position;
    }
    read = page.next;
  } while (read !== undefined && turns.size < limit);
  return { turns: [...turns.values()], next: read };
}
