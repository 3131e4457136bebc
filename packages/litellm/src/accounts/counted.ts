import type { Payer } from '@genai-gateway/core';
import type { OpenRequest } from '@genai-gateway/governance';
import { type CountedBudget, type CountedLimit, countedBudgets, countedLimits, spendCounters } from './account-keys.ts';
import { type WrittenArguments, writtenArguments } from './script-command.ts';

/**
 * Where a call is counted, and how the scripts are told so: the same for all calls of a payer with the same limits and
 * budgets, of which there are many in a second.
 */
export interface Counted {
  readonly limits: readonly CountedLimit[];
  readonly budgets: readonly CountedBudget[];
  /** The budgets whose counters it writes. */
  readonly written: readonly CountedBudget['budget'][];
  /** Counters that must not run out before what is written is in the tables: name and seconds. */
  readonly spendsToKeep: readonly (readonly [counter: string, ttlSeconds: number])[];
  /** Counters of the parallel calls that it is one of. */
  readonly gauges: readonly string[];
  /** Spend counters without a budget. */
  readonly unbudgeted: readonly string[];
  /** Arguments of `openScript`, per limit and per budget. */
  readonly openArguments: WrittenArguments;
  /** Arguments of `settleScript`, per budget, and the spend counters without one. */
  readonly settleArguments: WrittenArguments;
  /** The end of the JSON by which a dead replica's call is released. */
  readonly heldJson: string;
}

interface Known {
  readonly limits: OpenRequest['limits'];
  readonly budgets: OpenRequest['budgets'];
  readonly counted: Counted;
}

const known = new WeakMap<Payer, Known>();

/** The last answer for the same payer is kept, as long as limits and budgets are the same objects. */
export function countedFor(request: OpenRequest): Counted {
  const { limits, budgets, ifLost } = request;
  const found = known.get(ifLost.payer);
  if (found !== undefined && found.limits === limits && found.budgets === budgets) return found.counted;
  const counted = count(request);
  known.set(ifLost.payer, { limits, budgets, counted });
  return counted;
}

function count(request: OpenRequest): Counted {
  const limits = countedLimits(request);
  const budgets = countedBudgets(request);
  const written = budgets.filter(({ writes }) => writes).map(({ budget }) => budget);
  const gauges = limits
    .filter(({ limit, writes }) => writes && limit.maxParallelRequests !== undefined)
    .map(({ limit }) => limit.counter);
  const budgeted = new Set(budgets.map(({ budget }) => budget.counter));
  const unbudgeted = spendCounters(request.ifLost.payer).filter((counter) => !budgeted.has(counter));
  const held = {
    gauges,
    budgets: written.map((each) => [each.counter, each.counterTtlSeconds, each.startCounter ?? '']),
    others: unbudgeted,
  };
  return {
    limits,
    budgets,
    written,
    spendsToKeep: written
      .filter(({ startCounter }) => startCounter === undefined)
      .map(({ counter, counterTtlSeconds }) => [counter, counterTtlSeconds]),
    gauges,
    unbudgeted,
    openArguments: writtenArguments([
      ...limits.flatMap(({ limit, writes }) => [
        limit.counter,
        limit.requestsPerMinute ?? -1,
        limit.tokensPerMinute ?? -1,
        limit.maxParallelRequests ?? -1,
        flag(writes),
      ]),
      ...budgets.flatMap(({ budget, writes }) => [
        budget.counter,
        `${budget.maxNanoUsd}`,
        `${budget.spentNanoUsd}`,
        budget.refusesWhen,
        budget.counterTtlSeconds,
        budget.startCounter ?? '',
        flag(writes),
      ]),
    ]),
    settleArguments: writtenArguments([
      ...written.flatMap((each) => [each.counter, each.counterTtlSeconds, each.startCounter ?? '']),
      ...unbudgeted,
    ]),
    heldJson: JSON.stringify(held).slice(1),
  };
}

function flag(value: boolean): number {
  return value ? 1 : 0;
}
