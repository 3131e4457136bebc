import type { Login, SecretSource } from '@genai-gateway/core';
import { Redis, type RedisOptions } from 'ioredis';
import { LoginChoice } from './login-choice.ts';

type ClientOptions = Omit<RedisOptions, 'replyMapping'>;

/** Where Redis is, and who comes to it. */
export interface RedisAddress {
  /** `redis://…` or `rediss://…`; without a user where `login` says it. */
  readonly url: string;
  /** Who new connections log in as; undefined: as the URL says. */
  readonly login?: SecretSource<Login> | undefined;
}

/**
 * A client that comes with the newest login whenever it connects; connections that are open stay. One that is refused
 * makes the secret be read again, and the client connects again as its own strategy says.
 */
export function openRedis({ url, login }: RedisAddress, options: ClientOptions): Redis {
  if (login === undefined) return new Redis(url, options);
  const choice = new LoginChoice(login);
  let used = choice.now();
  const redis = new Redis(url, { ...options, ...used });
  // It reads them when it connects, which is some time after this event.
  redis.on('close', () => {
    used = choice.now();
    Object.assign(redis.options, used);
  });
  redis.on('error', (error: Error) => {
    if (/^(?:WRONGPASS|NOAUTH) /.test(error.message)) void choice.refuse(used);
  });
  return redis;
}
