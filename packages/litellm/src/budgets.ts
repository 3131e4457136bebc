import { type AdminScope, type Budget, type NanoUsd, nanoUsd } from '@genai-gateway/core';
import { durationSeconds } from './duration.ts';
import { asObject, isAmount, jsonObject, text } from './values.ts';

/*
 * Budgets as LiteLLM's tables hold them. A budget of a team, an end user or a tag that is 0 lets a first call through,
 * since only what is above it is refused; any larger one is refused once it is reached, because LiteLLM finds nothing
 * left to reserve.
 * Source: LiteLLM 1.106.2, proxy/auth/auth_checks.py, proxy/spend_tracking/budget_reservation.py,
 * proxy/hooks/model_max_budget_limiter.py, https://github.com/BerriAI/litellm (read 2026-11-23).
 */

/** How long LiteLLM's counters of what was spent live without a write. */
const COUNTER_TTL_SECONDS = 60;

/** Dollars that limit, as whole nano-dollars; NaN, infinity and what is no amount limit nothing: undefined. */
export function limitOf(value: unknown): NanoUsd | undefined {
  if (!isAmount(value)) return undefined;
  const amount = Number(value);
  // More than all the money there is, which is as good as no limit.
  if (Math.abs(amount) > 1e15) return amount < 0 ? -1n : undefined;
  const rounded = nanoUsd(amount);
  // What can be spent, if only once, is not nothing.
  return rounded === 0n && amount > 0 ? 1n : rounded;
}

/** Dollars that were spent. */
function spentOf(value: unknown): NanoUsd {
  return isAmount(value) ? nanoUsd(Number(value)) : 0n;
}

/** Whom a budget is of, and how LiteLLM names the counter. */
interface Holder {
  readonly scope: AdminScope;
  readonly counter: string;
}

/** The one `max_budget` of somebody, as a list. */
export function maxBudget(
  holder: Holder,
  max: NanoUsd | undefined,
  spent: unknown,
  options: { readonly name?: string; readonly zeroLetsFirstCallThrough?: boolean } = {},
): Budget[] {
  if (max === undefined) return [];
  return [
    {
      ...holder,
      name: options.name ?? 'max_budget',
      model: undefined,
      maxNanoUsd: max,
      spentNanoUsd: spentOf(spent),
      refusesWhen: options.zeroLetsFirstCallThrough === true && max <= 0n ? 'exceeded' : 'reached',
      counterTtlSeconds: COUNTER_TTL_SECONDS,
    },
  ];
}

/** What LiteLLM_BudgetWindowSpend says was spent in one window; `start` in milliseconds since the epoch. */
interface WindowSpend {
  readonly duration: string;
  readonly startMs: number;
  readonly spend: unknown;
}

/** `budget_limits`: budgets over several windows. `rows`: those of LiteLLM_BudgetWindowSpend. */
export function windowBudgets(holder: Holder, limits: unknown, rows: unknown, nowMs: number): Budget[] {
  const spends = windowSpends(rows);
  return windowsOf(limits).flatMap((window): Budget[] => {
    const duration = text(window['budget_duration']);
    const max = limitOf(window['max_budget']);
    const seconds = duration === undefined ? undefined : durationSeconds(duration, nowMs);
    if (duration === undefined || seconds === undefined || max === undefined) return [];
    const resetAtMs = instant(window['reset_at']) ?? nowMs;
    const row = spends.find((each) => each.duration === duration);
    // A row of an earlier window says nothing about this one.
    const spent = row !== undefined && row.startMs >= resetAtMs - seconds * 1_000 ? row.spend : 0;
    return maxBudget({ ...holder, counter: `${holder.counter}:window:${duration}` }, max, spent, {
      name: `budget_limits ${duration}`,
    });
  });
}

/** True for `budget_limits` that LiteLLM itself cannot read. */
export function hasUnreadableWindows(limits: unknown): boolean {
  return windowsOf(limits).some(
    (window) =>
      text(window['budget_duration']) === undefined ||
      durationSeconds(String(window['budget_duration']), 0) === undefined ||
      typeof window['max_budget'] !== 'number',
  );
}

function windowsOf(limits: unknown): readonly Readonly<Record<string, unknown>>[] {
  const list: unknown = typeof limits === 'string' ? parsed(limits) : limits;
  if (!Array.isArray(list)) return [];
  return list.map((each) => (typeof each === 'string' ? jsonObject(each) : (asObject(each) ?? {})));
}

function windowSpends(rows: unknown): readonly WindowSpend[] {
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((each) => {
    const { duration, startMs, spend } = asObject(each) ?? {};
    return typeof duration === 'string' && typeof startMs === 'number' ? [{ duration, startMs, spend }] : [];
  });
}

/** Whose per-model budgets: LiteLLM's words in the names of the two counters. */
const modelCounters = {
  key: ['virtual_key_spend', 'virtual_key_budget_start_time'],
  user: ['user_model_spend', 'user_model_budget_start_time'],
  team: ['team_model_spend', 'team_model_budget_start_time'],
  'end-user': ['end_user_model_spend', 'end_user_budget_start_time'],
} as const;

/**
 * `model_max_budget`: budgets per model, whose windows begin with the first call and of which no table keeps the
 * spend. What LiteLLM cannot read of it limits nothing there either.
 */
export function modelBudgets(scope: keyof typeof modelCounters, id: string, value: unknown, nowMs: number): Budget[] {
  return Object.entries(jsonObject(value)).flatMap(([model, each]): Budget[] => {
    const entry = asObject(each) ?? {};
    const duration = text(entry['time_period'] ?? entry['budget_duration']);
    const seconds = duration === undefined ? undefined : durationSeconds(duration, nowMs);
    const max = limitOf(entry['budget_limit'] ?? entry['max_budget']);
    if (duration === undefined || seconds === undefined || max === undefined || max < 0n) return [];
    const [spend, start] = modelCounters[scope];
    const of = `${id}:${model}:${duration}`;
    return [
      {
        scope,
        counter: `${spend}:${of}`,
        startCounter: `${start}:${of}`,
        name: `model_max_budget ${model}`,
        model,
        maxNanoUsd: max,
        spentNanoUsd: 0n,
        refusesWhen: 'reached',
        counterTtlSeconds: seconds,
      },
    ];
  });
}

/** A point in time as LiteLLM writes it into JSON, UTC where it names no zone; milliseconds since the epoch. */
export function instant(value: unknown): number | undefined {
  const written = text(value);
  if (written === undefined) return undefined;
  const hasZone = written.length <= 'yyyy-mm-dd'.length || /(?:Z|[+-]\d\d:?\d\d)$/.test(written);
  const ms = Date.parse(hasZone ? written : `${written.replace(' ', 'T')}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
