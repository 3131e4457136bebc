export type { Context, ContextWindowOptions } from './context.ts';
export { answersCalls, ContextWindow, contextOf, messagesOf } from './context.ts';
export { behindLastAnswer, withoutEcho } from './echo.ts';
export type { ExportSweepStep } from './export-sweep.ts';
export { sweepExports } from './export-sweep.ts';
export type { FolderTurnBlobsOptions } from './folder-turn-blobs.ts';
export { FolderTurnBlobs } from './folder-turn-blobs.ts';
export { jsonBytes } from './json-bytes.ts';
export type { MemorySessionStoreOptions } from './memory-session-store.ts';
export { MemorySessionStore } from './memory-session-store.ts';
export type { SessionPlace } from './session-cursor.ts';
export { cursorOf, noSweepStep, readCursor } from './session-cursor.ts';
export { deleteSession } from './session-deletion.ts';
export { checkSessionId, newSessionId } from './session-id.ts';
export type { JobRequest, JobServices, RunTime, SessionJob } from './session-job.ts';
export { isJobKey, SessionJobs } from './session-job.ts';
export { runJob } from './session-job-run.ts';
export type { JobJson, JobOf } from './session-jobs-api.ts';
export { askForJob, jobJson, readJob } from './session-jobs-api.ts';
export type {
  ConversationWords,
  DeletedSessionJson,
  DeletionProofJson,
  ListJson,
  SessionJson,
  TurnHeadJson,
  TurnJson,
  TurnUsageJson,
} from './session-json.ts';
export { EXPORTS_FOLDER, layDownTurn } from './session-objects.ts';
export type { FoundSessionJson } from './session-search.ts';
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
  listSessions,
  listTurns,
  readSession,
  renameSession,
  wholeSession,
} from './sessions-api.ts';
export type { QueryParameters } from './sessions-query.ts';
export type { SavedTurn, Session, SessionRef, Turn } from './turn.ts';
export { turnFromBytes, turnToBytes } from './turn-json.ts';
export type { MatchJson } from './turn-match.ts';
export type { LargeTurnJson, TurnContent, TurnPageOptions } from './turn-pages.ts';
