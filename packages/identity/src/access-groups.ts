import type { Budget, Clock } from '@genai-gateway/core';
import { NamedCache } from './named-cache.ts';

/** Where the budgets of access groups are kept: LiteLLM's tables. */
export interface AccessGroupStore {
  /** What calls that an access group lets through may spend together. Rejects when it cannot be asked. */
  budgetsOf(group: string, signal: AbortSignal): Promise<readonly Budget[]>;
}

/** The budgets of groups of models. Read through from an `AccessGroupStore` and kept for ten seconds. */
export class AccessGroups {
  readonly #store: AccessGroupStore;
  readonly #cache: NamedCache<readonly Budget[]>;

  constructor(store: AccessGroupStore, now: Clock) {
    this.#store = store;
    this.#cache = new NamedCache('the access group of this model', now);
  }

  /** Rejects with `identity-unavailable` when the store cannot be asked and nothing young enough is known. */
  budgetsOf(group: string): readonly Budget[] | Promise<readonly Budget[]> {
    return this.#cache.of(group, (signal) => this.#store.budgetsOf(group, signal));
  }
}
