export type { Context, ContextWindowOptions } from './context.ts';
export { answersCalls, ContextWindow, contextOf, messagesOf } from './context.ts';
export { behindLastAnswer, withoutEcho } from './echo.ts';
export type { FolderTurnBlobsOptions } from './folder-turn-blobs.ts';
export { FolderTurnBlobs } from './folder-turn-blobs.ts';
export type { MemorySessionStoreOptions } from './memory-session-store.ts';
export { MemorySessionStore } from './memory-session-store.ts';
export type { SessionPlace } from './session-cursor.ts';
export { cursorOf, noSweepStep, readCursor } from './session-cursor.ts';
export { checkSessionId, newSessionId } from './session-id.ts';
export type {
  ConversationWords,
  DeletedSessionJson,
  ListJson,
  SessionJson,
  TurnJson,
  TurnUsageJson,
} from './session-json.ts';
export type {
  BlobPage,
  DeletedSession,
  ListedBlob,
  SessionPage,
  SessionQuery,
  SessionStore,
  SweepCounts,
  SweepStep,
  TurnBlobs,
  TurnPage,
  TurnQuery,
} from './session-store.ts';
export {
  allSessionIds,
  deleteSession,
  listSessions,
  listTurns,
  readSession,
  renameSession,
  wholeSession,
} from './sessions-api.ts';
export type { QueryParameters } from './sessions-query.ts';
export type { SavedTurn, Session, SessionRef, Turn } from './turn.ts';
export { turnFromBytes, turnToBytes } from './turn-json.ts';
