export type { SessionPage, SessionQuery, SessionStore, TurnBlobs, TurnPage, TurnQuery } from './session-store.ts';
export type { SavedTurn, Session, SessionRef, Turn } from './turn.ts';
