import { type Clock, GatewayError } from '@genai-gateway/core';
import type { JwksSource } from './jwks-source.ts';
import { KeySet } from './key-set.ts';

/** Up to this age a set is used as it is. */
const FRESH_MS = 30_000;
/** Up to this age it is used while it is read again; beyond it the caller waits. A removed key is dead by then. */
const REVALIDATE_MS = 60_000;
/** How often a token with an unknown key may have the set read again. */
const SEARCH_MS = 30_000;
/** How long after a read that failed nobody tries again. */
const RETRY_MS = 5_000;
const READ_TIMEOUT_MS = 5_000;

/**
 * The key set of one issuer: read once for all who wait, read again ahead of its age, and kept through an outage of
 * its source for as long as that lasts. An outage never becomes a negative answer.
 */
export class KeySetCache {
  readonly #source: JwksSource;
  readonly #now: Clock;
  #set: KeySet | undefined;
  /** When the read that gave `#set` began, when one last failed, when one was last asked for by an unknown key. */
  #loadedAtMs = Number.NEGATIVE_INFINITY;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #searchedAtMs = Number.NEGATIVE_INFINITY;
  #failed = false;
  #cause: unknown;
  #loading: Promise<KeySet> | undefined;

  constructor(source: JwksSource, now: Clock) {
    this.#source = source;
    this.#now = now;
  }

  /** The set, 60 s old at most while its source answers. Throws or rejects with `identity-unavailable`. */
  current(): KeySet | Promise<KeySet> {
    const nowMs = this.#now();
    const set = this.#set;
    if (set !== undefined && nowMs - this.#loadedAtMs < FRESH_MS) return set;
    if (this.#failed && nowMs - this.#failedAtMs < RETRY_MS) return set ?? this.#unavailable();
    const loading = this.#load();
    // Who waited once for a source that does not answer need not do so again.
    if (set === undefined || (nowMs - this.#loadedAtMs >= REVALIDATE_MS && !this.isOutage())) return loading;
    loading.catch(() => {}); // with a set at hand it never rejects
    return set;
  }

  /** The set read again for a key that is not in it, unless that was done within 30 s. Rejects as `current` does. */
  searched(): KeySet | Promise<KeySet> {
    if (this.#loading !== undefined) return this.#loading;
    const nowMs = this.#now();
    if (nowMs - this.#searchedAtMs < SEARCH_MS) return this.current();
    this.#searchedAtMs = nowMs;
    return this.#load();
  }

  /** Whether the source could not be asked when it last was: the set may lack what is published by now. */
  isOutage(): boolean {
    return this.#failed;
  }

  #load(): Promise<KeySet> {
    this.#loading ??= this.#read().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #read(): Promise<KeySet> {
    const startedAtMs = this.#now();
    try {
      this.#set = new KeySet(await this.#source.read(AbortSignal.timeout(READ_TIMEOUT_MS)));
      this.#loadedAtMs = startedAtMs;
      this.#failed = false;
      return this.#set;
    } catch (cause) {
      this.#failedAtMs = this.#now();
      this.#failed = true;
      this.#cause = cause;
      return this.#set ?? this.#unavailable();
    }
  }

  #unavailable(): never {
    throw new GatewayError(
      'identity-unavailable',
      'The token cannot be checked at the moment, because the keys of its issuer cannot be had. Try again shortly.',
      { cause: this.#cause, retryAfterSeconds: RETRY_MS / 1_000 },
    );
  }
}
