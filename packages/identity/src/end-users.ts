import type { AdminSetting, Allowance, Clock } from '@genai-gateway/core';
import { NamedCache } from './named-cache.ts';

/** What an administrator has set for an end user. */
export interface EndUserLimits {
  /** What a call must respect and only LiteLLM holds. */
  readonly settings: readonly AdminSetting[];
  readonly allowance: Allowance;
}

/** Where the limits of end users are kept: LiteLLM's tables. */
export interface EndUserStore {
  /**
   * The limits of an end user, also of one whom nobody knows yet: who has no budget of their own has the first of
   * `defaultBudgetIds` that there is. Rejects when it cannot be asked.
   */
  limitsOf(endUserId: string, defaultBudgetIds: readonly string[], signal: AbortSignal): Promise<EndUserLimits>;
}

/**
 * The limits of end users, whom a call names by itself: of the people behind a key that an application
 * uses for all of them. Read through from an `EndUserStore` and kept for ten seconds.
 */
export class EndUsers {
  readonly #store: EndUserStore;
  readonly #cache: NamedCache<EndUserLimits>;

  constructor(store: EndUserStore, now: Clock) {
    this.#store = store;
    this.#cache = new NamedCache('this end user', now);
  }

  /** Rejects with `identity-unavailable` when the store cannot be asked and nothing young enough is known. */
  limitsOf(endUserId: string, defaultBudgetIds: readonly string[]): EndUserLimits | Promise<EndUserLimits> {
    return this.#cache.of([endUserId, ...defaultBudgetIds].join('\n'), (signal) =>
      this.#store.limitsOf(endUserId, defaultBudgetIds, signal),
    );
  }
}
