import type { Budget, Payer, RateLimit } from '@genai-gateway/core';
import type { OpenRequest, Standing, Standings, UsageEvent } from '@genai-gateway/governance';

/** Seconds of a window of requests and tokens: LiteLLM's `LITELLM_RATE_LIMIT_WINDOW_SIZE`, by default. */
export const windowSeconds = 60;

/** A limit in numbers: `-1` where nothing is limited; `writes` on the first of its name, for each is counted once. */
export interface CountedLimit {
  readonly limit: RateLimit;
  readonly writes: boolean;
}

export interface CountedBudget {
  readonly budget: Budget;
  readonly writes: boolean;
}

/** The limits of a call; where two name the same counter, both hold and the first one counts. */
export function countedLimits(request: OpenRequest): readonly CountedLimit[] {
  const seen = new Set<string>();
  return request.limits.map((limit) => ({ limit, writes: isNew(seen, limit.counter) }));
}

/** The same for its budgets. */
export function countedBudgets(request: OpenRequest): readonly CountedBudget[] {
  const seen = new Set<string>();
  return request.budgets.map((budget) => ({ budget, writes: isNew(seen, budget.counter) }));
}

function isNew(seen: Set<string>, name: string): boolean {
  if (seen.has(name)) return false;
  seen.add(name);
  return true;
}

/**
 * LiteLLM's spend counters of all that a call is booked on. LiteLLM writes each of them after every call, budget or
 * none (1.106.2, proxy/proxy_server.py `increment_spend_counters`, read 2026-11-23); they are read where a budget is
 * set, at most a minute later.
 */
export function spendCounters(payer: Payer): readonly string[] {
  const { keyHash, userId, teamId, organizationId, projectId, endUserId } = payer;
  const counters = [`spend:key:${keyHash}`];
  if (userId !== undefined) counters.push(`spend:user:${userId}`);
  if (teamId !== undefined) counters.push(`spend:team:${teamId}`);
  if (teamId !== undefined && userId !== undefined) counters.push(`spend:team_member:${userId}:${teamId}`);
  if (organizationId !== undefined) counters.push(`spend:org:${organizationId}`);
  if (projectId !== undefined) counters.push(`spend:project:${projectId}`);
  if (endUserId !== undefined) counters.push(`spend:end_user:${endUserId}`);
  for (const tag of payer.tags) counters.push(`spend:tag:${tag}`);
  for (const group of payer.accessGroups) counters.push(`spend:model_access_group:${group}`);
  return counters;
}

/**
 * Tokens that a call counts with: all of its prompt, the cached part too, and its answer, as LiteLLM counts by
 * default (`token_rate_limit_type: total`). Where the provider reported nothing: what was estimated.
 */
export function countedTokens(event: UsageEvent, estimatedTokens: number): number {
  if (event.usage === undefined) return event.end === 'refused' ? 0 : estimatedTokens;
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = event.usage;
  return (inputTokens ?? 0) + (outputTokens ?? 0) + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
}

/** What a counter of a limit says. */
export interface WindowState {
  readonly requests: number;
  readonly tokens: number;
  readonly startSeconds: number;
}

/** Where a caller stands with the tightest limit of each kind. */
export function standingsOf(
  limits: readonly CountedLimit[],
  states: readonly WindowState[],
  nowSeconds: number,
): Standings {
  let requests: Standing | undefined;
  let tokens: Standing | undefined;
  limits.forEach(({ limit }, index) => {
    const state = states[index];
    if (state === undefined) return;
    const resetSeconds = Math.max(1, Math.ceil(state.startSeconds + windowSeconds - nowSeconds));
    requests = tighter(requests, limit.requestsPerMinute, state.requests, resetSeconds);
    tokens = tighter(tokens, limit.tokensPerMinute, state.tokens, resetSeconds);
  });
  return { requests, tokens };
}

function tighter(
  known: Standing | undefined,
  limit: number | undefined,
  used: number,
  resetSeconds: number,
): Standing | undefined {
  if (limit === undefined) return known;
  const remaining = Math.max(0, Math.floor(limit - used));
  return known !== undefined && known.remaining <= remaining ? known : { limit, remaining, resetSeconds };
}
