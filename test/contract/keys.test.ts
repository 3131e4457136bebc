import { keyHash } from '@genai-gateway/local';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { makeKey, sql } from './support/keys.ts';
import { ALIAS, world } from './support/world.ts';

if (world.redisUrl === undefined && process.env['CI'] === 'true') throw new Error('CI needs a Redis.');

function ask(key: string, model = ALIAS): Promise<number> {
  return fetch(`${world.http}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello.' }] }),
  }).then((reply) => reply.status);
}

const set = (key: string, column: string, value: unknown) =>
  sql(world.databaseUrl, `UPDATE "LiteLLM_VerificationToken" SET "${column}" = $1 WHERE token = $2`, [
    value,
    keyHash(key),
  ]);

async function publish(url: string, message: object): Promise<number> {
  const redis = new Redis(url);
  try {
    return await redis.publish('litellm_proxy.auth_cache_invalidation', JSON.stringify(message));
  } finally {
    redis.disconnect();
  }
}

describe('a key', () => {
  it.skipIf(world.redisUrl === undefined)(
    'that is blocked is refused as soon as LiteLLM says so over Redis',
    async () => {
      const key = await makeKey(world.databaseUrl);
      expect(await ask(key)).toBe(200);
      await set(key, 'blocked', true);
      // Nobody has said so yet, and the key was read a moment ago.
      expect(await ask(key)).toBe(200);
      expect(await publish(world.redisUrl ?? '', { cache_key: keyHash(key) })).toBeGreaterThan(0);
      // Shorter than the two seconds for which a key is used unread.
      await expect.poll(() => ask(key), { timeout: 1_000, interval: 10 }).toBe(401);
    },
  );

  it('that is blocked is refused after seconds when nobody says so', async () => {
    const key = await makeKey(world.databaseUrl);
    expect(await ask(key)).toBe(200);
    await set(key, 'blocked', true);
    await expect.poll(() => ask(key), { timeout: 6_000, interval: 200 }).toBe(401);
  });

  it('works as soon as it is made', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) expect(await ask(await makeKey(world.databaseUrl))).toBe(200);
  });

  it('is limited to its models, wildcards included', async () => {
    const key = await makeKey(world.databaseUrl, { models: ['nova-*'] });
    expect([await ask(key, 'nova-lite'), await ask(key, 'nova-pro'), await ask(key)]).toEqual([200, 200, 403]);
    // The direct id is no way around.
    expect(await ask(key, 'us.anthropic.claude-sonnet-4-5-20250929-v1:0')).toBe(403);
  });

  it('that expires while it is in use is refused from then on', async () => {
    const key = await makeKey(world.databaseUrl, {
      expires: new Date(Date.now() + 1_500).toISOString().replace('Z', ''),
    });
    expect(await ask(key)).toBe(200);
    await expect.poll(() => ask(key), { timeout: 5_000, interval: 100 }).toBe(401);
  });

  it('called sk-… by nobody is refused, whatever is in it', async () => {
    for (const odd of [
      'sk-',
      "sk-' OR '1'='1",
      `sk-${'a'.repeat(2000)}`,
      'sk-%00',
      '__proto__',
      keyHash(world.keys.good),
    ]) {
      expect([odd, await ask(odd)]).toEqual([odd, 401]);
    }
  });

  it('of the master may call every model', async () => {
    expect([await ask(world.masterKey), await ask(world.masterKey, 'nova-lite')]).toEqual([200, 200]);
  });
});
