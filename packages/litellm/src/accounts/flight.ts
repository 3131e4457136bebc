import type { OpenRequest, UsageEvent } from '@genai-gateway/governance';
import { usageEventToJson } from '../ledger/event-json.ts';
import { type CountedBudget, type CountedLimit, countedTokens } from './account-keys.ts';
import { type Counted, countedFor } from './counted.ts';
import type { LocalHold } from './local-counters.ts';
import type { ScriptArgument } from './script-command.ts';

/** A call between its opening and its settlement, and how Redis knows it. */
export class Flight {
  readonly request: OpenRequest;
  readonly counted: Counted;
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
    this.counted = countedFor(request);
  }

  /** What Redis keeps of it until it is settled. Made when it is sent: what is kept here waits for its booking. */
  entry(): string {
    const { estimatedNanoUsd, ifLost } = this.request;
    const held = `{"held":"${estimatedNanoUsd}","cost":"${ifLost.costNanoUsd}",${this.counted.heldJson}`;
    return `o${held}\n${usageEventToJson(ifLost)}`;
  }

  get limits(): readonly CountedLimit[] {
    return this.counted.limits;
  }

  get budgets(): readonly CountedBudget[] {
    return this.counted.budgets;
  }

  get requestId(): string {
    return this.request.requestId;
  }

  /** Tokens that it counts with, now that it is known what it used. */
  usedTokens(event: UsageEvent): number {
    return countedTokens(event, whole(this.request.estimatedTokens));
  }

  /** Arguments of `openScript` after the holder. */
  openArguments(): readonly ScriptArgument[] {
    const { request } = this;
    const { limits, budgets, openArguments } = this.counted;
    return [
      this.requestId,
      this.entry(),
      whole(request.estimatedTokens),
      `${request.estimatedNanoUsd}`,
      limits.length,
      budgets.length,
      openArguments,
    ];
  }

  /** Arguments of `settleScript` after the namespace; without an event: as if it had never been opened. */
  settleArguments(
    mode: 'settle' | 'booked' | 'cancel',
    event: UsageEvent | undefined,
    text: string,
    holderNow: string,
  ): readonly ScriptArgument[] {
    const { request } = this;
    const { limits, written, unbudgeted, settleArguments } = this.counted;
    const used = event === undefined ? 0 : this.usedTokens(event);
    const args: ScriptArgument[] = [this.holder, this.requestId, mode, text, `${event?.costNanoUsd ?? 0n}`];
    args.push(`${request.estimatedNanoUsd}`, used - whole(request.estimatedTokens));
    args.push(limits.length, written.length, unbudgeted.length, holderNow);
    limits.forEach(({ limit, writes }, index) => {
      args.push(limit.counter, this.windowStarts[index] ?? '');
      args.push(flag(writes && limit.tokensPerMinute !== undefined), flag(limit.maxParallelRequests !== undefined));
    });
    args.push(settleArguments);
    return args;
  }

  /** Arguments of `reopenScript` after the two holders. */
  reopenArguments(): readonly (string | number)[] {
    const { gauges, written } = this.counted;
    const args: (string | number)[] = [this.requestId, this.entry(), `${this.request.estimatedNanoUsd}`];
    args.push(gauges.length, written.length, ...gauges);
    for (const budget of written) {
      args.push(budget.counter, `${budget.spentNanoUsd}`, budget.counterTtlSeconds, budget.startCounter ?? '');
    }
    return args;
  }
}

function flag(value: boolean): number {
  return value ? 1 : 0;
}

/** Tokens have to stay whole numbers in Redis, else LiteLLM stops counting them. */
function whole(tokens: number): number {
  return Math.max(0, Math.ceil(tokens));
}
