import type { Clock } from './clock.ts';

export interface OutageOptions {
  readonly now: Clock;
  /** Told with the first failure. */
  readonly begins: (error: unknown) => void;
  /** Told with the first success after it, and how long it took. */
  readonly isOver: (seconds: number) => void;
}

/** A store that is tried again and again: people hear of it once per outage, not once per attempt. */
export class Outage {
  readonly #options: OutageOptions;
  #sinceMs: number | undefined;

  constructor(options: OutageOptions) {
    this.#options = options;
  }

  failed(error: unknown): void {
    if (this.#sinceMs !== undefined) return;
    this.#sinceMs = this.#options.now();
    this.#options.begins(error);
  }

  succeeded(): void {
    if (this.#sinceMs === undefined) return;
    const seconds = Math.round((this.#options.now() - this.#sinceMs) / 1_000);
    this.#sinceMs = undefined;
    this.#options.isOver(seconds);
  }
}
