import type { UsageEvent } from '@genai-gateway/governance';
import type { Flight } from './flight.ts';
import type { RedisJournal, Unbooked } from './redis-journal.ts';
import { LinkDown } from './redis-link.ts';
import { inParts, logUnlessDown, type RedisParts } from './redis-parts.ts';
import { settleScript } from './scripts/settle.ts';

/** Without an event: as if the call had never been opened. */
interface Replay {
  readonly flight: Flight;
  readonly event: UsageEvent | undefined;
}

/** What ends calls in Redis: now, or when it is back. */
export class Settlements {
  readonly #parts: RedisParts;
  readonly #journal: RedisJournal;
  readonly #recover: () => Promise<void>;
  readonly #replays = new Map<string, Replay>();

  constructor(parts: RedisParts, journal: RedisJournal, recover: () => Promise<void>) {
    this.#parts = parts;
    this.#journal = journal;
    this.#recover = recover;
  }

  /** Whether some have to be made good. */
  get areLate(): boolean {
    return this.#replays.size > 0;
  }

  /** Whether a call has to be settled, or cancelled, when Redis is back. */
  isLate(requestId: string): boolean {
    return this.#replays.has(requestId);
  }

  /** What was sent to Redis for a call that was not let through, if it was, is undone when Redis is back. */
  cancelLater(flight: Flight): void {
    if (flight.holder !== '') this.#replays.set(flight.requestId, { flight, event: undefined });
  }

  /** Makes nothing good for a call that Redis never heard of and that the tables have; false: Redis has to be told. */
  dropUnsent(requestId: string): boolean {
    if (this.#replays.get(requestId)?.flight.holder !== '') return false;
    return this.#replays.delete(requestId);
  }

  /** Never rejects; what Redis cannot be told now it is told when it is back. */
  async settle(flight: Flight, event: UsageEvent, unbooked: Unbooked): Promise<void> {
    try {
      if (!this.#parts.link.isUp) throw new LinkDown('the breaker is open');
      await this.#send(flight, event, unbooked);
    } catch (error) {
      if (error instanceof LinkDown) this.#replays.set(flight.requestId, { flight, event });
      else {
        // A counter that somebody spoiled: the event is booked all the same.
        logUnlessDown(this.#parts.log, 'settled', error);
        unbooked.holder = this.#parts.lease.holder;
      }
    }
  }

  async #send(flight: Flight, event: UsageEvent, unbooked: Unbooked): Promise<void> {
    const send = () => this.#run(flight, event, unbooked);
    if ((await send()) === 'lost') {
      await this.#recover();
      if ((await send()) === 'lost') throw new LinkDown('the lease of this replica was lost');
    }
    this.#journal.written(flight.requestId, unbooked);
  }

  async #run(flight: Flight, event: UsageEvent | undefined, unbooked?: Unbooked): Promise<string | undefined> {
    const { link, names, lease } = this.#parts;
    const { holder } = flight;
    if (unbooked !== undefined) unbooked.wasSent = true;
    const keys = [names.lease(lease.holder), names.journal(holder), names.journal(lease.holder), names.adopted(holder)];
    const mode = event === undefined ? 'cancel' : unbooked?.isBooked === true ? 'booked' : 'settle';
    const args = flight.settleArguments(mode, event, unbooked?.text() ?? '', lease.holder);
    const [status, failure = ''] = await link.run(settleScript, keys, [names.prefix, ...args, lease.token]);
    if (failure !== '') logUnlessDown(this.#parts.log, 'settled everywhere', failure);
    return status;
  }

  /** Tells Redis all that it could not be told before. */
  async replay(): Promise<void> {
    await inParts([...this.#replays.values()], (part) => Promise.all(part.map((each) => this.#replay(each))));
  }

  async #replay({ flight, event }: Replay): Promise<void> {
    const unbooked = this.#journal.get(flight.requestId);
    try {
      if ((await this.#run(flight, event, unbooked)) === 'lost') throw new LinkDown('the lease was lost again');
    } catch (error) {
      if (error instanceof LinkDown) throw error;
      logUnlessDown(this.#parts.log, 'settled', error);
    }
    this.#replays.delete(flight.requestId);
    if (unbooked !== undefined) this.#journal.written(flight.requestId, unbooked);
  }
}
