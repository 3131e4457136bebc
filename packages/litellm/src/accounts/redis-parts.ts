import { errorMessage } from '@genai-gateway/core';
import type { CounterNames } from './counter-names.ts';
import type { Lease } from './lease.ts';
import { LinkDown, type RedisLink } from './redis-link.ts';

/** What all that is done for a replica in Redis needs. */
export interface RedisParts {
  readonly link: RedisLink;
  readonly names: CounterNames;
  readonly lease: Lease;
  /** Lines for the log; they hold no secrets. */
  readonly log: (message: string) => void;
}

/** How many calls a script or a pipeline takes at most. */
export const atOnce = 100;

/** So many at once that Redis answers within the breaker's time. */
export async function inParts<T>(all: readonly T[], act: (part: readonly T[]) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < all.length; start += atOnce) await act(all.slice(start, start + atOnce));
}

/** Tells what a script failed by; an outage is told by the link. */
export function logUnlessDown(log: (message: string) => void, what: string, error: unknown): void {
  if (error instanceof LinkDown) return;
  const reason = errorMessage(error);
  log(`An account could not be ${what} in Redis: ${reason}`);
}
