import { type Clock, GatewayError } from '@genai-gateway/core';

/** Up to this age what was read is used. */
const FRESH_MS = 10_000;
/** Up to this age it is used when the store cannot be asked. */
const OUTAGE_MS = 600_000;
const LOOKUP_TIMEOUT_MS = 3_000;
/** Callers make up names as they like: what is kept of them is bounded. */
const MAX_NAMES = 50_000;

interface Entry<Found> {
  readonly found: Found;
  readonly loadedAtMs: number;
}

/** What an administrator has set for names that calls bring, read through from a store and kept for ten seconds. */
export class NamedCache<Found> {
  readonly #what: string;
  readonly #now: Clock;
  readonly #entries = new Map<string, Entry<Found>>();

  /** `what`: whose limits they are, for the message when the store cannot be asked. */
  constructor(what: string, now: Clock) {
    this.#what = what;
    this.#now = now;
  }

  /** Rejects with `identity-unavailable` when `read` fails and nothing young enough is known. */
  of(name: string, read: (signal: AbortSignal) => Promise<Found>): Found | Promise<Found> {
    const entry = this.#entries.get(name);
    if (entry !== undefined && this.#now() - entry.loadedAtMs < FRESH_MS) return entry.found;
    return this.#load(name, read, entry);
  }

  async #load(
    name: string,
    read: (signal: AbortSignal) => Promise<Found>,
    before: Entry<Found> | undefined,
  ): Promise<Found> {
    const loadedAtMs = this.#now();
    try {
      const found = await read(AbortSignal.timeout(LOOKUP_TIMEOUT_MS));
      if (this.#entries.size >= MAX_NAMES) this.#entries.clear();
      this.#entries.set(name, { found, loadedAtMs });
      return found;
    } catch (cause) {
      if (before !== undefined && loadedAtMs - before.loadedAtMs < OUTAGE_MS) return before.found;
      throw new GatewayError(
        'identity-unavailable',
        `The limits of ${this.#what} cannot be checked at the moment. Try again shortly.`,
        { cause, retryAfterSeconds: 2 },
      );
    }
  }
}
