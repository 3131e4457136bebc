import type { Budget, NanoUsd } from '@genai-gateway/core';
import type { OpenRequest, Refusal, Standings } from '@genai-gateway/governance';
import {
  type CountedBudget,
  type CountedLimit,
  countedBudgets,
  countedLimits,
  standingsOf,
  type WindowState,
  windowSeconds,
} from './account-keys.ts';

/** What a call holds in the counters of this process. */
export interface LocalHold {
  readonly standings: Standings;
  /** Counts what was used in place of what was estimated, and frees the rest. Once. */
  release(tokens: number, cost: NanoUsd): void;
}

export type LocalOutcome = { readonly hold: LocalHold } | { readonly refusal: Refusal };

interface Window {
  startSeconds: number;
  requests: number;
  tokens: number;
  parallel: number;
}

interface Spend {
  /** All that was spent and is held. */
  current: NanoUsd;
  held: NanoUsd;
  calls: number;
  touchedSeconds: number;
  readonly startedSeconds: number;
}

const longestMap = 10_000;

/** Limits and budgets counted in this process alone, by the same rules as the scripts in Redis. */
export class LocalCounters {
  readonly #now: () => number;
  readonly #windows = new Map<string, Window>();
  readonly #spends = new Map<string, Spend>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** `replicas`: how many share each limit; one that lets anything through lets at least one through here. */
  open(request: OpenRequest, replicas: number): LocalOutcome {
    const nowSeconds = this.#now() / 1_000;
    const limits = countedLimits(request).map((counted) => ({ ...counted, limit: shareOf(counted, replicas) }));
    const budgets = countedBudgets(request);
    const windows = limits.map(({ limit }) => this.#window(limit.counter, nowSeconds));
    const spends = budgets.map(({ budget }) => this.#spend(budget, nowSeconds));
    const refusal = refusedByBudget(budgets, spends, request) ?? refusedByLimit(limits, windows, request, nowSeconds);
    if (refusal !== undefined) return { refusal };
    limits.forEach(({ limit, writes }, index) => {
      const window = windows[index];
      if (!writes || window === undefined) return;
      if (limit.requestsPerMinute !== undefined) window.requests += 1;
      if (limit.tokensPerMinute !== undefined) window.tokens += request.estimatedTokens;
      if (limit.maxParallelRequests !== undefined) window.parallel += 1;
    });
    budgets.forEach(({ writes }, index) => {
      const spend = spends[index];
      if (!writes || spend === undefined) return;
      spend.current += request.estimatedNanoUsd;
      spend.held += request.estimatedNanoUsd;
      spend.calls += 1;
    });
    const starts = windows.map((window) => window.startSeconds);
    return {
      hold: {
        standings: standingsOf(limits, statesOf(windows), nowSeconds),
        release: once((tokens, cost) => {
          limits.forEach(({ limit, writes }, index) => {
            const window = windows[index];
            if (!writes || window === undefined) return;
            if (limit.maxParallelRequests !== undefined) window.parallel -= 1;
            if (limit.tokensPerMinute === undefined || window.startSeconds !== starts[index]) return;
            window.tokens += tokens - request.estimatedTokens;
          });
          budgets.forEach(({ writes }, index) => {
            const spend = spends[index];
            if (!writes || spend === undefined) return;
            spend.current += cost - request.estimatedNanoUsd;
            spend.held -= request.estimatedNanoUsd;
            spend.calls -= 1;
            spend.touchedSeconds = this.#now() / 1_000;
          });
        }),
      },
    };
  }

  #window(counter: string, nowSeconds: number): Window {
    const known = this.#windows.get(counter);
    if (known === undefined) {
      this.#forgetIdle(nowSeconds);
      const fresh = { startSeconds: nowSeconds, requests: 0, tokens: 0, parallel: 0 };
      this.#windows.set(counter, fresh);
      return fresh;
    }
    if (nowSeconds - known.startSeconds >= windowSeconds) {
      known.startSeconds = nowSeconds;
      known.requests = 0;
      known.tokens = 0;
    }
    return known;
  }

  #spend(budget: Budget, nowSeconds: number): Spend {
    const known = this.#spends.get(budget.counter);
    if (known !== undefined && !isOver(budget, known, nowSeconds)) {
      const floor = budget.spentNanoUsd + known.held;
      if (known.current < floor) known.current = floor; // the tables know more
      known.touchedSeconds = nowSeconds;
      return known;
    }
    // Calls in flight keep their hold on the old one; they are no part of what is spent from now on.
    const held = known?.held ?? 0n;
    const fresh = {
      current: budget.spentNanoUsd + held,
      held,
      calls: known?.calls ?? 0,
      touchedSeconds: nowSeconds,
      startedSeconds: nowSeconds,
    };
    if (known !== undefined) Object.assign(known, fresh);
    const spend = known ?? fresh;
    this.#spends.set(budget.counter, spend);
    return spend;
  }

