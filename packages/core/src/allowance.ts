import type { AdminScope } from './admin-setting.ts';
import type { NanoUsd } from './money.ts';

/**
 * A limit that an administrator set on what can be called at one time, or within a minute. Absent figures: no limit
 * of that kind. `0` lets nothing through.
 */
export interface RateLimit {
  readonly scope: AdminScope;
  /** What is counted, by LiteLLM's own name for it, such as `api_key:<hash>` or `model_per_key:<hash>:<model>`. */
  readonly counter: string;
  /** Holds for calls of this model alone, by the name that callers use; undefined: for every call. */
  readonly model: string | undefined;
  readonly requestsPerMinute: number | undefined;
  readonly tokensPerMinute: number | undefined;
  readonly maxParallelRequests: number | undefined;
}

/** An amount that an administrator let somebody spend. */
export interface Budget {
  readonly scope: AdminScope;
  /** LiteLLM's name for the counter of what was spent, such as `spend:key:<hash>`. */
  readonly counter: string;
  /** The administrator's word for it, for messages: `max_budget`, `budget_limits 1d`. */
  readonly name: string;
  /** Holds for calls of this model alone; undefined: for every call. */
  readonly model: string | undefined;
  readonly maxNanoUsd: NanoUsd;
  /** What LiteLLM's tables said when they were last read: the counter starts from it when it is not there. */
  readonly spentNanoUsd: NanoUsd;
  /** Whether a call is refused once the budget is `reached` (`spend >= max`), or only once it is `exceeded`. */
  readonly refusesWhen: 'reached' | 'exceeded';
  /** How long the counter lives without a write, seconds: 60 where tables stand behind it. */
  readonly counterTtlSeconds: number;
  /**
   * Of a budget per model, which no table keeps: LiteLLM's name for where it notes the second in which the window of
   * `counterTtlSeconds` began, such as `virtual_key_budget_start_time:<hash>:<model>:1d`.
   */
  readonly startCounter?: string;
}

/** What holds for somebody, or for something that a call names. */
export interface Allowance {
  readonly limits: readonly RateLimit[];
  readonly budgets: readonly Budget[];
}

export const noAllowance: Allowance = { limits: [], budgets: [] };
