import { errorMessage } from '@genai-gateway/core';
import type { Redis } from 'ioredis';
import { changeChannel, keyInvalidationChannel } from '../key-invalidation.ts';
import { openRedis, type RedisAddress } from '../open-redis.ts';
import type { ManagementChange } from './management-changes.ts';

export interface ManagementNewsOptions {
  /** The Redis that all replicas and LiteLLM share; undefined: there is none, and only this replica is told. */
  readonly redis: RedisAddress | undefined;
  /** `cache_params.namespace` of LiteLLM, which it puts in front of its channel. */
  readonly namespace?: string;
  /** Called at once on this replica: with the hash of a key, or undefined for any. */
  readonly onInvalidate: (keyHash: string | undefined) => void;
  /** Lines for the log; they hold no secrets. */
  readonly log: (message: string) => void;
}

/** Who asks for many changes at once makes every key be read again only so often. */
const ANY_INTERVAL_MS = 250;

/**
 * Tells every replica, and LiteLLM's own processes, that keys have changed by a call through this gateway: LiteLLM
 * itself tells nobody of a deleted key or a changed team. Never throws and never waits: where Redis is down, keys are
 * re-read by age.
 */
export class ManagementNews {
  readonly #options: ManagementNewsOptions;
  readonly #redis: Redis | undefined;
  #isFailing = false;
  #timer: NodeJS.Timeout | undefined;
  /** Something changed while the timer ran. */
  #isDue = false;

  constructor(options: ManagementNewsOptions) {
    this.#options = options;
    if (options.redis === undefined) return;
    this.#redis = openRedis(options.redis, {
      maxRetriesPerRequest: 1,
      commandTimeout: 2_000,
      connectTimeout: 5_000,
      keepAlive: 10_000,
      retryStrategy: (attempts) => Math.min(attempts * 100, 2_000),
    });
    this.#redis.on('error', (error: Error) => this.#failed(error));
  }

  /** Tells this replica before it returns, the others as fast as Redis is. */
  readonly tell = (change: ManagementChange): void => {
    if (change.keys === 'any') {
      this.#tellAny();
      return;
    }
    for (const keyHash of change.keys) {
      this.#options.onInvalidate(keyHash);
      this.#publish(keyInvalidationChannel, { cache_key: keyHash });
    }
  };

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#redis?.disconnect();
  }

  #tellAny(): void {
    this.#options.onInvalidate(undefined);
    if (this.#timer !== undefined) {
      this.#isDue = true;
      return;
    }
    this.#publish(changeChannel, {});
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#isDue) this.#tellAny();
    }, ANY_INTERVAL_MS);
    this.#isDue = false;
  }

  #publish(channel: string, message: object): void {
    const { namespace } = this.#options;
    const name = namespace === undefined ? channel : `${namespace}:${channel}`;
    this.#redis?.publish(name, JSON.stringify(message)).then(
      () => {
        this.#isFailing = false;
      },
      (error: unknown) => this.#failed(error),
    );
  }

  #failed(error: unknown): void {
    if (this.#isFailing) return; // once per outage
    this.#isFailing = true;
    const reason = errorMessage(error);
    this.#options.log(
      `Changes of keys cannot be told to other replicas: ${reason}. Keys are re-read on a timer meanwhile.`,
    );
  }
}
