import type { UsageEvent } from '@genai-gateway/governance';
import { usageEventFromJson } from '../ledger/event-json.ts';
import type { RedisJournal } from './redis-journal.ts';
import { atOnce, type RedisParts } from './redis-parts.ts';
import { adoptScript } from './scripts/adopt.ts';

/** What replicas left behind that are heard of no more. */
export class Adoption {
  readonly #parts: RedisParts;
  readonly #journal: RedisJournal;
  #toHandOver: UsageEvent[] = [];

  constructor(parts: RedisParts, journal: RedisJournal) {
    this.#parts = parts;
    this.#journal = journal;
  }

  /** Settles what dead replicas had open, as they said it should be, and takes their journals over. */
  async sweep(): Promise<void> {
    const { link, names, lease } = this.#parts;
    const holders = await link.send((redis) => redis.smembers(names.holders));
    for (const holder of holders) {
      if (holder === lease.holder) continue;
      for (;;) {
        const keys = [names.lease(holder), names.journal(holder), names.lease(lease.holder)];
        keys.push(names.journal(lease.holder), names.adopted(holder), names.holders);
        const texts = await link.run(adoptScript, keys, [names.prefix, holder, atOnce, lease.token]);
        if (texts.length === 0) break;
        this.takeOver(texts);
      }
    }
  }

  /** Events that stand in our journal, and that nobody here has. */
  takeOver(texts: readonly string[]): void {
    for (const text of texts) {
      const event = usageEventFromJson(text);
      if (event === undefined) {
        this.#parts.log('An entry in the journal of a replica that died cannot be read and is not booked.');
        continue;
      }
      this.#journal.takeOver(event.requestId, text);
      this.#toHandOver.push(event);
    }
  }

  /** Gives what was taken over to the books; what they do not take is handed over again. */
  async handOver(book: (events: readonly UsageEvent[]) => void | Promise<void>): Promise<void> {
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
}
