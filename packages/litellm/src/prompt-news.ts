import { openRedis, type RedisAddress } from './open-redis.ts';
import { type RedisSubscription, subscribe } from './redis-subscription.ts';
import { asObject } from './values.ts';

/**
 * The channel on which it is said that managed prompts have changed: `{"arn": "…"}` of one of them, without its version,
 * or `{}` for any. It is the gateway's own, in the Redis that it shares with LiteLLM.
 */
export const promptChannel = 'genai-gateway:prompts';

export interface PromptNewsWatchOptions extends RedisAddress {
  /** Called with the ARN of a prompt that changed, without its version; with undefined when any may have changed unheard. */
  readonly onChange: (arn: string | undefined) => void;
  /** Lines for the log; they hold no secrets. */
  readonly log: (message: string) => void;
}

/** Listens for changed prompts. Returns at once, whether Redis is there or not, and never throws. */
export function watchPromptNews({ url, login, onChange, log }: PromptNewsWatchOptions): RedisSubscription {
  return subscribe({
    ...{ url, login },
    channels: [promptChannel],
    onConnected: () => onChange(undefined),
    onMessage: (_channel, message) => onChange(arnIn(message)),
    log,
    what: 'News of managed prompts',
    meanwhile: 'Drafts are read again every few seconds meanwhile, and versions every hour.',
  });
}

/** Undefined for whatever is no ARN: then any prompt may be meant. */
function arnIn(message: string): string | undefined {
  try {
    const arn = asObject(JSON.parse(message))?.['arn'];
    return typeof arn === 'string' && arn.startsWith('arn:') ? arn : undefined;
  } catch {
    return undefined;
  }
}

export interface PromptNewsOptions extends RedisAddress {
  /** The longest that telling may take, milliseconds; 2000 unless said. */
  readonly timeoutMs?: number;
  /** Told of news that nobody could be told. */
  readonly onFailure: (error: Error) => void;
}

const TIMEOUT_MS = 2_000;

/**
 * Tells the gateway's replicas of changed prompts, each time on a connection of its own: changes are rare, and one that is
 * kept is dead when a function wakes up after hours.
 */
export class PromptNews {
  readonly #options: PromptNewsOptions;

  constructor(options: PromptNewsOptions) {
    this.#options = options;
  }

  /** Resolves once Redis has it, or has failed; never rejects. */
  async tell(arn: string): Promise<void> {
    const { url, login, timeoutMs = TIMEOUT_MS, onFailure } = this.#options;
    const redis = openRedis(
      { url, login },
      {
        lazyConnect: true,
        maxRetriesPerRequest: 1,
        commandTimeout: timeoutMs,
        connectTimeout: timeoutMs,
        retryStrategy: () => 50,
      },
    );
    redis.on('error', () => {}); // told when the command fails
    try {
      await redis.publish(promptChannel, JSON.stringify({ arn }));
    } catch (error) {
      onFailure(error instanceof Error ? error : new Error(String(error)));
    } finally {
      redis.disconnect();
    }
  }
}
