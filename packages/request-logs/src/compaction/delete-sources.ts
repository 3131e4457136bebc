import { sourcePrefixes } from './archive-layout.ts';
import type { CompactionStores } from './compaction-stores.ts';
import type { ClaimedSource } from './head.ts';

const PAGE = 1_000;

/** Deletes the sources that are still what was claimed. Sources are in the order of their keys, as they were listed. */
export async function deleteSources(stores: CompactionStores, sources: readonly ClaimedSource[]): Promise<void> {
  const { raw, signal } = stores;
  for (const prefix of sourcePrefixes) {
    const ours = sources.filter(({ key }) => key.startsWith(prefix));
    const etags = new Map(ours.map(({ key, etag }) => [key, etag]));
    for (let at = 0; at < ours.length; ) {
      const page = await raw.list(prefix, justBefore(ours[at] as ClaimedSource), PAGE, signal);
      const there = page.objects.filter(({ key, etag }) => etags.get(key) === etag).map(({ key }) => key);
      await raw.delete(there, signal);
      await stores.atStep?.('some-deleted');
      const { next } = page;
      if (next === undefined) break;
      while (at < ours.length && (ours[at] as ClaimedSource).key <= next) at += 1;
    }
  }
}

/** A key before this one, with few others between. */
function justBefore({ key }: ClaimedSource): string {
  return key.slice(0, -1);
}
