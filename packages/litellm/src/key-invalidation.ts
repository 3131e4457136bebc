import type { RedisAddress } from './open-redis.ts';
import { type RedisSubscription, subscribe } from './redis-subscription.ts';
import { asObject } from './values.ts';

/** The Redis is the one that LiteLLM coordinates by. */
export interface KeyInvalidationOptions extends RedisAddress {
  /** `cache_params.namespace` of LiteLLM, which it puts in front of the channel. */
  readonly namespace?: string;
  /** Called with the hash of a key that changed; with undefined when any may have changed unheard. */
  readonly onInvalidate: (keyHash: string | undefined) => void;
  /** Lines for the log; they hold no secrets. */
  readonly log: (message: string) => void;
}

/**
 * The channel on which LiteLLM says what changed, as `{"cache_key": "<hash of a key>"}`. It also
 * carries names of teams and users, and counters with their `new_value`: those are passed over,
 * because every key is re-read after seconds anyway.
 * Source: LiteLLM 1.106.2, proxy/common_utils/auth_cache_invalidation_pubsub.py,
 * https://github.com/BerriAI/litellm, and its traffic with Valkey 9 (read 2026-11-22).
 */
export const keyInvalidationChannel = 'litellm_proxy.auth_cache_invalidation';

/**
 * The channel on which the gateway's replicas tell each other that any key may have changed, by a management call that
 * LiteLLM tells nobody of: a changed team, a deleted user. What the message says does not matter.
 */
export const changeChannel = 'genai-gateway.changed';

/**
 * Listens for changed keys. Returns at once, whether Redis is there or not, and never throws; after
 * each connection it calls `onInvalidate(undefined)`, because what was said before was not heard.
 */
export function watchKeyInvalidation({
  url,
  login,
  namespace,
  onInvalidate,
  log,
}: KeyInvalidationOptions): RedisSubscription {
  const prefix = namespace === undefined ? '' : `${namespace}:`;
  const anyKey = prefix + changeChannel;
  return subscribe({
    ...{ url, login },
    channels: [prefix + keyInvalidationChannel, anyKey],
    onConnected: () => onInvalidate(undefined),
    onMessage: (channel, message) => {
      const keyHash = hashOf(message);
      if (channel === anyKey) onInvalidate(undefined);
      else if (keyHash !== undefined) onInvalidate(keyHash);
    },
    log,
    what: 'Key invalidation',
    meanwhile: 'Keys are re-read on a timer meanwhile.',
  });
}

/** The hash of a key in a message; undefined when it is about something else. */
function hashOf(message: string): string | undefined {
  try {
    const key = asObject(JSON.parse(message))?.['cache_key'];
    return typeof key === 'string' && /^[0-9a-f]{64}$/.test(key) ? key : undefined;
  } catch {
    return undefined;
  }
}
