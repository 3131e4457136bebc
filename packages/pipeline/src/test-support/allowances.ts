import type { Budget, RateLimit } from '@genai-gateway/core';

/** A limit of a key that limits nothing yet. */
export function rateLimitOf(change: Partial<RateLimit> = {}): RateLimit {
  return {
    scope: 'key',
    counter: 'api_key:hash',
    model: undefined,
    requestsPerMinute: undefined,
    tokensPerMinute: undefined,
    maxParallelRequests: undefined,
    ...change,
  };
}

/** A budget of a key, of a nano-dollar. */
export function budgetOf(change: Partial<Budget> = {}): Budget {
  return {
    scope: 'key',
    counter: 'spend:key:hash',
    name: 'max_budget',
    model: undefined,
    maxNanoUsd: 1n,
    spentNanoUsd: 0n,
    refusesWhen: 'reached',
    counterTtlSeconds: 60,
    ...change,
  };
}