  #forgetIdle(nowSeconds: number): void {
    if (this.#windows.size < longestMap) return;
    for (const [counter, window] of this.#windows) {
      if (window.parallel === 0 && nowSeconds - window.startSeconds >= windowSeconds) this.#windows.delete(counter);
    }
    for (const [counter, spend] of this.#spends) {
      if (spend.calls === 0 && nowSeconds - spend.touchedSeconds >= 3_600) this.#spends.delete(counter);
    }
  }
}

/** A counter with tables behind it lives from write to write, a window without from its start. */
function isOver(budget: Budget, spend: Spend, nowSeconds: number): boolean {
  if (budget.startCounter !== undefined) return nowSeconds - spend.startedSeconds >= budget.counterTtlSeconds;
  return spend.calls === 0 && nowSeconds - spend.touchedSeconds >= budget.counterTtlSeconds;
}

function shareOf({ limit }: CountedLimit, replicas: number): CountedLimit['limit'] {
  if (replicas <= 1) return limit;
  const part = (figure: number | undefined) =>
    figure === undefined || figure <= 0 ? figure : Math.max(1, Math.floor(figure / replicas));
  return {
    ...limit,
    requestsPerMinute: part(limit.requestsPerMinute),
    tokensPerMinute: part(limit.tokensPerMinute),
    maxParallelRequests: part(limit.maxParallelRequests),
  };
}

function refusedByBudget(
  budgets: readonly CountedBudget[],
  spends: readonly Spend[],
  request: OpenRequest,
): Refusal | undefined {
  for (const [index, { budget }] of budgets.entries()) {
    const { current, held, calls } = spends[index] ?? { current: 0n, held: 0n, calls: 0 };
    const spentNanoUsd = current - held;
    const isSpent =
      spentNanoUsd > budget.maxNanoUsd || (spentNanoUsd === budget.maxNanoUsd && budget.refusesWhen === 'reached');
    if (isSpent) return { kind: 'budget', budget, spentNanoUsd, held: false };
    if (calls > 0 && held > 0n && current + request.estimatedNanoUsd > budget.maxNanoUsd) {
      return { kind: 'budget', budget, spentNanoUsd, held: true };
    }
  }
  return undefined;
}

function refusedByLimit(
  limits: readonly CountedLimit[],
  windows: readonly Window[],
  request: OpenRequest,
  nowSeconds: number,
): Refusal | undefined {
  const standings = () => standingsOf(limits, statesOf(windows), nowSeconds);
  const refuse = (kind: LimitRefusal['kind'], index: number, isGauge: boolean): Refusal | undefined => {
    const limit = limits[index]?.limit;
    const start = windows[index]?.startSeconds ?? nowSeconds;
    if (limit === undefined) return undefined;
    const retryAfterSeconds = isGauge ? 1 : Math.max(1, Math.ceil(start + windowSeconds - nowSeconds));
    return { kind, limit, standings: standings(), retryAfterSeconds };
  };
  const find = (exceeds: (counted: CountedLimit, window: Window) => boolean) =>
    limits.findIndex((counted, index) => {
      const window = windows[index];
      return window !== undefined && exceeds(counted, window);
    });
  const requests = find(({ limit }, window) => window.requests + 1 > (limit.requestsPerMinute ?? Infinity));
  if (requests >= 0) return refuse('requests-per-minute', requests, false);
  const parallel = find(({ limit }, window) => window.parallel + 1 > (limit.maxParallelRequests ?? Infinity));
  if (parallel >= 0) return refuse('parallel-requests', parallel, true);
  const tokens = find(({ limit }, window) => {
    const most = limit.tokensPerMinute ?? Infinity;
    const { estimatedTokens } = request;
    return estimatedTokens > 0 ? window.tokens + estimatedTokens > most : window.tokens >= most;
  });
  return tokens >= 0 ? refuse('tokens-per-minute', tokens, false) : undefined;
}

type LimitRefusal = Exclude<Refusal, { kind: 'budget' }>;

function statesOf(windows: readonly Window[]): readonly WindowState[] {
  return windows.map(({ requests, tokens, startSeconds }) => ({ requests, tokens, startSeconds }));
}

function once(action: (tokens: number, cost: NanoUsd) => void): LocalHold['release'] {
  let done = false;
  return (tokens, cost) => {
    if (done) return;
    done = true;
    action(tokens, cost);
  };
}
