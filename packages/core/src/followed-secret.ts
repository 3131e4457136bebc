import type { Clock } from './clock.ts';
import type { SecretSource, SecretVersion } from './secret-source.ts';
import { unlessAborted } from './unless-aborted.ts';

/** A version as its store has it. */
export interface StoredVersion<Value> {
  /** Another one for every version. */
  readonly id: string;
  readonly value: Value;
  /** Milliseconds since the Unix epoch. */
  readonly createdMs: number | undefined;
}

export interface FollowedSecretOptions<Value> {
  /** For the log; not its value. */
  readonly name: string;
  readonly readNewest: (signal: AbortSignal) => Promise<StoredVersion<Value>>;
  /** The one before it; undefined: there is none. Absent: the store does not know, only what was read here before. */
  readonly readPrevious?: (signal: AbortSignal) => Promise<StoredVersion<Value> | undefined>;
  /** Time between two readings, milliseconds; a tenth more or less each time, so that replicas do not come together. */
  readonly refreshMs: number;
  readonly now: Clock;
  /** Lines for the log, once per outage. */
  readonly log: (message: string) => void;
}

/** Whoever was refused waits no longer for a store that does not answer. */
const READ_TIMEOUT_MS = 2_000;
/** A refusal starts a reading no sooner than so long after the last one. */
const INTERVAL_MS = 1_000;

/** A secret that is read again on a timer and on demand, until it is closed. While its store cannot be asked, what was read last holds. */
export class FollowedSecret<Value> implements SecretSource<Value> {
  readonly #options: FollowedSecretOptions<Value>;
  readonly #closed = new AbortController();
  #newest: StoredVersion<Value>;
  #versions: readonly [SecretVersion<Value>, ...SecretVersion<Value>[]];
  /** What stands behind the newest could not be read. */
  #lacksPrevious = false;
  /** One that is to begin: whoever comes until then may wait for it. */
  #next: Promise<void> | undefined;
  /** One that has begun. */
  #reading: Promise<void> = Promise.resolve();
  #readAt = performance.now();
  #isFailing = false;
  #timer: NodeJS.Timeout | undefined;

  private constructor(options: FollowedSecretOptions<Value>, newest: StoredVersion<Value>) {
    this.#options = options;
    this.#newest = newest;
    this.#versions = [{ value: newest.value, sinceMs: newest.createdMs }];
    this.#lacksPrevious = options.readPrevious !== undefined;
    this.#schedule();
  }

  /** Reads it for the first time. Rejects with what the store says, or with the signal's reason. */
  static async open<Value>(options: FollowedSecretOptions<Value>, signal: AbortSignal): Promise<FollowedSecret<Value>> {
    const secret = new FollowedSecret(options, await options.readNewest(signal));
    if (secret.#lacksPrevious) await secret.#read(signal);
    return secret;
  }

  versions(): readonly [SecretVersion<Value>, ...SecretVersion<Value>[]] {
    return this.#versions;
  }

  refresh(): Promise<void> {
    this.#next ??= this.#readSoon();
    return this.#next;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#closed.abort(new Error('the secret is not followed any more'));
  }

  #schedule(): void {
    const { refreshMs } = this.#options;
    this.#timer = setTimeout(
      () => {
        void this.refresh().then(() => {
          if (!this.#closed.signal.aborted) this.#schedule();
        });
      },
      refreshMs * (0.9 + Math.random() * 0.2),
    );
    this.#timer.unref();
  }

  /** A reading that began before a refusal may have seen what was refused, so there is another one, when its time has come. */
  async #readSoon(): Promise<void> {
    const { signal } = this.#closed;
    await this.#reading;
    const waitMs = this.#readAt + INTERVAL_MS - performance.now();
    if (waitMs > 0) await unlessAborted(new Promise((resolve) => setTimeout(resolve, waitMs)), signal).catch(() => {});
    this.#next = undefined;
    if (signal.aborted) return;
    this.#reading = this.#read(AbortSignal.any([signal, AbortSignal.timeout(READ_TIMEOUT_MS)]));
    await this.#reading;
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { name, readNewest, log } = this.#options;
    this.#readAt = performance.now();
    try {
      const newest = await unlessAborted(readNewest(signal), signal);
      const isNew = newest.id !== this.#newest.id;
      if (isNew || this.#lacksPrevious) await this.#take(newest, isNew, signal);
      if (isNew) log(`The secret ${name} has a new value, which is used from now on.`);
      else if (this.#isFailing) log(`The secret ${name} can be read again.`);
      this.#isFailing = false;
    } catch (error) {
      if (this.#isFailing || this.#closed.signal.aborted) return;
      this.#isFailing = true;
      const reason = error instanceof Error ? error.message || error.name : String(error);
      log(`The secret ${name} cannot be read (${reason}). What was read before is used until then.`);
    }
  }

  async #take(newest: StoredVersion<Value>, isNew: boolean, signal: AbortSignal): Promise<void> {
    const { readPrevious, now } = this.#options;
    const known = isNew ? this.#versions[0] : undefined;
    // Seen to change, it is as old as that: its version may have been made long before it became the newest.
    const sinceMs = isNew ? Math.max(now(), newest.createdMs ?? 0) : this.#versions[0].sinceMs;
    const first = { value: newest.value, sinceMs };
    if (isNew) {
      // Whatever happens to the reading of the other one: this one counts.
      this.#versions = known === undefined ? [first] : [first, known];
      this.#newest = newest;
      this.#lacksPrevious = readPrevious !== undefined;
    }
    if (readPrevious === undefined) return;
    const previous = await unlessAborted(readPrevious(signal), signal);
    this.#lacksPrevious = false;
    if (previous !== undefined) this.#versions = [first, { value: previous.value, sinceMs: previous.createdMs }];
  }
}
