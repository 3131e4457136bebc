import { usageEventFromJson } from '../ledger/event-json.ts';
import type { Adoption } from './adoption.ts';
import type { Flight } from './flight.ts';
import type { RedisJournal } from './redis-journal.ts';
import { LinkDown } from './redis-link.ts';
import { inParts, type RedisParts } from './redis-parts.ts';
import { endStrayScript, listScript } from './scripts/stray.ts';
import type { Settlements } from './settlements.ts';

export interface StraysOptions {
  readonly parts: RedisParts;
  readonly journal: RedisJournal;
  readonly settlements: Settlements;
  readonly adoption: Adoption;
  readonly inFlight: ReadonlyMap<string, Flight>;
}

/**
 * What stands in our journal and is not known here: calls whose end Redis forgot when a server took over that lagged
 * behind, and events that were taken over from a dead replica by a script whose answer was lost.
 */
export class Strays {
  readonly #options: StraysOptions;

  constructor(options: StraysOptions) {
    this.#options = options;
  }

  /** Ends those calls, and hands those events over. To be called while no call is opened or settled in Redis. */
  async end(): Promise<void> {
    const { parts, journal, settlements, adoption, inFlight } = this.#options;
    const { link, names, lease } = parts;
    const key = names.journal(lease.holder);
    let cursor: string | undefined = '0';
    do {
      const [next, ...found]: readonly string[] = await link.run(listScript, [key], [cursor]);
      const opened: string[] = [];
      const settled: string[] = [];
      for (let at = 0; at + 1 < found.length; at += 2) {
        const [requestId = '', kind] = found.slice(at, at + 2);
        if (kind === 's') {
          if (!journal.knows(requestId)) settled.push(requestId);
        } else if (!inFlight.has(requestId) && !settlements.isLate(requestId)) opened.push(requestId);
      }
      await inParts(opened, (part) => Promise.all(part.map((requestId) => this.#end(requestId))));
      await inParts(settled, async (part) => {
        const texts = await link.send((redis) => redis.hmget(key, ...part));
        adoption.takeOver(texts.flatMap((text) => (text === null ? [] : text.slice(1))));
      });
      cursor = next;
    } while (cursor !== undefined && cursor !== '0');
  }

  async #end(requestId: string): Promise<void> {
    const { link, names, lease } = this.#options.parts;
    const text = this.#options.journal.get(requestId)?.text() ?? '';
    const cost = usageEventFromJson(text)?.costNanoUsd ?? 0n;
    const keys = [names.lease(lease.holder), names.journal(lease.holder)];
    const args = [names.prefix, lease.holder, requestId, `${cost}`, text, lease.token];
    const [status] = await link.run(endStrayScript, keys, args);
    if (status === 'lost') throw new LinkDown('the lease was lost again');
  }
}
