import { createHash } from 'node:crypto';
import type { ListedObject, ObjectPage, ObjectStore, PutOptions } from './object-store.ts';

interface Kept {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly lastModifiedMs: number;
}

/** What the bytes of an object are known by: one text for one content. */
export function contentEtag(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Objects in this process, which go with it. */
export class MemoryObjects implements ObjectStore {
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();
  #sorted: string[] | undefined;

  /** `now` in milliseconds: when an object was written. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  async put(key: string, bytes: Uint8Array, options: PutOptions, signal: AbortSignal): Promise<string | undefined> {
    signal.throwIfAborted();
    const there = this.#kept.get(key);
    if (options.ifAbsent === true && there !== undefined) return undefined;
    if (options.ifMatch !== undefined && there?.etag !== options.ifMatch) return undefined;
    const etag = contentEtag(bytes);
    if (there === undefined) this.#sorted = undefined;
    this.#kept.set(key, { bytes: bytes.slice(), etag, lastModifiedMs: this.#now() });
    return etag;
  }

  async get(key: string, signal: AbortSignal): Promise<{ bytes: Uint8Array; etag: string } | undefined> {
    signal.throwIfAborted();
    const there = this.#kept.get(key);
    return there === undefined ? undefined : { bytes: there.bytes.slice(), etag: there.etag };
  }

  async list(prefix: string, after: string | undefined, limit: number, signal: AbortSignal): Promise<ObjectPage> {
    signal.throwIfAborted();
    this.#sorted ??= [...this.#kept.keys()].sort();
    const objects: ListedObject[] = [];
    for (let at = firstBehind(this.#sorted, prefix, after); at < this.#sorted.length; at += 1) {
      const key = this.#sorted[at] as string;
      if (!key.startsWith(prefix)) break;
      if (objects.length === limit) return { objects, next: objects.at(-1)?.key };
      const { bytes, etag, lastModifiedMs } = this.#kept.get(key) as Kept;
      objects.push({ key, bytes: bytes.byteLength, etag, lastModifiedMs });
    }
    return { objects, next: undefined };
  }

  async delete(keys: readonly string[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    for (const key of keys) if (this.#kept.delete(key)) this.#sorted = undefined;
  }

  /** The object itself, as a `data:` URL: there is nothing that would end it. */
  async link(key: string): Promise<string> {
    const bytes = this.#kept.get(key)?.bytes ?? new Uint8Array();
    return `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`;
  }
}

/** Where the first key stands that does not come before the prefix, nor up to `after`; found by halves. */
function firstBehind(sorted: readonly string[], prefix: string, after: string | undefined): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const key = sorted[middle] as string;
    if (key < prefix || (after !== undefined && key <= after)) low = middle + 1;
    else high = middle;
  }
  return low;
}
