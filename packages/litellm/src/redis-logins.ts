import type { CacheLogins, Login } from '@genai-gateway/rotation';
import { Redis } from 'ioredis';

export interface RedisLoginsOptions {
  /** The cache as a login opens it, `redis://…` or `rediss://…`. */
  readonly urlOf: (login: Login) => string;
}

const TIMEOUT_MS = 5_000;
/** Written and left to expire, so that a login that may only read is found out. */
const KEY = 'genai-gateway:rotation';

/** The port `CacheLogins` over Redis. */
export class RedisLogins implements CacheLogins {
  readonly #options: RedisLoginsOptions;

  constructor(options: RedisLoginsOptions) {
    this.#options = options;
  }

  async check(login: Login, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    let refused: Error | undefined;
    const redis = new Redis(this.#options.urlOf(login), {
      lazyConnect: true,
      enableReadyCheck: false,
      connectTimeout: TIMEOUT_MS,
      commandTimeout: TIMEOUT_MS,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    // Where the password is wrong, ioredis says so here alone, and goes on as a client without a name.
    redis.on('error', (error) => {
      refused ??= error;
    });
    try {
      await redis.connect();
      await redis.set(KEY, 'checked', 'EX', 60);
    } catch (error) {
      throw refused ?? error;
    } finally {
      redis.disconnect();
    }
    if (refused !== undefined) throw refused;
  }
}
