export type { Context, ContextWindowOptions } from './context.ts';
export { answersCalls, ContextWindow, contextOf, messagesOf } from './context.ts';
export { behindLastAnswer, withoutEcho } from './echo.ts';
export { MemorySessionStore } from './memory-session-store.ts';
export { checkSessionId, newSessionId } from './session-id.ts';
export type { SessionPage, SessionQuery, SessionStore, TurnBlobs, TurnPage, TurnQuery } from './session-store.ts';
export type { SavedTurn, Session, SessionRef, Turn } from './turn.ts';
export { turnFromBytes, turnToBytes } from './turn-json.ts';
