import type { Flight } from './flight.ts';
import type { RedisJournal } from './redis-journal.ts';
import { LinkDown } from './redis-link.ts';
import { inParts, logUnlessDown, type RedisParts } from './redis-parts.ts';
import { reopenScript } from './scripts/reopen.ts';
import type { Settlements } from './settlements.ts';
import type { Strays } from './strays.ts';

/** Calls go on while others are made good; what is left then is seen to when the lease is renewed. */
const mostRounds = 10;

export interface RecoveryOptions {
  readonly parts: RedisParts;
  readonly journal: RedisJournal;
  readonly settlements: Settlements;
  readonly strays: Strays;
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

  /** Whether Redis is to be told something that it was not told when it happened. */
  get isDue(): boolean {
    return this.#options.settlements.areLate || this.#unknown().length > 0;
  }

  async #run(): Promise<void> {
    const { parts, journal, settlements, strays } = this.#options;
    const { lease, link } = parts;
    const isBack = !link.isUp;
    if (isBack) lease.fence();
    const isKnown = await lease.renew();
    if (!isKnown) await lease.begin();
    for (let round = 0; round < mostRounds; round++) {
      await settlements.replay();
      await journal.writeAgain((requestId) => settlements.isLate(requestId));
      const unknown = this.#unknown();
      await inParts(unknown, (part) => Promise.all(part.map((flight) => this.#reopen(flight))));
      if (unknown.length === 0 && !settlements.areLate) break;
    }
    await journal.sendForgotten();
    if (isBack && isKnown) await strays.end();
  }

  #unknown(): readonly Flight[] {
    const { holder: now } = this.#options.parts.lease;
    return [...this.#options.inFlight.values()].filter(({ holder, isJournaled }) => !isJournaled || holder !== now);
  }

  async #reopen(flight: Flight): Promise<void> {
    const { parts, inFlight } = this.#options;
    const { link, names, lease, log } = parts;
    if (!inFlight.has(flight.requestId)) return; // settled meanwhile
    const old = flight.holder;
    const keys = [names.lease(lease.holder), names.journal(old), names.journal(lease.holder), names.adopted(old)];
    const args = [names.prefix, old, lease.holder, ...flight.reopenArguments(), lease.token];
    try {
      const [status, failure = ''] = await link.run(reopenScript, keys, args);
      if (failure !== '') logUnlessDown(log, 'opened again everywhere', failure);
      if (status === 'lost') throw new LinkDown('the lease was lost again');
      if (status === 'ok') flight.holder = lease.holder; // else it stays with the one that was adopted
    } catch (error) {
      if (error instanceof LinkDown) throw error;
      logUnlessDown(log, 'opened again', error);
    }
    flight.isJournaled = true;
  }
}
