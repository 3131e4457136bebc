import type { Allowance, Budget, NanoUsd, RateLimit } from '@genai-gateway/core';
import type { UsageEvent } from './usage-event.ts';

/** What a call asks of the limits and budgets that hold for it, before it goes to the model. */
export interface OpenRequest extends Allowance {
  readonly requestId: string;
  /** What the call may use at most, by estimate: counted against tokens per minute until it is settled. */
  readonly estimatedTokens: number;
  /** What the call may cost at most, by estimate: held against every budget until it is settled. */
  readonly estimatedNanoUsd: NanoUsd;
  /** What the call is booked as if nothing more is ever heard of it, because its replica died. */
  readonly ifLost: UsageEvent;
}

/** Where a caller stands with the tightest limit of a kind, for the headers `x-ratelimit-*`. */
export interface Standing {
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number;
}

export interface Standings {
  readonly requests: Standing | undefined;
  readonly tokens: Standing | undefined;
}

/** Why a call was not let through. Nothing is held for it then. */
export type Refusal =
  | {
      readonly kind: 'requests-per-minute' | 'tokens-per-minute' | 'parallel-requests';
      readonly limit: RateLimit;
      readonly standings: Standings;
      readonly retryAfterSeconds: number;
    }
  | {
      readonly kind: 'budget';
      readonly budget: Budget;
      readonly spentNanoUsd: NanoUsd;
      /** It is not spent: what is left of it is held for calls that have not settled yet. */
      readonly held?: boolean;
    };

export type OpenOutcome =
  | { readonly opened: true; readonly account: Account; readonly standings: Standings }
  | { readonly opened: false; readonly refusal: Refusal };

/** One call that was let through. */
export interface Account {
  /**
   * Books what the call used, frees what was held for it and what of `estimatedTokens` was not used. The first
   * booking counts, every later one is the same promise. Resolves once the event can no longer be lost by the death
   * of this process or of any one store; never rejects.
   */
  settle(event: UsageEvent): Promise<void>;
}

/** Port: the counters that both planes share, and the books. */
export interface Accounts {
  /**
   * Lets a call through, or not: all limits and budgets at once, exactly, over all replicas and LiteLLM. Rejects with
   * `accounts-unavailable` when a budget cannot be held because the counters cannot be asked, or when the books are
   * full because nothing could be written to them for too long.
   */
  open(request: OpenRequest, signal: AbortSignal): Promise<OpenOutcome>;
  /** Books a call that was never opened because it was refused before: nothing was held, nothing was used. */
  bookRefused(event: UsageEvent): void;
}
