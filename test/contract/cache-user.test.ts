import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { StateFolder, startRedis, startStack } from '@genai-gateway/local';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cacheAccess, nobodyAccess } from '../../stacks/data/cache-user.ts';
import { ALIAS } from './support/world.ts';

/*
 * The rights of the cache's users on a real Valkey. ElastiCache has the same grammar of access strings; that it takes
 * these cannot be seen here.
 */
const folder = mkdtempSync(join(tmpdir(), 'cache-user-'));
const redis = await startRedis({
  state: StateFolder.open(join(folder, 'redis')),
  cacheDir: resolve(import.meta.dirname, '../../.cache'),
  signal: AbortSignal.timeout(60_000),
});
if (redis.url === undefined && process.env['CI'] === 'true') throw new Error('CI needs a Valkey.');

let gateway: Redis;

beforeAll(async () => {
  if (redis.url === undefined) return;
  const admin = new Redis(redis.url);
  await admin.call('ACL', 'SETUSER', 'gateway', '>secret', ...cacheAccess.split(' '));
  await admin.call('ACL', 'SETUSER', 'nobody', '>secret', ...nobodyAccess.split(' '));
  admin.disconnect();
  gateway = login('gateway');
});

afterAll(async () => {
  gateway?.disconnect();
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
});

function login(username: string): Redis {
  const { hostname, port } = new URL(redis.url ?? '');
  return new Redis({ host: hostname, port: Number(port), username, password: 'secret', maxRetriesPerRequest: 0 });
}

/** What gateway and LiteLLM call; see `packages/litellm/src/accounts` and LiteLLM's caching/redis_cache.py. */
const needed: readonly (readonly [string, ...string[]])[] = [
  ['PING'],
  ['INFO'],
  ['CLIENT', 'SETINFO', 'LIB-NAME', 'test'],
  ['CLIENT', 'SETNAME', 'test'],
  ['TIME'],
  ['SET', 'a', '1', 'EX', '60', 'NX'],
  ['GET', 'a'],
  ['MGET', 'a', 'b'],
  ['INCR', 'a'],
  ['INCRBYFLOAT', 'a', '0.5'],
  ['EXPIRE', 'a', '60'],
  ['TTL', 'a'],
  ['EXISTS', 'a'],
  ['SCAN', '0', 'MATCH', 'a*', 'COUNT', '10'],
  ['DEL', 'a'],
  ['HSET', 'h', 'f', '1'],
  ['HSETNX', 'h', 'g', '1'],
  ['HGET', 'h', 'f'],
  ['HGETALL', 'h'],
  ['HEXISTS', 'h', 'f'],
  ['HINCRBY', 'h', 'f', '1'],
  ['HRANDFIELD', 'h', '1'],
  ['HSCAN', 'h', '0'],
  ['HLEN', 'h'],
  ['HDEL', 'h', 'f'],
  ['SADD', 's', 'm'],
  ['SMEMBERS', 's'],
  ['SREM', 's', 'm'],
  ['ZADD', 'z', '1', 'm'],
  ['ZCARD', 'z'],
  ['ZRANGE', 'z', '0', '-1'],
  ['ZREMRANGEBYSCORE', 'z', '0', '1'],
  ['ZREM', 'z', 'm'],
  ['RPUSH', 'l', 'x'],
  ['LTRIM', 'l', '-10', '-1'],
  ['LPOP', 'l'],
  ['MULTI'],
  ['EXEC'],
  ['PUBLISH', 'channel', 'news'],
  ['SCRIPT', 'LOAD', 'return 1'],
  ['EVAL', "redis.call('SET', KEYS[1], ARGV[1]) return redis.call('TIME')", '1', 'k', 'v'],
];

/** What only an attacker with the password would call. */
const refused: readonly (readonly [string, ...string[]])[] = [
  ['FLUSHALL'],
  ['FLUSHDB'],
  ['KEYS', '*'],
  ['CONFIG', 'GET', '*'],
  ['ACL', 'LIST'],
  ['CLIENT', 'LIST'],
  ['CLIENT', 'KILL', 'ID', '1'],
  ['MONITOR'],
  ['SAVE'],
  ['SHUTDOWN', 'NOSAVE'],
  ['REPLICAOF', 'attacker.example', '6379'],
  ['MIGRATE', 'attacker.example', '6379', 'a', '0', '100'],
  ['RESTORE', 'a', '0', 'x'],
  ['SWAPDB', '0', '1'],
  ['MODULE', 'LIST'],
  ['EVAL', "return redis.call('FLUSHALL')", '0'],
];

describe.skipIf(redis.url === undefined)('the user of gateway and LiteLLM', () => {
  test.each(needed)('may %s %s', async (command, ...args) => {
    await expect(gateway.call(command, ...args)).resolves.toBeDefined();
  });

  test.each(refused)('may not %s %s', async (command, ...args) => {
    await expect(gateway.call(command, ...args)).rejects.toThrow(/NOPERM|permission/i);
  });

  test('hears what is published', async () => {
    const listener = login('gateway');
    const heard = new Promise((resolve) => listener.once('message', (_channel, message) => resolve(message)));
    await listener.subscribe('channel');
    await gateway.publish('channel', 'news');
    expect(await heard).toBe('news');
    listener.disconnect();
  });
});

test.skipIf(redis.url === undefined)('a user without a name is switched off', async () => {
  const nobody = login('nobody');
  const refusal = new Promise<Error>((resolve) => nobody.once('error', resolve));
  nobody.ping().catch(() => {});
  expect((await refusal).message).toMatch(/WRONGPASS/);
  nobody.disconnect();
});

test.skipIf(redis.url === undefined)('the gateway counts and books with these rights', async () => {
  const { port } = new URL(redis.url ?? '');
  const stateDir = join(folder, 'stack');
  const env = { ...process.env, REDIS_URL: `redis://gateway:secret@127.0.0.1:${port}` };
  const stack = await startStack({ stateDir, port: 0, tlsPort: 0, env, litellm: 'off' });
  try {
    const answer = await fetch(`${stack.http}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stack.keys[0]}` },
      body: JSON.stringify({ model: ALIAS, messages: [{ role: 'user', content: 'Hello.' }] }),
    });
    expect(answer.status).toBe(200);
    // What it holds and journals: names of its own, which only its scripts have written.
    expect(await gateway.smembers('genai-gateway:holders')).not.toEqual([]);
  } finally {
    await stack.stop();
  }
});
