import { GatewayError } from '@genai-gateway/core';
import type { Account, Accounts, OpenOutcome, OpenRequest, Standings, UsageEvent } from '@genai-gateway/governance';
import type { Redis } from 'ioredis';
import type { Journal } from '../ledger/journal.ts';
import { Adoption } from './adoption.ts';
import { CounterNames } from './counter-names.ts';
import { Flight } from './flight.ts';
import { keepSpends } from './keep-spends.ts';
import { Lease } from './lease.ts';
import { booksFull } from './local-accounts.ts';
import { LocalCounters } from './local-counters.ts';
import { readOpenAnswer } from './open-answer.ts';
import { Recovery } from './recovery.ts';
import { RedisJournal } from './redis-journal.ts';
import { LinkDown, RedisLink } from './redis-link.ts';
import { logUnlessDown, type RedisParts } from './redis-parts.ts';
import { openScript, openUnlimitedScript } from './scripts/open.ts';
import { Settlements } from './settlements.ts';
import { Strays } from './strays.ts';

export interface RedisAccountsOptions {
  /** From `connectCounters`; closed by its owner. */
  readonly redis: Redis;
  /** Begins the names that this replica goes by in Redis; a random part is added. */
  readonly replicaId: string;
  /** `cache_params.namespace` of LiteLLM, which it puts in front of each key. */
  readonly namespace?: string;
  /** Takes an event to the books. */
  readonly enqueue: (event: UsageEvent) => void;
  /** Whether the books take no more. */
  readonly isFull: () => boolean;
  /** Lines for the log; they hold no secrets. */
  readonly log: (message: string) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** How long a call waits for Redis before it is taken to be down, milliseconds. */
  readonly timeoutMs?: number;
  /** What becomes of calls with a budget while Redis is down: refused, or counted by each replica alone. */
  readonly budgetsWithoutRedis?: 'refuse' | 'local';
}

const renewEveryMs = 5_000;
const keepEveryMs = 20_000;

/**
 * Accounts in the Redis that LiteLLM counts in: one round trip to open, one to settle, exact over all replicas and
 * LiteLLM. A call in flight is in the journal of its replica, as what it is booked as if that replica dies; a settled
 * one stays there until its booking is confirmed. A replica that is heard of no more for 15 s is swept up by another
 * within 5 s: what it had open is charged as it said, and what it held beyond that is free. Decided here, for LiteLLM does it in other ways:
 *
 * - A call is refused by a budget that is spent, or when its estimate does not fit while other calls of ours are in
 *   flight (`held`). An estimate that does not fit alone is let through: that is the one call of overrun.
 * - LiteLLM's reservations cannot be told from what was spent. Near the end of a budget its calls in flight may
 *   therefore refuse one of ours that would fit; they never let through one too many.
 * - A refused request is not counted against requests per minute (LiteLLM counts it); what passes is the same.
 * - Tokens that were estimated but not used are given back only to the window that they were taken from.
 *
 * While Redis is down, limits are counted in this process, each divided by the number of replicas.
 */
export class RedisAccounts implements Accounts, Journal {
  readonly #options: RedisAccountsOptions;
  readonly #link: RedisLink;
  readonly #parts: RedisParts;
  readonly #local: LocalCounters;
  readonly #inFlight = new Map<string, Flight>();
  readonly #journal: RedisJournal;
  readonly #settlements: Settlements;
  readonly #recovery: Recovery;
  readonly #adoption: Adoption;
  readonly #timers: readonly NodeJS.Timeout[];

