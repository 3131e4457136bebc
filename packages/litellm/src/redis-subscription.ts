import { errorMessage } from '@genai-gateway/core';
import { openRedis, type RedisAddress } from './open-redis.ts';

export interface RedisSubscriptionOptions extends RedisAddress {
  readonly channels: readonly string[];
  /** After each connection: what was said before was not heard. */
  readonly onConnected: () => void;
  readonly onMessage: (channel: string, message: string) => void;
  /** Lines for the log; they hold no secrets. */
  readonly log: (message: string) => void;
  /** Whose subscription it is, as the first words of a line of the log. */
  readonly what: string;
  /** What happens while Redis cannot be reached, as a sentence. */
  readonly meanwhile: string;
}

/** A subscription that is kept up until it is closed. */
export interface RedisSubscription {
  close(): Promise<void>;
}

const longestWaitMs = 2_000;

/** Listens to channels. Returns at once, whether Redis is there or not, and never throws. */
export function subscribe(options: RedisSubscriptionOptions): RedisSubscription {
  const { channels, onConnected, onMessage, log, what, meanwhile } = options;
  const redis = openRedis(options, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    autoResubscribe: false,
    // Never given up: a subscription that ends in silence would leave revoked keys alive for longer.
    retryStrategy: (attempts) => Math.min(attempts * 100, longestWaitMs),
    reconnectOnError: () => false,
    connectTimeout: 5_000,
    keepAlive: 10_000,
  });
  let closed = false;
  let told = false;
  redis.on('error', (error: Error) => {
    if (told || closed) return; // once per outage, not per attempt
    told = true;
    log(`${what} cannot reach Redis: ${error.message}. ${meanwhile}`);
  });
  redis.on('ready', () => {
    redis.subscribe(...channels).then(
      () => {
        told = false;
        onConnected();
      },
      (error: unknown) => {
        if (closed) return;
        redis.disconnect(true);
        if (told) return;
        told = true;
        const why = errorMessage(error);
        log(`${what} cannot subscribe: ${why}. The user of Redis needs to be one that may subscribe. ${meanwhile}`);
      },
    );
  });
  redis.on('message', onMessage);
  redis.connect().catch(() => {}); // told by the event 'error', and tried again
  return {
    close: async () => {
      closed = true;
      redis.disconnect();
    },
  };
}
