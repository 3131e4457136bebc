import { hash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyInvalidationChannel, type RedisSubscription, watchKeyInvalidation } from '@genai-gateway/litellm';
import { afterEach, describe, expect, test } from 'vitest';
import { Relay } from './testing/relay.ts';
import { testRedis } from './testing/test-redis.ts';

const redis = testRedis();

const keyHash = hash('sha256', 'sk-test', 'hex');
let open: RedisSubscription[] = [];
let relays: Relay[] = [];

afterEach(async () => {
  for (const each of open) await each.close();
  for (const each of relays) each.cut();
  open = [];
  relays = [];
});

function watch(url: string, namespace?: string) {
  const heard: (string | undefined)[] = [];
  const lines: string[] = [];
  const watching = watchKeyInvalidation({
    url,
    onInvalidate: (each) => heard.push(each),
    log: (line) => lines.push(line),
    ...(namespace === undefined ? {} : { namespace }),
  });
  open.push(watching);
  return { heard, lines, watching };
}

/** Sends a command over a connection of its own, as LiteLLM would. */
async function send(...command: string[]): Promise<void> {
  const { port, password } = new URL(redisUrl());
  const socket = connect({ host: '127.0.0.1', port: Number(port) });
  const encode = (parts: readonly string[]) =>
    `*${parts.length}\r\n${parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`;
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString();
  });
  socket.write(encode(['AUTH', password]) + encode(command) + encode(['QUIT']));
  await once(socket, 'close');
  expect(answer).not.toMatch(/^-/m);
}

function redisUrl(): string {
  if (redis.url === undefined) throw new Error('no Redis');
  return redis.url;
}

const publish = (message: string, channel: string = keyInvalidationChannel) => send('PUBLISH', channel, message);

describe('key invalidation', () => {
  // No Redis program for this machine, and none to be had: said by name, not passed over in silence.
  const withRedis = (name: string, run: () => Promise<void>) =>
    test(name, async (context) => {
      if (redis.url === undefined) context.skip(redis.label);
      await run();
    });

  withRedis('a connection begins with all keys, then every changed key is heard', async () => {
    const { heard, lines } = watch(redisUrl());
    await expect.poll(() => heard).toEqual([undefined]);
    await publish(JSON.stringify({ cache_key: keyHash }));
    await expect.poll(() => heard).toEqual([undefined, keyHash]);
    expect(lines).toEqual([]);
  });

  withRedis('what is not about a key is passed over', async () => {
    const { heard } = watch(redisUrl());
    await expect.poll(() => heard).toEqual([undefined]);
    for (const message of [
      'no JSON',
      'null',
      '[]',
      '{}',
      '{"cache_key": 5}',
      '{"cache_key": "team_id:abc"}',
      JSON.stringify({ cache_key: `spend:key:${keyHash}`, new_value: 0, ttl: 60 }),
    ]) {
      await publish(message);
    }
    await publish(JSON.stringify({ cache_key: keyHash }));
    await expect.poll(() => heard).toEqual([undefined, keyHash]);
  });

  withRedis('a namespace is in front of the channel', async () => {
    const { heard } = watch(redisUrl(), 'mine');
    await expect.poll(() => heard).toEqual([undefined]);
    await publish(JSON.stringify({ cache_key: 'f'.repeat(64) }));
    await publish(JSON.stringify({ cache_key: keyHash }), `mine:${keyInvalidationChannel}`);
    await expect.poll(() => heard).toEqual([undefined, keyHash]);
  });

  withRedis('after a gap all keys are said, and listening goes on', async () => {
    const relay = new Relay(redisUrl());
    relays.push(relay);
    await relay.start();
    const { heard, lines } = watch(relay.url);
    await expect.poll(() => heard).toEqual([undefined]);
    relay.cut();
    await expect.poll(() => lines.length, { timeout: 10_000 }).toBe(1);
    await publish(JSON.stringify({ cache_key: keyHash })); // nobody hears it
    await relay.start();
    await expect.poll(() => heard, { timeout: 10_000 }).toEqual([undefined, undefined]);
    await publish(JSON.stringify({ cache_key: keyHash }));
    await expect.poll(() => heard).toEqual([undefined, undefined, keyHash]);
    expect(lines).toHaveLength(1);
  });

  withRedis('without Redis nothing is thrown, one line is said, and it is found when it comes', async () => {
    const relay = new Relay(redisUrl());
    relays.push(relay);
    await relay.start();
    relay.cut();
    const { heard, lines } = watch(relay.url);
    await expect.poll(() => lines.length).toBe(1);
    expect(lines[0]).not.toContain(new URL(redisUrl()).password);
    expect(heard).toEqual([]);
    await sleep(700); // some more attempts, which must stay silent
    await relay.start();
    await expect.poll(() => heard, { timeout: 10_000 }).toEqual([undefined]);
    expect(lines).toHaveLength(1);
  });

  withRedis('a wrong password is said and does no harm', async () => {
    const url = new URL(redisUrl());
    url.password = 'wrong-secret';
    const { heard, lines } = watch(url.href);
    await expect.poll(() => lines.length).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toContain('wrong-secret');
    expect(heard).toEqual([]);
  });

  withRedis('a user who may not listen is told of once; when it may, everything is heard', async () => {
    await send('ACL', 'SETUSER', 'deaf', 'reset', 'on', '>word', '~*', '+@all', 'resetchannels');
    const url = new URL(redisUrl());
    [url.username, url.password] = ['deaf', 'word'];
    const { heard, lines } = watch(url.href);
    await expect.poll(() => lines.length).toBe(1);
    expect(lines[0]).toContain('cannot subscribe: NOPERM');
    expect(lines[0]).toContain('may subscribe');
    await sleep(700); // some more attempts, which must stay silent
    expect(lines).toHaveLength(1);
    await send('ACL', 'SETUSER', 'deaf', 'allchannels');
    await expect.poll(() => heard, { timeout: 10_000 }).toEqual([undefined]);
  });

  withRedis('closed means silent', async () => {
    const { heard, watching } = watch(redisUrl());
    await expect.poll(() => heard).toEqual([undefined]);
    await watching.close();
    const other = watch(redisUrl());
    await expect.poll(() => other.heard).toEqual([undefined]);
    await publish(JSON.stringify({ cache_key: keyHash }));
    await expect.poll(() => other.heard).toEqual([undefined, keyHash]);
    expect(heard).toEqual([undefined]);
  });
});
