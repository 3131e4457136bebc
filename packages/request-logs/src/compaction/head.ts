import type { ListedObject } from '@genai-gateway/core';
import { headKey, rowsPrefix, runsPrefix } from './archive-layout.ts';
import { bytesOfJson, type CompactionStores, jsonOf } from './compaction-stores.ts';

/** An object that a run has claimed, as it was then. */
export type ClaimedSource = Pick<ListedObject, 'key' | 'etag' | 'bytes'>;

interface Owned {
  /** Who has written this last: tells one process's own writing from another's. */
  readonly owner: string;
  /** Counts up by one with each claim. */
  readonly run: number;
}

export interface IdleHead extends Owned {
  readonly stage: 'idle';
}

/** Somebody is turning these sources into files, whose names and rows follow from this alone. */
export interface ClaimedHead extends Owned {
  readonly stage: 'claimed';
  readonly claimedAtMs: number;
  readonly leaseUntilMs: number;
  readonly sources: readonly ClaimedSource[];
}

/** All files of the run are there and were read back; its manifest names the sources that are to be deleted. */
export interface WrittenHead extends Owned {
  readonly stage: 'written';
  readonly leaseUntilMs: number;
  readonly manifest: string;
}

export type Head = IdleHead | ClaimedHead | WrittenHead;

/** A head with the etag by which it can be replaced. */
export interface FoundHead<Kind extends Head = Head> {
  readonly head: Kind;
  readonly etag: string;
}

/**
 * The one object that says how far the last run is. It is replaced by conditional puts only, so there is never more than
 * one unfinished run, and nobody can claim on a list of sources that another run has changed since.
 */
export async function readHead(stores: CompactionStores): Promise<FoundHead> {
  const { archive, signal } = stores;
  const found = await archive.get(headKey, signal);
  if (found !== undefined) return { head: jsonOf(found.bytes) as Head, etag: found.etag };
  await refuseForgotten(stores);
  const first: IdleHead = { stage: 'idle', owner: stores.owner, run: 0 };
  const etag = await archive.put(headKey, bytesOfJson(first), { ifAbsent: true }, signal);
  return etag === undefined ? readHead(stores) : { head: first, etag };
}

/** Undefined: somebody else has replaced it in the meantime. */
export async function replaceHead<Kind extends Head>(
  { archive, signal }: CompactionStores,
  was: FoundHead,
  head: Kind,
): Promise<FoundHead<Kind> | undefined> {
  const bytes = bytesOfJson(head);
  const etag = await archive.put(headKey, bytes, { ifMatch: was.etag }, signal);
  if (etag !== undefined) return { head, etag };
  // An answer that was lost makes the store repeat the call, which then meets our own writing.
  const found = await archive.get(headKey, signal);
  return found !== undefined &&
    bytes.every((byte, at) => found.bytes[at] === byte) &&
    found.bytes.length === bytes.length
    ? { head, etag: found.etag }
    : undefined;
}

/** Numbers of runs must not begin again beside files of the old ones, which new ones would replace. */
async function refuseForgotten({ archive, signal }: CompactionStores): Promise<void> {
  for (const prefix of [runsPrefix, rowsPrefix]) {
    const [any] = (await archive.list(prefix, undefined, 1, signal)).objects;
    // Another process may have made the head a moment ago.
    if (any === undefined || any.key === headKey || (await archive.get(headKey, signal)) !== undefined) continue;
    throw new Error(
      `The archive has ${any.key} but no ${headKey}, which says where compaction stands. Put it back: {"stage":"idle","owner":"operator","run":N} with N the highest number of a run under ${runsPrefix} and ${rowsPrefix}.`,
    );
  }
}
