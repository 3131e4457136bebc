import { type Clock, GatewayError } from '@genai-gateway/core';
import type { KeyStore } from './key-store.ts';
import type { VirtualKey } from './principal.ts';

export interface KeyCacheOptions {
  /** Up to this age a key is used as it is. */
  readonly freshMs: number;
  /** Up to this age it is used while a newer copy is being read; beyond it the caller waits. */
  readonly revalidateMs: number;
  /** How long "there is no such key" is remembered. */
  readonly absentMs: number;
  /** How long a verified key goes on when the store cannot be asked. */
  readonly outageMs: number;
  /** How long one look-up may take. */
  readonly lookupTimeoutMs: number;
  /** Keys held at most; the ones unused the longest go first. */
  readonly maxKeys: number;
}

/**
 * A revoked key is dead after at most `revalidateMs` (4 s), also when nobody told us; a key made just
 * now is seen at once, or after `absentMs` when it was tried before it existed.
 */
export const defaultKeyCacheOptions: KeyCacheOptions = {
  freshMs: 2_000,
  revalidateMs: 4_000,
  absentMs: 2_000,
  outageMs: 600_000,
  lookupTimeoutMs: 3_000,
  maxKeys: 100_000,
};

interface Entry {
  key: VirtualKey | undefined;
  /** When the read that gave `key` began; -Infinity: never, or what it gave must not be used again. */
  loadedAtMs: number;
  /** When the last read failed that had a key to fall back on; -Infinity: never. */
  failedAtMs: number;
  loading: Promise<VirtualKey | undefined> | undefined;
}

/**
 * Keys by hash, read through from a `KeyStore`: one read at a time per key, refreshed ahead, and
 * kept through an outage of the store. An outage never becomes a negative answer.
 */
export class KeyCache {
  readonly #store: KeyStore;
  readonly #now: Clock;
  readonly #options: KeyCacheOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(store: KeyStore, now: Clock, options: KeyCacheOptions = defaultKeyCacheOptions) {
    this.#store = store;
    this.#now = now;
    this.#options = options;
  }

  /**
   * The key, or undefined when there is none. A hit is answered without a promise, because that is
   * nearly every request. Rejects with `identity-unavailable` when the store cannot be asked and no
   * verified copy is young enough.
   */
  find(keyHash: string): VirtualKey | undefined | Promise<VirtualKey | undefined> {
    const entry = this.#entries.get(keyHash);
    if (entry === undefined) return this.#load(keyHash, this.#newEntry(keyHash));
    const ageMs = this.#now() - entry.loadedAtMs;
    if (entry.key === undefined) return ageMs < this.#options.absentMs ? undefined : this.#load(keyHash, entry);
    if (ageMs < this.#options.freshMs) return entry.key;
    const loading = this.#load(keyHash, entry);
    if (ageMs >= this.#options.revalidateMs && !this.#inOutage(entry, ageMs)) return loading;
    loading.catch(() => {}); // a refresh ahead that fails is tried again by the next call
    return entry.key;
  }

  /** What was read of this key must not be used again, not even through an outage, nor a read under way. */
  invalidate(keyHash: string): void {
    this.#entries.delete(keyHash);
  }

  /** Any key may have changed unheard: each is read again before its next use, if the store can be asked. */
  invalidateAll(): void {
    const oldEnough = this.#now() - this.#options.revalidateMs;
    for (const entry of this.#entries.values()) entry.loadedAtMs = Math.min(entry.loadedAtMs, oldEnough);
  }

  /** A store that failed a moment ago is asked again, but nobody waits for it who has a verified key. */
  #inOutage(entry: Entry, ageMs: number): boolean {
    return ageMs < this.#options.outageMs && this.#now() - entry.failedAtMs < this.#options.revalidateMs;
  }

  #newEntry(keyHash: string): Entry {
    if (this.#entries.size >= this.#options.maxKeys) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    const entry: Entry = {
      key: undefined,
      loadedAtMs: Number.NEGATIVE_INFINITY,
      failedAtMs: Number.NEGATIVE_INFINITY,
      loading: undefined,
    };
    this.#entries.set(keyHash, entry);
    return entry;
  }

  #load(keyHash: string, entry: Entry): Promise<VirtualKey | undefined> {
    if (entry.loading !== undefined) return entry.loading;
    const loading = this.#read(keyHash, entry).finally(() => {
      entry.loading = undefined;
    });
    entry.loading = loading;
    return loading;
  }

  async #read(keyHash: string, entry: Entry): Promise<VirtualKey | undefined> {
    const startedAtMs = this.#now();
    try {
      const key = await this.#store.findByHash(keyHash, AbortSignal.timeout(this.#options.lookupTimeoutMs));
      entry.key = key;
      entry.loadedAtMs = startedAtMs;
      // Re-inserting keeps the map in order of last reading, which is what `#newEntry` evicts by; an
      // entry that was invalidated meanwhile is not in the map any more and must not come back.
      if (this.#entries.get(keyHash) === entry) {
        this.#entries.delete(keyHash);
        this.#entries.set(keyHash, entry);
      }
      return key;
    } catch (cause) {
      if (entry.key !== undefined && startedAtMs - entry.loadedAtMs < this.#options.outageMs) {
        entry.failedAtMs = this.#now();
        return entry.key;
      }
      if (this.#entries.get(keyHash) === entry && entry.key === undefined) this.#entries.delete(keyHash);
      throw new GatewayError('identity-unavailable', 'The key cannot be checked at the moment. Try again shortly.', {
        cause,
        retryAfterSeconds: 2,
      });
    }
  }
}
