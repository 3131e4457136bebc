import type { ObjectStore } from '@genai-gateway/core';
import { checkSessionId } from './session-id.ts';
import type { DeletedSessionJson } from './session-json.ts';
import { clearFolder, contentFolder } from './session-objects.ts';
import type { DeletedSession, SessionStore } from './session-store.ts';
import { sessionNotFound } from './sessions-api.ts';
import type { SessionRef } from './turn.ts';

/**
 * `DELETE /v1/sessions/{id}`, with the proof that nothing is left. Rejects with `session-not-found`, and with
 * `history-unavailable` where something is still there: the next call goes on.
 */
export async function deleteSession(
  store: SessionStore,
  objects: ObjectStore | undefined,
  ref: SessionRef,
  signal: AbortSignal,
): Promise<DeletedSessionJson> {
  const deleted = await deleteWhole(store, objects, ref, signal);
  if (deleted === undefined) throw sessionNotFound();
  return { id: ref.sessionId, object: 'session.deleted', deleted: true, proof: { ...deleted, verified: true } };
}

/** A session and the copies of its large turns. Undefined: there was none, and nothing left of one. */
export async function deleteWhole(
  store: SessionStore,
  objects: ObjectStore | undefined,
  ref: SessionRef,
  signal: AbortSignal,
): Promise<DeletedSession | undefined> {
  checkSessionId(ref.sessionId, 'session_id');
  const deleted = await store.delete(ref, signal);
  const copies = objects === undefined ? 0 : await clearFolder(objects, contentFolder(ref), () => false, signal);
  if (deleted === undefined && copies === 0) return undefined;
  return { items: deleted?.items ?? 0, objects: (deleted?.objects ?? 0) + copies };
}
