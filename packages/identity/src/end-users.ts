import { type AdminSetting, type Clock, GatewayError } from '@genai-gateway/core';

/** Where the limits of end users are kept: LiteLLM's tables. */
export interface EndUserStore {
  /** What an administrator has set for an end user; empty for one that nobody knows. Rejects when it cannot be asked. */
  settingsOf(endUserId: string, signal: AbortSignal): Promise<readonly AdminSetting[]>;
}

/** Up to this age what was read is used. */
const FRESH_MS = 10_000;
/** Up to this age it is used when the store cannot be asked. */
const OUTAGE_MS = 600_000;
const LOOKUP_TIMEOUT_MS = 3_000;
const MAX_END_USERS = 50_000;

interface Entry {
  readonly settings: readonly AdminSetting[];
  readonly loadedAtMs: number;
}

/**
 * The limits of end users, whom a call names by itself: of the people behind a key that an application
 * uses for all of them. Read through from an `EndUserStore` and kept for ten seconds.
 */
export class EndUsers {
  readonly #store: EndUserStore;
  readonly #now: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(store: EndUserStore, now: Clock) {
    this.#store = store;
    this.#now = now;
  }

  /** Rejects with `identity-unavailable` when the store cannot be asked and nothing young enough is known. */
  settingsOf(endUserId: string): readonly AdminSetting[] | Promise<readonly AdminSetting[]> {
    const entry = this.#entries.get(endUserId);
    if (entry !== undefined && this.#now() - entry.loadedAtMs < FRESH_MS) return entry.settings;
    return this.#load(endUserId, entry);
  }

  async #load(endUserId: string, before: Entry | undefined): Promise<readonly AdminSetting[]> {
    const loadedAtMs = this.#now();
    try {
      const settings = await this.#store.settingsOf(endUserId, AbortSignal.timeout(LOOKUP_TIMEOUT_MS));
      // Callers make up names as they like: what is kept of them is bounded.
      if (this.#entries.size >= MAX_END_USERS) this.#entries.clear();
      this.#entries.set(endUserId, { settings, loadedAtMs });
      return settings;
    } catch (cause) {
      if (before !== undefined && loadedAtMs - before.loadedAtMs < OUTAGE_MS) return before.settings;
      throw new GatewayError(
        'identity-unavailable',
        'The limits of this end user cannot be checked at the moment. Try again shortly.',
        { cause, retryAfterSeconds: 2 },
      );
    }
  }
}
