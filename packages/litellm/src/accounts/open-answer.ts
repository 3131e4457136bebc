import type { Refusal, Standings } from '@genai-gateway/governance';
import { standingsOf, windowSeconds } from './account-keys.ts';
import type { Flight } from './flight.ts';

/** What `openScript` said. */
export interface OpenAnswer {
  readonly standings: Standings;
  /** Undefined: the call was let through. */
  readonly refusal: Refusal | undefined;
  /** Starts of the limits' windows, as text, in their order. */
  readonly windowStarts: readonly string[];
}

const limitKinds: Readonly<Record<string, Exclude<Refusal['kind'], 'budget'>>> = {
  requests: 'requests-per-minute',
  tokens: 'tokens-per-minute',
  parallel: 'parallel-requests',
};

/** Reads the answer to a call; throws an Error for what the script never says. */
export function readOpenAnswer(flight: Flight, text: string): OpenAnswer {
  const reply = text.split(' ');
  const [status = '', at, value = '', now] = reply;
  const nowSeconds = Number(now);
  const windowStarts = flight.limits.map((_, index) => reply[6 + index * 3] ?? '');
  const states = windowStarts.map((start, index) => {
    const [requests, tokens] = reply.slice(4 + index * 3);
    return { requests: Number(requests), tokens: Number(tokens), startSeconds: Number(start) };
  });
  const standings = standingsOf(flight.limits, states, nowSeconds);
  if (status === 'ok') return { standings, refusal: undefined, windowStarts };
  const index = Number(at);
  const budget = flight.budgets[index]?.budget;
  if ((status === 'budget' || status === 'held') && budget !== undefined) {
    const refusal = { kind: 'budget', budget, spentNanoUsd: BigInt(value), held: status === 'held' } as const;
    return { standings, refusal, windowStarts };
  }
  const kind = limitKinds[status];
  const limit = flight.limits[index]?.limit;
  if (kind === undefined || limit === undefined) throw new Error(`the counters gave an unknown answer: ${status}`);
  const untilNext = Math.max(1, (states[index]?.startSeconds ?? nowSeconds) + windowSeconds - nowSeconds);
  // Nobody knows when a call in flight ends.
  const retryAfterSeconds = kind === 'parallel-requests' ? 1 : untilNext;
  return { standings, refusal: { kind, limit, standings, retryAfterSeconds }, windowStarts };
}
