import type { SavedTurn, Session, SessionRef, Turn } from './turn.ts';

/** What a page of sessions is asked for. */
export interface SessionQuery {
  /** At most this many, at least 1. */
  readonly limit: number;
  /** `SessionPage.next` of the page before; undefined: the first page. */
  readonly cursor: string | undefined;
  /** Only those whose `updatedAtMs` is at or after this. */
  readonly fromMs: number | undefined;
  /** Only those whose `updatedAtMs` is before this. */
  readonly toMs: number | undefined;
}

/** Sessions, the one used last first. */
export interface SessionPage {
  readonly sessions: readonly Session[];
  /** Undefined: there are no more. Otherwise there may be, and the next page may be empty. */
  readonly next: string | undefined;
}

export interface TurnQuery {
  readonly limit: number;
  /** Only turns behind this position; undefined: from the first on. */
  readonly after: number | undefined;
}

/** Turns in the order in which they were saved. */
export interface TurnPage {
  /** A page may be shorter than was asked for, though there are more. */
  readonly turns: readonly SavedTurn[];
  /** The position to go on behind; undefined: there are no more. */
  readonly next: number | undefined;
}

/**
 * Port: where sessions are kept. Every method rejects with `history-unavailable` when the store cannot be asked in
 * time, and with the signal's reason. What has outlived its retention is not there, whether the store has deleted it or
 * not.
 */
export interface SessionStore {
  /** Undefined: this owner has no such session. */
  find(ref: SessionRef, signal: AbortSignal): Promise<Session | undefined>;

  /**
   * The newest turns, in the order in which they were saved: from the newest back until `wants` says no, which leaves out
   * the turn that it was asked about. It is asked about each turn once, and about none after its no. Undefined: this
   * owner has no such session.
   */
  newestTurns(
    ref: SessionRef,
    wants: (turn: SavedTurn) => boolean,
    signal: AbortSignal,
  ): Promise<readonly SavedTurn[] | undefined>;

  /** A page of turns; undefined: this owner has no such session. */
  turns(ref: SessionRef, query: TurnQuery, signal: AbortSignal): Promise<TurnPage | undefined>;

  /**
   * Adds a turn behind all that are saved, and makes the session where there is none. Turns of one session that are
   * added at once all get in, each in a place of its own; a turn that is added again (`turnId`, after a failure that was
   * none) may be there twice in the store, but one answer gives it out once. False: the session was deleted after the
   * turn had begun or in the same millisecond, and of this turn nothing is kept, whether the session has begun anew or not.
   */
  append(ref: SessionRef, turn: Turn, signal: AbortSignal): Promise<boolean>;

  /**
   * Shortly after a turn was saved its session may not be there yet, or in its old place. A session that is used while
   * its pages are read may be missed. Rejects with `invalid-request` for a cursor that is none.
   */
  sessions(owner: string, query: SessionQuery, signal: AbortSignal): Promise<SessionPage>;

  /** Keeps it no longer than its turns are kept. False: this owner has no such session. */
  rename(ref: SessionRef, title: string | undefined, signal: AbortSignal): Promise<boolean>;

  /**
   * Deletes it with all its turns, and has read back that nothing of them is left; rejects with `history-unavailable`
   * where something is. Undefined: this owner has no such session, nor had one whose deleting was cut short.
   */
  delete(ref: SessionRef, signal: AbortSignal): Promise<DeletedSession | undefined>;

  /**
   * A step of clearing away what nobody can read any more: what has outlived its retention, what came late into a session
   * that was deleted, and blobs that no turn names, once they are a day old. `after` is `next` of the step before. Doing
   * it twice, or twice at once, is doing it once. Rejects with `invalid-request` for an `after` that is none.
   */
  sweep(after: string | undefined, signal: AbortSignal): Promise<SweepStep>;
}

/** What was deleted, read back and found gone. */
export interface DeletedSession {
  /** Turns in the store. */
  readonly items: number;
  /** Large turns in blobs. */
  readonly objects: number;
}

export interface SweepStep extends SweepCounts {
  /** Undefined: everything was seen. */
  readonly next: string | undefined;
}

export interface SweepCounts {
  /** Items that had outlived their retention. */
  readonly expired: number;
  /** Turns that came into a session after it was deleted. */
  readonly late: number;
  /** Blobs that no turn names. */
  readonly orphans: number;
}

/**
 * Port: where turns are kept that are too large for the store itself. Rejects as `SessionStore` does. Names are parts of
 * `[A-Za-z0-9_-]{1,200}` with `/` between them, at most 500 characters, and told apart by case.
 */
export interface TurnBlobs {
  /** In place of what was there under this name. Whoever reads meanwhile gets the one or the other, never a part. */
  put(name: string, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Undefined: there is none of this name. */
  get(name: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** Any number of them, every version of each. Names that are not there count as deleted. */
  delete(names: readonly string[], signal: AbortSignal): Promise<void>;
  /**
   * Some of the names that begin with `folder` and `/` and come behind `after`, in an order of the store's
   * own, which keeps those of one folder together; with those of which only an earlier version is left.
   */
  list(folder: string, after: string | undefined, signal: AbortSignal): Promise<BlobPage>;
}

export interface BlobPage {
  readonly blobs: readonly ListedBlob[];
  /** The `after` of the next page; undefined: there are no more. */
  readonly next: string | undefined;
}

export interface ListedBlob {
  readonly name: string;
  readonly savedAtMs: number;
}
