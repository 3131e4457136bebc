import type { ListedObject } from '@genai-gateway/core';
import { auditPrefix, sourcePrefixes, tooLargeKey } from './archive-layout.ts';
import { bytesOfJson, type CompactionLimits, type CompactionStores } from './compaction-stores.ts';
import type { ClaimedSource } from './head.ts';

/** The largest object that is read at all: a few calls at most are larger, and memory is bounded. */
const maxSourceBytes = 32 * 1024 * 1024;

export interface Collected {
  readonly sources: readonly ClaimedSource[];
  /** From where the next list of the same call goes on. */
  readonly next: string | undefined;
  /** Keys of objects that are too large, which were passed over and noted. */
  readonly tooLarge: readonly string[];
}

const PAGE = 1_000;

/**
 * The next sources behind a key, in the order of their keys, as many as one run may have. Of those last written after
 * `untilMs` none is taken: a writer whose put was answered too late to hear it may write the same object once more.
 */
export async function collectSources(
  stores: CompactionStores,
  limits: CompactionLimits,
  after: string | undefined,
  untilMs: number,
): Promise<Collected> {
  const sources: ClaimedSource[] = [];
  const tooLarge: string[] = [];
  let bytes = 0;
  for await (const found of listedSources(stores, after)) {
    if (found.lastModifiedMs >= untilMs) continue;
    if (found.bytes > maxSourceBytes) {
      await noteTooLarge(stores, found);
      tooLarge.push(found.key);
      continue;
    }
    if (sources.length === limits.objectsPerRun || (sources.length > 0 && bytes + found.bytes > limits.bytesPerRun)) {
      return { sources, next: sources.at(-1)?.key, tooLarge };
    }
    sources.push({ key: found.key, etag: found.etag, bytes: found.bytes });
    bytes += found.bytes;
  }
  return { sources, next: undefined, tooLarge };
}

async function* listedSources(
  { raw, signal }: CompactionStores,
  after: string | undefined,
): AsyncGenerator<ListedObject> {
  for (const prefix of sourcePrefixes) {
    for (let from = after; ; ) {
      const page = await raw.list(prefix, from, PAGE, signal);
      yield* page.objects.filter(({ key }) => !key.startsWith(auditPrefix) && !key.endsWith('/'));
      if (page.next === undefined) break;
      from = page.next.startsWith(auditPrefix) ? behind(auditPrefix) : page.next;
    }
  }
}

/** What comes behind every key that begins with this prefix, which ends with a slash. */
function behind(prefix: string): string {
  return `${prefix.slice(0, -1)}0`;
}

async function noteTooLarge(
  { archive, signal, now }: CompactionStores,
  { key, etag, bytes }: ListedObject,
): Promise<void> {
  const note = {
    reason: 'too-large',
    detail: `The object has ${bytes} bytes; ${maxSourceBytes} are the most that is read. It stays where it is: split it into objects of fewer lines, then delete it.`,
    key,
    etag,
    notedAt: new Date(now()).toISOString(),
  };
  await archive.put(tooLargeKey(key, etag), bytesOfJson(note), { ifAbsent: true }, signal);
}