  constructor(options: RedisAccountsOptions) {
    const { redis, log } = options;
    const recover = () => this.#recovery.run();
    const names = new CounterNames(options.namespace);
    this.#options = options;
    this.#local = new LocalCounters(options.now ?? Date.now);
    this.#link = new RedisLink({ redis, timeoutMs: options.timeoutMs ?? 500, log, recover });
    this.#parts = { link: this.#link, names, lease: new Lease(this.#link, names, options.replicaId), log };
    this.#journal = new RedisJournal(this.#parts);
    this.#settlements = new Settlements(this.#parts, this.#journal, recover);
    this.#adoption = new Adoption(this.#parts, this.#journal);
    const known = {
      parts: this.#parts,
      journal: this.#journal,
      settlements: this.#settlements,
      adoption: this.#adoption,
      inFlight: this.#inFlight,
    };
    this.#recovery = new Recovery({ ...known, strays: new Strays(known) });
    this.#timers = [
      setInterval(() => void this.#renew().catch(() => {}), renewEveryMs).unref(),
      setInterval(() => void this.#keepSpends().catch(() => {}), keepEveryMs).unref(),
    ];
  }

  /** Whether the counters are those in Redis now. */
  get isShared(): boolean {
    return this.#link.isUp;
  }

  /** Tries to reach Redis now; resolves whether it could or not. */
  connect(): Promise<void> {
    return this.#link.probe();
  }

  async open(request: OpenRequest, signal: AbortSignal): Promise<OpenOutcome> {
    signal.throwIfAborted();
    if (this.#options.isFull()) throw booksFull();
    const flight = new Flight(request);
    if (flight.limits.length === 0 && flight.budgets.length === 0) {
      if (this.#link.isUp) this.#openUnlimited(flight).catch((error: unknown) => this.#logFailedOpen(error));
      return this.#opened(flight, { requests: undefined, tokens: undefined });
    }
    if (!this.#link.isUp) return this.#openHere(flight);
    try {
      return this.#outcome(flight, await this.#open(flight));
    } catch (error) {
      if (!(error instanceof LinkDown)) {
        this.#logFailedOpen(error);
        throw unavailable(error);
      }
      return this.#openHere(flight);
    }
  }

  #open(flight: Flight): Promise<readonly string[]> {
    const { link, names, lease } = this.#parts;
    return this.#journaled(flight, (holder) => {
      const keys = [names.lease(holder), names.journal(holder)];
      return link.run(openScript, keys, [names.prefix, holder, ...flight.openArguments(), lease.token]);
    });
  }

  /** Nothing limits it: it has to be in the journal, no more. */
  #openUnlimited(flight: Flight): Promise<readonly string[]> {
    const { link, names, lease } = this.#parts;
    return this.#journaled(flight, (holder) => {
      const keys = [names.lease(holder), names.journal(holder)];
      return link.run(openUnlimitedScript, keys, [flight.requestId, flight.entry(), lease.token]);
    });
  }

  async #journaled(flight: Flight, open: (holder: string) => Promise<readonly string[]>): Promise<readonly string[]> {
    const { lease } = this.#parts;
    const send = () => {
      flight.holder = lease.holder;
      return open(lease.holder);
    };
    let reply = await send();
    if (reply[0] === 'lost') {
      await this.#recovery.run();
      reply = await send();
      if (reply[0] === 'lost') throw new LinkDown('the lease of this replica was lost');
    }
    flight.isJournaled = reply[0]?.startsWith('ok') === true;
    return reply;
  }

  #outcome(flight: Flight, [reply = '']: readonly string[]): OpenOutcome {
    const { standings, refusal, windowStarts } = readOpenAnswer(flight, reply);
    if (refusal !== undefined) return { opened: false, refusal };
    flight.windowStarts = windowStarts;
    return this.#opened(flight, standings);
  }

  #opened(flight: Flight, standings: Standings): OpenOutcome {
    this.#inFlight.set(flight.requestId, flight);
    let settled: Promise<void> | undefined;
    const account: Account = {
      settle: (event) => {
        settled ??= this.#settle(flight, event);
        return settled;
      },
    };
    return { opened: true, account, standings };
  }

  /** Without Redis. What was sent there for this call, if it was, is made good when Redis is back. */
  #openHere(flight: Flight): OpenOutcome {
    if (flight.budgets.length > 0 && this.#options.budgetsWithoutRedis !== 'local') {
      this.#settlements.cancelLater(flight);
      throw unavailable(undefined);
    }
    const outcome = this.#local.open(flight.request, this.#parts.lease.replicas);
    if ('refusal' in outcome) {
      this.#settlements.cancelLater(flight);
      return { opened: false, refusal: outcome.refusal };
    }
    flight.localHold = outcome.hold;
    return this.#opened(flight, outcome.hold.standings);
  }

  async #settle(flight: Flight, event: UsageEvent): Promise<void> {
    this.#inFlight.delete(flight.requestId);
    flight.localHold?.release(flight.usedTokens(event), event.costNanoUsd);
    await this.#settlements.settle(flight, event, this.#journal.add(event, flight.counted));
    this.#options.enqueue(event);
  }

  bookRefused(event: UsageEvent): void {
    this.#journal.write(event.requestId, this.#journal.add(event, undefined));
    this.#options.enqueue(event);
  }

  async confirm(requestIds: readonly string[]): Promise<void> {
    for (const requestId of requestIds) {
      const unbooked = this.#journal.get(requestId);
      if (unbooked === undefined) continue;
      unbooked.isBooked = true;
      // Else Redis does not know yet that it was settled.
      if (!this.#settlements.isLate(requestId) || this.#settlements.dropUnsent(requestId))
        this.#journal.forget(requestId);
    }
    if (this.#link.isUp) await this.#journal.sendForgotten().catch(() => {}); // tried again
  }

  async adopt(book: (events: readonly UsageEvent[]) => void | Promise<void>): Promise<void> {
    if (this.#link.isUp) await this.#adoption.sweep();
    await this.#adoption.handOver(book);
  }

  /** Stops renewing the lease, so that others take over what is not booked. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#parts.lease.giveUp();
    this.#link.close();
  }

  async #renew(): Promise<void> {
    if (!this.#link.isUp) return;
    if (this.#recovery.isDue || !(await this.#parts.lease.renew())) await this.#recovery.run();
    await this.#journal.sendForgotten();
    await this.#adoption.sweep();
  }

  #keepSpends(): Promise<void> {
    const inFlight = Array.from(this.#inFlight.values(), ({ counted }) => counted);
    return keepSpends(this.#parts, [...inFlight, ...this.#journal.counted]);
  }

  #logFailedOpen(error: unknown): void {
    logUnlessDown(this.#options.log, 'opened', error);
  }
}

function unavailable(cause: unknown): GatewayError {
  const message = 'The counters of limits and budgets cannot be asked now. Try again in a moment.';
  return new GatewayError('accounts-unavailable', message, { cause, retryAfterSeconds: 1 });
}
