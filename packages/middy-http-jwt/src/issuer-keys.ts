import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { JwtError } from './jwt-error.ts';
import type { JwtIssuer } from './options.ts';

/** How often a token with an unknown key may have the set read again. */
const SEARCH_MS = 30_000;
/** How long after a read that failed nobody tries again. */
const RETRY_MS = 5_000;
const READ_TIMEOUT_MS = 5_000;
/** The longest in use have some twenty kilobytes. */
const MAX_SET_BYTES = 262_144;

/** Finds the public key of a token among an issuer's. */
export type KeyFinder = ReturnType<typeof createLocalJWKSet>;

/**
 * The keys of one issuer: read once for all who wait, read again by age, and once in 30 s for a key that is not known.
 * While they cannot be read, the last good set serves on.
 */
export class IssuerKeys {
  readonly #read: (signal: AbortSignal) => Promise<unknown>;
  readonly #maxAgeMs: number;
  readonly #now: () => number;
  #finder: KeyFinder | undefined;
  #loadedAtMs = Number.NEGATIVE_INFINITY;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #searchedAtMs = Number.NEGATIVE_INFINITY;
  #cause: unknown;
  #loading: Promise<KeyFinder> | undefined;

  constructor(jwks: JwtIssuer['jwks'], maxAgeMs: number, now: () => number) {
    this.#read = readerOf(jwks);
    this.#maxAgeMs = maxAgeMs;
    this.#now = now;
  }

  /** Rejects with `keys-unavailable`. */
  async current(): Promise<KeyFinder> {
    const finder = this.#finder;
    if (finder !== undefined && this.#now() - this.#loadedAtMs < this.#maxAgeMs) return finder;
    if (this.#now() - this.#failedAtMs < RETRY_MS) return finder ?? this.#unavailable();
    return this.#load();
  }

  /** The set read again for a key that is not in it, unless that was done within 30 s. */
  async searched(): Promise<KeyFinder> {
    if (this.#loading !== undefined) return this.#loading;
    if (this.#now() - this.#searchedAtMs < SEARCH_MS) return this.current();
    this.#searchedAtMs = this.#now();
    return this.#load();
  }

  /** Whether the last read failed: the set may lack what is published by now. */
  isOutage(): boolean {
    return this.#failedAtMs > this.#loadedAtMs;
  }

  #load(): Promise<KeyFinder> {
    this.#loading ??= this.#readSet().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #readSet(): Promise<KeyFinder> {
    const startedAtMs = this.#now();
    try {
      // It throws for what is no key set.
      this.#finder = createLocalJWKSet((await this.#read(AbortSignal.timeout(READ_TIMEOUT_MS))) as JSONWebKeySet);
      this.#loadedAtMs = startedAtMs;
      return this.#finder;
    } catch (cause) {
      this.#failedAtMs = this.#now();
      this.#cause = cause;
      return this.#finder ?? this.#unavailable();
    }
  }

  #unavailable(): never {
    throw new JwtError('keys-unavailable', 'The token cannot be checked at the moment. Try again shortly.', {
      cause: this.#cause,
    });
  }
}

function readerOf(jwks: JwtIssuer['jwks']): (signal: AbortSignal) => Promise<unknown> {
  if (typeof jwks === 'function') return jwks;
  return typeof jwks === 'string' ? (signal) => fetchSet(jwks, signal) : async () => jwks;
}

async function fetchSet(url: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { redirect: 'error', signal, headers: { accept: 'application/json' } });
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    throw new Error(`${new URL(url).host} answered ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.length;
    if (length > MAX_SET_BYTES) throw new Error(`the answer of ${new URL(url).host} is too long`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
