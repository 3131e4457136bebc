import type { UsageEvent } from '@genai-gateway/governance';
import { usageEventToJson } from '../ledger/event-json.ts';
import type { Counted } from './counted.ts';
import { inParts, type RedisParts } from './redis-parts.ts';

/** An event that is not known to be in the tables. */
export interface Unbooked {
  /** As JSON. Made when it is asked for: thousands wait for their booking, nearly all of which were sent before. */
  readonly text: () => string;
  /** Undefined: nothing was opened for it here. Not its flight, which would wait for the booking with it. */
  readonly counted: Counted | undefined;
  /** For which holder Redis has it. Undefined: not known to have it. */
  holder: string | undefined;
  /** Redis may have it. */
  wasSent: boolean;
  isBooked: boolean;
}

/** The events of this replica that are not known to be in the tables, here and in its journal in Redis. */
export class RedisJournal {
  readonly #parts: RedisParts;
  readonly #unbooked = new Map<string, Unbooked>();
  readonly #toForget = new Set<string>();

  constructor(parts: RedisParts) {
    this.#parts = parts;
  }

  /** An event that Redis does not have yet. */
  add(event: UsageEvent, counted: Counted | undefined): Unbooked {
    const unbooked: Unbooked = {
      text: () => usageEventToJson(event),
      counted,
      holder: undefined,
      wasSent: false,
      isBooked: false,
    };
    this.#unbooked.set(event.requestId, unbooked);
    return unbooked;
  }

  /** An event that was moved into our journal from another one. */
  takeOver(requestId: string, text: string): void {
    const { holder } = this.#parts.lease;
    this.#unbooked.set(requestId, { text: () => text, counted: undefined, holder, wasSent: true, isBooked: false });
  }

  get(requestId: string): Unbooked | undefined {
    return this.#unbooked.get(requestId);
  }

  /** Where those are counted that were opened here. */
  get counted(): readonly Counted[] {
    return [...this.#unbooked.values()].flatMap(({ counted }) => counted ?? []);
  }

  /** Puts an event that was never opened into Redis; what cannot be now is written after the outage. */
  write(requestId: string, unbooked: Unbooked): void {
    if (this.#parts.link.isUp) this.#write([[requestId, unbooked]]).catch(() => {});
  }

  /** Writes again what Redis does not have under our name now, but for those that will be settled there. */
  async writeAgain(willBeSettled: (requestId: string) => boolean): Promise<void> {
    const { holder: now } = this.#parts.lease;
    const unwritten = [...this.#unbooked].filter(
      ([requestId, unbooked]) => unbooked.holder !== now && !willBeSettled(requestId) && !isSettling(unbooked),
    );
    await inParts(unwritten, (part) => this.#write(part));
  }

  async #write(entries: readonly (readonly [string, Unbooked])[]): Promise<void> {
    const { link, names, lease } = this.#parts;
    const { holder } = lease;
    const fields = entries.flatMap(([requestId, { text }]) => [requestId, `s${text()}`]);
    for (const [, unbooked] of entries) unbooked.wasSent = true;
    await link.send((redis) => redis.hset(names.journal(holder), ...fields));
    for (const [, unbooked] of entries) unbooked.holder = holder;
  }

  /** Redis has it under our name now; where the tables have it too, it can go. */
  written(requestId: string, unbooked: Unbooked): void {
    unbooked.holder = this.#parts.lease.holder;
    if (unbooked.isBooked) this.forget(requestId);
  }

  /** It need not be kept any more. */
  forget(requestId: string): void {
    if (this.#unbooked.get(requestId)?.wasSent === true) this.#toForget.add(requestId);
    this.#unbooked.delete(requestId);
  }

  /** Whether an event in Redis is one that is known here. */
  knows(requestId: string): boolean {
    return this.#unbooked.has(requestId) || this.#toForget.has(requestId);
  }

  /** Takes what need not be kept out of Redis. Rejects when that cannot be asked; then it is done the next time. */
  async sendForgotten(): Promise<void> {
    const forgotten = [...this.#toForget];
    if (forgotten.length === 0) return;
    const { link, names, lease } = this.#parts;
    const journal = names.journal(lease.holder);
    await inParts(forgotten, (part) => link.send((redis) => redis.hdel(journal, ...part)));
    for (const each of forgotten) this.#toForget.delete(each);
  }
}

/** Its settlement is on its way and will say itself whether it arrived. */
function isSettling({ counted, holder }: Unbooked): boolean {
  return counted !== undefined && holder === undefined;
}
