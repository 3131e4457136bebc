import type { Flight } from './flight.ts';
import type { RedisJournal } from './redis-journal.ts';
import { LinkDown } from './redis-link.ts';
import { inParts, logUnlessDown, type RedisParts } from './redis-parts.ts';
import { reopenScript } from './scripts/reopen.ts';
import type { Settlements } from './settlements.ts';

export interface RecoveryOptions {
  readonly parts: RedisParts;
  readonly journal: RedisJournal;
  readonly settlements: Settlements;
  /** Calls that were opened and not settled, by request id. */
  readonly inFlight: ReadonlyMap<string, Flight>;
}

/**
 * Brings Redis up to date with this replica: Redis may have been away, may have been emptied, or this replica may
 * have been paused for longer than its lease.
 */
export class Recovery {
  readonly #options: RecoveryOptions;
  #running: Promise<void> | undefined;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** One at a time. Rejects when Redis could not be asked, or forgot us again meanwhile. */
  run(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    const { parts, journal, settlements, inFlight } = this.#options;
    const { lease } = parts;
    if (!(await lease.renew())) await lease.begin();
    await settlements.replay();
    await journal.writeAgain((requestId) => settlements.isLate(requestId));
    const unknown = [...inFlight.values()].filter(({ holder, isJournaled }) => !isJournaled || holder !== lease.holder);
    await inParts(unknown, (part) => Promise.all(part.map((flight) => this.#reopen(flight))));
    await journal.sendForgotten();
  }

  async #reopen(flight: Flight): Promise<void> {
    const { parts, inFlight } = this.#options;
    const { link, names, lease, log } = parts;
    if (!inFlight.has(flight.requestId)) return; // settled meanwhile
    const old = flight.holder;
    const keys = [names.lease(lease.holder), names.journal(old), names.journal(lease.holder), names.adopted(old)];
    const args = [names.prefix, old, lease.holder, ...flight.reopenArguments()];
    try {
      const [status] = await link.run(reopenScript, keys, args);
      if (status === 'lost') throw new LinkDown('the lease was lost again');
      if (status === 'ok') flight.holder = lease.holder; // else it stays with the one that was adopted
    } catch (error) {
      if (error instanceof LinkDown) throw error;
      logUnlessDown(log, 'opened again', error);
    }
    flight.isJournaled = true;
  }
}
