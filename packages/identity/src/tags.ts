import type { Allowance, Clock } from '@genai-gateway/core';
import { NamedCache } from './named-cache.ts';

/** Where the limits of tags are kept: LiteLLM's tables. */
export interface TagStore {
  /** What calls with a tag may do and spend together. Rejects when it cannot be asked. */
  allowanceOf(tag: string, signal: AbortSignal): Promise<Allowance>;
}

/** The limits of tags, which calls and keys carry. Read through from a `TagStore` and kept for ten seconds. */
export class Tags {
  readonly #store: TagStore;
  readonly #cache: NamedCache<Allowance>;

  constructor(store: TagStore, now: Clock) {
    this.#store = store;
    this.#cache = new NamedCache('a tag of this call', now);
  }

  /** Rejects with `identity-unavailable` when the store cannot be asked and nothing young enough is known. */
  allowanceOf(tag: string): Allowance | Promise<Allowance> {
    return this.#cache.of(tag, (signal) => this.#store.allowanceOf(tag, signal));
  }
}
