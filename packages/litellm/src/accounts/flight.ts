import type { OpenRequest, UsageEvent } from '@genai-gateway/governance';
import { usageEventToJson } from '../ledger/event-json.ts';
import {
  type CountedBudget,
  type CountedLimit,
  countedBudgets,
  countedLimits,
  countedTokens,
  spendCounters,
} from './account-keys.ts';
import type { LocalHold } from './local-counters.ts';

/** A call between its opening and its settlement, and how Redis knows it. */
export class Flight {
  readonly request: OpenRequest;
  readonly limits: readonly CountedLimit[];
  readonly budgets: readonly CountedBudget[];
  /** What Redis keeps of it until it is settled. */
  readonly entry: string;
  /** The holder that it was last sent to Redis for, '' before; whether it got there may be unknown. */
  holder = '';
  /** Redis said that it has it. */
  isJournaled = false;
  /** Starts of its limits' windows in Redis, in their order. */
  windowStarts: readonly string[] = [];
  /** What it holds in this process because Redis was down. */
  localHold: LocalHold | undefined;

  constructor(request: OpenRequest) {
    this.request = request;
    this.limits = countedLimits(request);
    this.budgets = countedBudgets(request);
    this.entry = `o${JSON.stringify(this.#whatIsHeld())}\n${usageEventToJson(request.ifLost)}`;
  }

  get requestId(): string {
    return this.request.requestId;
  }

  /** Counters that must not run out before its event is in the tables: name and seconds. */
  get spendsToKeep(): readonly (readonly [counter: string, ttlSeconds: number])[] {
    return this.#written()
      .filter(({ startCounter }) => startCounter === undefined)
      .map(({ counter, counterTtlSeconds }) => [counter, counterTtlSeconds]);
  }

  /** Tokens that it counts with, now that it is known what it used. */
  usedTokens(event: UsageEvent): number {
    return countedTokens(event, whole(this.request.estimatedTokens));
  }

  /** Arguments of `openScript` after the holder. */
  openArguments(): readonly (string | number)[] {
    const { request, limits, budgets } = this;
    const args: (string | number)[] = [this.requestId, this.entry, whole(request.estimatedTokens)];
    args.push(`${request.estimatedNanoUsd}`, limits.length, budgets.length);
    for (const { limit, writes } of limits) {
      args.push(limit.counter, limit.requestsPerMinute ?? -1, limit.tokensPerMinute ?? -1);
      args.push(limit.maxParallelRequests ?? -1, flag(writes));
    }
    for (const { budget, writes } of budgets) {
      args.push(budget.counter, `${budget.maxNanoUsd}`, `${budget.spentNanoUsd}`, budget.refusesWhen);
      args.push(budget.counterTtlSeconds, budget.startCounter ?? '', flag(writes));
    }
    return args;
  }

  /** Arguments of `settleScript` after the namespace; without an event: as if it had never been opened. */
  settleArguments(
    mode: 'settle' | 'booked' | 'cancel',
    event: UsageEvent | undefined,
    text: string,
    holderNow: string,
  ): readonly (string | number)[] {
    const { request, limits } = this;
    const budgets = this.#written();
    const others = this.#unbudgeted();
    const used = event === undefined ? 0 : this.usedTokens(event);
    const args: (string | number)[] = [this.holder, this.requestId, mode, text, `${event?.costNanoUsd ?? 0n}`];
    args.push(`${request.estimatedNanoUsd}`, used - whole(request.estimatedTokens));
    args.push(limits.length, budgets.length, others.length, holderNow);
    limits.forEach(({ limit, writes }, index) => {
      args.push(limit.counter, this.windowStarts[index] ?? '');
      args.push(flag(writes && limit.tokensPerMinute !== undefined), flag(limit.maxParallelRequests !== undefined));
    });
    for (const budget of budgets) args.push(budget.counter, budget.counterTtlSeconds, budget.startCounter ?? '');
    args.push(...others);
    return args;
  }

  /** Arguments of `reopenScript` after the two holders. */
  reopenArguments(): readonly (string | number)[] {
    const gauges = this.#gauges();
    const budgets = this.#written();
    const args: (string | number)[] = [this.requestId, this.entry, `${this.request.estimatedNanoUsd}`];
    args.push(gauges.length, budgets.length, ...gauges);
    for (const budget of budgets) {
      args.push(budget.counter, `${budget.spentNanoUsd}`, budget.counterTtlSeconds, budget.startCounter ?? '');
    }
    return args;
  }

  #whatIsHeld(): object {
    return {
      held: `${this.request.estimatedNanoUsd}`,
      cost: `${this.request.ifLost.costNanoUsd}`,
      gauges: this.#gauges(),
      budgets: this.#written().map((each) => [each.counter, each.counterTtlSeconds, each.startCounter ?? '']),
      others: this.#unbudgeted(),
    };
  }

  #written() {
    return this.budgets.filter(({ writes }) => writes).map(({ budget }) => budget);
  }

  #gauges(): readonly string[] {
    const gauges = this.limits.filter(({ limit, writes }) => writes && limit.maxParallelRequests !== undefined);
    return gauges.map(({ limit }) => limit.counter);
  }

  #unbudgeted(): readonly string[] {
    const budgeted = new Set(this.budgets.map(({ budget }) => budget.counter));
    return spendCounters(this.request.ifLost.payer).filter((counter) => !budgeted.has(counter));
  }
}

function flag(value: boolean): number {
  return value ? 1 : 0;
}

/** Tokens have to stay whole numbers in Redis, else LiteLLM stops counting them. */
function whole(tokens: number): number {
  return Math.max(0, Math.ceil(tokens));
}
