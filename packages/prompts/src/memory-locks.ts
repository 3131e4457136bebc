import { unlessAborted } from '@genai-gateway/core';
import type { NamedLocks } from './prompt-administration.ts';

/** `NamedLocks` for one process. */
export class MemoryLocks implements NamedLocks {
  /** Who came last, by name. */
  readonly #last = new Map<string, Promise<unknown>>();

  hold<T>(name: string, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const mine = (this.#last.get(name) ?? Promise.resolve()).then(() => {
      signal.throwIfAborted();
      return work(signal);
    });
    const over = mine
      .catch(() => {}) // told to whoever asked
      .then(() => {
        if (this.#last.get(name) === over) this.#last.delete(name);
      });
    this.#last.set(name, over);
    return unlessAborted(mine, signal);
  }
}
