import type { CounterNames } from './counter-names.ts';
import type { RedisLink } from './redis-link.ts';
import { registerScript, renewScript } from './scripts/lease.ts';

const leaseSeconds = 15;

/** The name that this replica goes by in Redis, as long as it is heard of there. */
export class Lease {
  readonly #link: RedisLink;
  readonly #names: CounterNames;
  readonly #replicaId: string;
  #holder = '';
  #replicas = 1;
  #outages = 0;

  constructor(link: RedisLink, names: CounterNames, replicaId: string) {
    this.#link = link;
    this.#names = names;
    this.#replicaId = replicaId;
  }

  /** The name of this life; '' before the first. */
  get holder(): string {
    return this.#holder;
  }

  /** What the lease says in Redis: the last argument of each script. */
  get token(): string {
    return `${this.#outages}`;
  }

  /** What was sent until now does nothing any more, once the lease has been renewed. */
  fence(): void {
    this.#outages += 1;
  }

  /** How many replicas were heard of when the lease was last renewed. */
  get replicas(): number {
    return this.#replicas;
  }

  /** False: it ran out, or Redis forgot it. */
  async renew(): Promise<boolean> {
    if (this.#holder === '') return false;
    const keys = [this.#names.lease(this.#holder), this.#names.holders];
    const [alive] = await this.#link.run(renewScript, keys, [this.#names.prefix, leaseSeconds, this.token]);
    if (alive === 'lost') return false;
    this.#replicas = Math.max(1, Number(alive));
    return true;
  }

  /** A new life begins, under a new name. */
  async begin(): Promise<void> {
    const holder = `${this.#replicaId}.${crypto.randomUUID()}`.replaceAll(':', '_');
    const keys = [this.#names.lease(holder), this.#names.holders];
    await this.#link.run(registerScript, keys, [holder, leaseSeconds, this.token]);
    this.#holder = holder;
    await this.renew(); // to know how many there are
  }

  /** Others may take over at once. */
  async giveUp(): Promise<void> {
    const lease = this.#names.lease(this.#holder);
    if (this.#link.isUp) await this.#link.send((redis) => redis.del(lease)).catch(() => {});
  }
}
