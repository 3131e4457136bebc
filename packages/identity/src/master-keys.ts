import { hash, timingSafeEqual } from 'node:crypto';
import { type Clock, fixedSecret, type SecretSource } from '@genai-gateway/core';

export interface MasterKeysOptions {
  readonly source: SecretSource;
  /**
   * How long the key before the newest is taken from callers, from when the newest took its place, milliseconds. Those
   * who hold it have so long to change over; after that a key that was rotated away because somebody else knew it is
   * worth nothing.
   */
  readonly graceMs: number;
  readonly now: Clock;
}

interface Known {
  readonly value: string;
  readonly hash: Buffer;
  /** Taken from callers until then, milliseconds since the Unix epoch. */
  readonly untilMs: number;
}

/** Callers whose key is unknown wait for a new reading of the secret; more than so many at once do not. */
const MAX_WAITING = 100;

/** LiteLLM's master key, which may be another one from time to time: then two are taken, for a while. */
export class MasterKeys {
  readonly #options: MasterKeysOptions;
  readonly #everHashes = new Set<string>();
  readonly #isFixed: boolean;
  #versions: ReturnType<SecretSource['versions']> | undefined;
  #known: readonly Known[] = [];
  #waiting = 0;

  constructor(options: MasterKeysOptions, isFixed = false) {
    this.#options = options;
    this.#isFixed = isFixed;
  }

  /** One that stays as it is. */
  static fixed(value: string): MasterKeys {
    return new MasterKeys({ source: fixedSecret(value), graceMs: 0, now: () => 0 }, true);
  }

  /** Whether callers may come with it now. As long for every key. */
  accepts(keyHash: Buffer): boolean {
    const nowMs = this.#options.now();
    let isAccepted = false;
    for (const { hash: own, untilMs } of this.#current()) {
      if (timingSafeEqual(own, keyHash) && nowMs < untilMs) isAccepted = true;
    }
    return isAccepted;
  }

  /** Newest first: also one that is not taken from callers any more, but that LiteLLM may still want. */
  values(): readonly string[] {
    return this.#current().map(({ value }) => value);
  }

  newest(): string {
    return this.#options.source.versions()[0].value;
  }

  /** Whether it is, or was while this process runs, the hash of a master key. */
  isOrWas(keyHash: string): boolean {
    this.#current();
    return this.#everHashes.has(keyHash);
  }

  /** Settles once the secret was read again; undefined where there is nothing to wait for. */
  reread(): Promise<void> | undefined {
    if (this.#isFixed || this.#waiting >= MAX_WAITING) return undefined;
    this.#waiting += 1;
    return this.#options.source.refresh().finally(() => {
      this.#waiting -= 1;
    });
  }

  #current(): readonly Known[] {
    const versions = this.#options.source.versions();
    if (versions === this.#versions) return this.#known;
    this.#versions = versions;
    const previousUntilMs = (versions[0].sinceMs ?? Number.NEGATIVE_INFINITY) + this.#options.graceMs;
    this.#known = versions.map(({ value }, index) => ({
      ...{ value, hash: hash('sha256', value, 'buffer') },
      untilMs: index === 0 ? Number.POSITIVE_INFINITY : previousUntilMs,
    }));
    for (const each of this.#known) this.#everHashes.add(each.hash.toString('hex'));
    return this.#known;
  }
}
