import { GatewayError } from '@genai-gateway/core';
import type { Account, Accounts, OpenOutcome, OpenRequest, Standings, UsageEvent } from '@genai-gateway/governance';
import type { Redis } from 'ioredis';
import { usageEventFromJson, usageEventToJson } from '../ledger/event-json.ts';
import type { Journal } from '../ledger/journal.ts';
import { CounterNames } from './counter-names.ts';
import { Flight } from './flight.ts';
import { booksFull } from './local-accounts.ts';
import { LocalCounters } from './local-counters.ts';
import { readOpenAnswer } from './open-answer.ts';
import { LinkDown, RedisLink } from './redis-link.ts';
import { adoptScript, openScript, registerScript, renewScript, reopenScript, settleScript } from './scripts.ts';

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

/** An event that is not known to be in the tables. */
interface Unbooked {
  readonly text: string;
  /** Undefined: nothing was opened for it here. */
  readonly flight: Flight | undefined;
  /** For which holder Redis has it. Undefined: not known to have it. */
  holder: string | undefined;
  isBooked: boolean;
}

type Replay = { readonly flight: Flight; readonly event: UsageEvent | undefined };

const leaseSeconds = 15;
const renewEveryMs = 5_000;
const keepEveryMs = 20_000;
const adoptAtOnce = 100;

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
  readonly #names: CounterNames;
  readonly #link: RedisLink;
  readonly #local: LocalCounters;
  readonly #inFlight = new Map<string, Flight>();
  readonly #unbooked = new Map<string, Unbooked>();
  readonly #replays = new Map<string, Replay>();
  readonly #toForget = new Set<string>();
  readonly #timers: readonly NodeJS.Timeout[];
  #toHandOver: readonly UsageEvent[] = [];
  #holder = '';
  #replicas = 1;
  #recovering: Promise<void> | undefined;

  constructor(options: RedisAccountsOptions) {
    this.#options = options;
    this.#names = new CounterNames(options.namespace);
    this.#local = new LocalCounters(options.now ?? Date.now);
    this.#link = new RedisLink({
      redis: options.redis,
      timeoutMs: options.timeoutMs ?? 500,
      log: options.log,
      recover: () => this.#recover(),
    });
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
      if (this.#link.isUp) this.#open(flight).catch((error: unknown) => this.#logUnlessDown('opened', error));
      return this.#opened(flight, { requests: undefined, tokens: undefined });
    }
    if (!this.#link.isUp) return this.#openHere(flight);
    try {
      return this.#outcome(flight, await this.#open(flight));
    } catch (error) {
      if (!(error instanceof LinkDown)) {
        this.#logUnlessDown('opened', error);
        throw unavailable(error);
      }
      return this.#openHere(flight);
    }
  }

  async #open(flight: Flight): Promise<readonly string[]> {
    const send = () => {
      flight.holder = this.#holder;
      const keys = [this.#names.lease(this.#holder), this.#names.journal(this.#holder)];
      return this.#link.run(openScript, keys, [this.#names.prefix, this.#holder, ...flight.openArguments()]);
    };
    let reply = await send();
    if (reply[0] === 'lost') {
      await this.#recover();
      reply = await send();
      if (reply[0] === 'lost') throw new LinkDown('the lease of this replica was lost');
    }
    flight.isJournaled = reply[0] === 'ok';
    return reply;
  }

  #outcome(flight: Flight, reply: readonly string[]): OpenOutcome {
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
    const wasSent = flight.holder !== '';
    const giveBack = () => {
      if (wasSent) this.#replays.set(flight.requestId, { flight, event: undefined });
    };
    if (flight.budgets.length > 0 && this.#options.budgetsWithoutRedis !== 'local') {
      giveBack();
      throw unavailable(undefined);
    }
    const outcome = this.#local.open(flight.request, this.#replicas);
    if ('refusal' in outcome) {
      giveBack();
      return { opened: false, refusal: outcome.refusal };
    }
    flight.localHold = outcome.hold;
    return this.#opened(flight, outcome.hold.standings);
  }

  async #settle(flight: Flight, event: UsageEvent): Promise<void> {
    const { requestId } = flight;
    this.#inFlight.delete(requestId);
    flight.localHold?.release(flight.usedTokens(event), event.costNanoUsd);
    const unbooked: Unbooked = { text: usageEventToJson(event), flight, holder: undefined, isBooked: false };
    this.#unbooked.set(requestId, unbooked);
    try {
      if (!this.#link.isUp) throw new LinkDown('the breaker is open');
      await this.#sendSettlement(flight, event, unbooked);
    } catch (error) {
      if (error instanceof LinkDown) this.#replays.set(requestId, { flight, event });
      else this.#giveUpCounting(unbooked, error);
    }
    this.#options.enqueue(event);
  }

  async #sendSettlement(flight: Flight, event: UsageEvent, unbooked: Unbooked): Promise<void> {
    const send = () => this.#runSettle(flight, event, unbooked);
    if ((await send()) === 'lost') {
      await this.#recover();
      if ((await send()) === 'lost') throw new LinkDown('the lease of this replica was lost');
    }
    unbooked.holder = this.#holder;
    if (unbooked.isBooked) this.#forget([flight.requestId]);
  }

  async #runSettle(flight: Flight, event: UsageEvent | undefined, unbooked?: Unbooked): Promise<string | undefined> {
    const { holder } = flight;
    const keys = [
      this.#names.lease(this.#holder),
      this.#names.journal(holder),
      this.#names.journal(this.#holder),
      this.#names.adopted(holder),
    ];
    const mode = event === undefined ? 'cancel' : unbooked?.isBooked === true ? 'booked' : 'settle';
    const args = flight.settleArguments(mode, event, unbooked?.text ?? '', this.#holder);
    const [status] = await this.#link.run(settleScript, keys, [this.#names.prefix, ...args]);
    return status;
  }

  /** A counter that somebody spoiled: the event is booked all the same. */
  #giveUpCounting(unbooked: Unbooked, error: unknown): void {
    this.#logUnlessDown('settled', error);
    unbooked.holder = this.#holder;
  }

  bookRefused(event: UsageEvent): void {
    const unbooked: Unbooked = { text: usageEventToJson(event), flight: undefined, holder: undefined, isBooked: false };
    this.#unbooked.set(event.requestId, unbooked);
    if (this.#link.isUp) this.#write([[event.requestId, unbooked]]).catch(() => {}); // written again after the outage
    this.#options.enqueue(event);
  }

  async #write(entries: readonly (readonly [string, Unbooked])[]): Promise<void> {
    const holder = this.#holder;
    const fields = entries.flatMap(([requestId, { text }]) => [requestId, `s${text}`]);
    await this.#link.send((redis) => redis.hset(this.#names.journal(holder), ...fields));
    for (const [, unbooked] of entries) unbooked.holder = holder;
  }

  async confirm(requestIds: readonly string[]): Promise<void> {
    const settled = requestIds.filter((requestId) => {
      const unbooked = this.#unbooked.get(requestId);
      if (unbooked === undefined || !this.#replays.has(requestId)) return true;
      unbooked.isBooked = true; // Redis does not know yet that it was settled
      return false;
    });
    this.#forget(settled);
    if (this.#link.isUp) await this.#sendForgotten().catch(() => {}); // tried again
  }

  #forget(requestIds: readonly string[]): void {
    for (const requestId of requestIds) {
      this.#unbooked.delete(requestId);
      this.#toForget.add(requestId);
    }
  }

  async #sendForgotten(): Promise<void> {
    const forgotten = [...this.#toForget];
    if (forgotten.length === 0) return;
    const journal = this.#names.journal(this.#holder);
    await inParts(forgotten, (part) => this.#link.send((redis) => redis.hdel(journal, ...part)));
    for (const each of forgotten) this.#toForget.delete(each);
  }

  async adopt(book: (events: readonly UsageEvent[]) => void | Promise<void>): Promise<void> {
    if (this.#link.isUp) await this.#sweep();
    const events = this.#toHandOver;
    this.#toHandOver = [];
    if (events.length === 0) return;
    try {
      await book(events);
    } catch (error) {
      this.#toHandOver = [...events, ...this.#toHandOver];
      throw error;
    }
  }

  /** Settles what dead replicas had open, as they said it should be, and takes their journals over. */
  async #sweep(): Promise<void> {
    const holders = await this.#link.send((redis) => redis.smembers(this.#names.holders));
    for (const holder of holders) {
      if (holder === this.#holder) continue;
      for (;;) {
        const keys = [this.#names.lease(holder), this.#names.journal(holder), this.#names.lease(this.#holder)];
        keys.push(this.#names.journal(this.#holder), this.#names.adopted(holder), this.#names.holders);
        const texts = await this.#link.run(adoptScript, keys, [this.#names.prefix, holder, adoptAtOnce]);
        if (texts.length === 0) break;
        this.#toHandOver = [...this.#toHandOver, ...this.#takeOver(texts)];
      }
    }
  }

  #takeOver(texts: readonly string[]): readonly UsageEvent[] {
    return texts.flatMap((text) => {
      const event = usageEventFromJson(text);
      if (event === undefined) {
        this.#options.log('An entry in the journal of a replica that died cannot be read and is not booked.');
        return [];
      }
      const holder = this.#holder;
      this.#unbooked.set(event.requestId, { text, flight: undefined, holder, isBooked: false });
      return [event];
    });
  }

  /** Stops renewing the lease, so that others take over what is not booked. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    const lease = this.#names.lease(this.#holder);
    if (this.#link.isUp) await this.#link.send((redis) => redis.del(lease)).catch(() => {});
    this.#link.close();
  }

  async #renew(): Promise<void> {
    if (!this.#link.isUp) return;
    if (this.#replays.size > 0 || !(await this.#isHeardOf())) await this.#recover();
    await this.#sendForgotten();
    await this.#sweep();
  }

  async #isHeardOf(): Promise<boolean> {
    if (this.#holder === '') return false;
    const keys = [this.#names.lease(this.#holder), this.#names.holders];
    const [alive] = await this.#link.run(renewScript, keys, [this.#names.prefix, leaseSeconds]);
    if (alive === 'lost') return false;
    this.#replicas = Math.max(1, Number(alive));
    return true;
  }

  #recover(): Promise<void> {
    this.#recovering ??= this.#bringUpToDate().finally(() => {
      this.#recovering = undefined;
    });
    return this.#recovering;
  }

  /** Redis may have been away, may have been emptied, or this replica may have been paused for longer than its lease. */
  async #bringUpToDate(): Promise<void> {
    if (!(await this.#isHeardOf())) {
      const holder = `${this.#options.replicaId}.${crypto.randomUUID()}`.replaceAll(':', '_');
      await this.#link.run(registerScript, [this.#names.lease(holder), this.#names.holders], [holder, leaseSeconds]);
      this.#holder = holder;
      await this.#isHeardOf(); // to know how many there are
    }
    await inParts([...this.#replays], (part) => Promise.all(part.map(([, replay]) => this.#replay(replay))));
    const unwritten = [...this.#unbooked].filter(
      ([requestId, { holder }]) =>
        holder !== this.#holder && !this.#replays.has(requestId) && !this.#isSettling(requestId),
    );
    await inParts(unwritten, (part) => this.#write(part));
    const unknown = [...this.#inFlight.values()].filter(
      ({ holder, isJournaled }) => !isJournaled || holder !== this.#holder,
    );
    await inParts(unknown, (part) => Promise.all(part.map((flight) => this.#reopen(flight))));
    await this.#sendForgotten();
  }

  /** Its settlement is on its way and will say itself whether it arrived. */
  #isSettling(requestId: string): boolean {
    const unbooked = this.#unbooked.get(requestId);
    return unbooked?.flight !== undefined && unbooked.holder === undefined;
  }

  async #replay({ flight, event }: Replay): Promise<void> {
    const unbooked = this.#unbooked.get(flight.requestId);
    try {
      if ((await this.#runSettle(flight, event, unbooked)) === 'lost') throw new LinkDown('the lease was lost again');
    } catch (error) {
      if (error instanceof LinkDown) throw error;
      this.#logUnlessDown('settled', error);
    }
    this.#replays.delete(flight.requestId);
    if (unbooked === undefined) return;
    unbooked.holder = this.#holder;
    if (unbooked.isBooked) this.#forget([flight.requestId]);
  }

  async #reopen(flight: Flight): Promise<void> {
    if (!this.#inFlight.has(flight.requestId)) return; // settled meanwhile
    const old = flight.holder;
    const keys = [
      this.#names.lease(this.#holder),
      this.#names.journal(old),
      this.#names.journal(this.#holder),
      this.#names.adopted(old),
    ];
    const args = [this.#names.prefix, old, this.#holder, ...flight.reopenArguments()];
    try {
      const [status] = await this.#link.run(reopenScript, keys, args);
      if (status === 'lost') throw new LinkDown('the lease was lost again');
      if (status === 'ok') flight.holder = this.#holder; // else it stays with the one that was adopted
    } catch (error) {
      if (error instanceof LinkDown) throw error;
      this.#logUnlessDown('opened again', error);
    }
    flight.isJournaled = true;
  }

  /** Spend counters live for a minute, and are made anew from tables that do not hold these events yet. */
  async #keepSpends(): Promise<void> {
    if (!this.#link.isUp) return;
    const counters = new Map<string, number>();
    const flights = [...this.#inFlight.values(), ...[...this.#unbooked.values()].map(({ flight }) => flight)];
    for (const flight of flights) for (const [name, ttl] of flight?.spendsToKeep ?? []) counters.set(name, ttl);
    await inParts([...counters], (part) =>
      this.#link.send((redis) => Promise.all(part.map(([name, ttl]) => redis.expire(this.#names.prefix + name, ttl)))),
    );
  }

  #logUnlessDown(what: string, error: unknown): void {
    if (error instanceof LinkDown) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#options.log(`An account could not be ${what} in Redis: ${reason}`);
  }
}

function unavailable(cause: unknown): GatewayError {
  const message = 'The counters of limits and budgets cannot be asked now. Try again in a moment.';
  return new GatewayError('accounts-unavailable', message, { cause, retryAfterSeconds: 1 });
}

/** So many at once that Redis answers within the breaker's time. */
async function inParts<T>(all: readonly T[], act: (part: readonly T[]) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < all.length; start += adoptAtOnce) await act(all.slice(start, start + adoptAtOnce));
}
