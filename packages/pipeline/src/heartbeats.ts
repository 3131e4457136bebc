import type { Clock } from '@genai-gateway/core';

/** A stream that must not stay silent. */
export interface Beating {
  /** Writes one heartbeat if nothing was written since `quietSinceMs`. */
  beat(quietSinceMs: number): void;
}

/**
 * One timer for all open streams: a stream that was silent for the interval is asked to show a sign
 * of life, because load balancers and CloudFront cut silent connections.
 */
export class Heartbeats {
  readonly #streams = new Set<Beating>();
  readonly #intervalMs: number;
  readonly #now: Clock;
  readonly #timer: NodeJS.Timeout;

  /** Looks at every open stream once a second; `intervalMs` is the longest silence, plus that second. */
  constructor(intervalMs: number, now: Clock) {
    this.#intervalMs = intervalMs;
    this.#now = now;
    this.#timer = setInterval(() => this.beat(), Math.min(1_000, intervalMs));
    this.#timer.unref();
  }

  /** One look at every open stream. */
  beat(): void {
    const quietSinceMs = this.#now() - this.#intervalMs;
    for (const stream of this.#streams) stream.beat(quietSinceMs);
  }

  add(stream: Beating): void {
    this.#streams.add(stream);
  }

  delete(stream: Beating): void {
    this.#streams.delete(stream);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
