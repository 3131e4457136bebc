import { randomUUID } from 'node:crypto';
import { GatewayError, isGatewayError, type ListedObject, type ObjectStore } from '@genai-gateway/core';
import type { ChatApi } from '@genai-gateway/protocol';
import type { TurnJson } from './session-json.ts';
import type { SessionRef } from './turn.ts';
import type { TurnContent } from './turn-pages.ts';

/** All that is made of sessions for their owner to fetch. */
export const EXPORTS_FOLDER = 'exports';
/** Whoever was given the link to a large turn fetches it soon. */
const CONTENT_LINK_SECONDS = 900;
const LISTED = 1_000;

/** Where all objects of an owner are. Owners are hashes. */
export function ownerFolder(owner: string): string {
  return `${EXPORTS_FOLDER}/${owner}/`;
}

/** Where copies of large turns of a session are, each for a short time. */
export function contentFolder({ owner, sessionId }: SessionRef): string {
  return `${ownerFolder(owner)}turns/${sessionId}/`;
}

/** Lays down the whole of a turn, and gives a link to it that ends in 15 minutes; a sweep takes it after a day. */
export async function layDownTurn(
  objects: ObjectStore,
  ref: SessionRef,
  turn: TurnJson,
  api: ChatApi,
  signal: AbortSignal,
): Promise<TurnContent> {
  const key = `${contentFolder(ref)}${turn.position}-${api}-${randomUUID()}.json`;
  const bytes = Buffer.from(JSON.stringify(turn));
  return asHistory(signal, async () => {
    await objects.put(key, bytes, { contentType: 'application/json' }, signal);
    const url = await objects.link(key, CONTENT_LINK_SECONDS, `turn-${turn.position}.json`);
    return { content_url: url, content_bytes: bytes.length };
  });
}

/** Deletes all objects of a folder (its name ends in `/`) but those that are kept, and reads back that they are gone. */
export async function clearFolder(
  objects: ObjectStore,
  folder: string,
  isKept: (key: string) => boolean,
  signal: AbortSignal,
): Promise<number> {
  return asHistory(signal, async () => {
    const cleared = new Set<string>();
    for await (const { key } of objectsIn(objects, folder, signal)) if (!isKept(key)) cleared.add(key);
    await objects.delete([...cleared], signal);
    for await (const { key } of objectsIn(objects, folder, signal)) {
      if (cleared.has(key)) throw new Error(`the object ${key} is still there after it was deleted`);
    }
    return cleared.size;
  });
}

/** Every object whose key begins with this. */
export async function* objectsIn(
  objects: ObjectStore,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<ListedObject> {
  let after: string | undefined;
  do {
    const page = await objects.list(prefix, after, LISTED, signal);
    yield* page.objects;
    after = page.next;
  } while (after !== undefined);
}

/** Work with objects, whose failure is `history-unavailable`; a caller who leaves gets the reason of the signal. */
export async function asHistory<Value>(signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
  signal.throwIfAborted();
  try {
    return await work();
  } catch (cause) {
    signal.throwIfAborted();
    if (isGatewayError(cause)) throw cause;
    throw new GatewayError(
      'history-unavailable',
      'What is kept of sessions cannot be reached at the moment. Try again in a few seconds.',
      { cause, retryAfterSeconds: 2 },
    );
  }
}
