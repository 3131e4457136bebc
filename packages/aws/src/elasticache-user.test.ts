import { afterEach, beforeEach, expect, it } from 'vitest';
import { CredentialSource } from './credentials.ts';
import { ElastiCacheUser } from './elasticache-user.ts';
import { type ElastiCacheServer, startElastiCacheServer } from './test-support/elasticache-server.ts';

const signal = AbortSignal.timeout(60_000);
let server: ElastiCacheServer;
let applied: (readonly string[])[] = [];
let user: ElastiCacheUser;

const userOf = (userId: string) =>
  new ElastiCacheUser({
    credentials: new CredentialSource(
      async () => ({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 's' }),
      Date.now,
    ),
    region: 'eu-west-1',
    endpoint: server.url,
    userId,
    pollMs: 1,
  });

beforeEach(async () => {
  applied = [];
  const apply = async (_userName: string, passwords: readonly string[]) => void applied.push(passwords);
  server = await startElastiCacheServer({ userName: 'gateway', apply });
  user = userOf(server.userId);
});
afterEach(async () => {
  user.close();
  await server.stop();
});

it('sets two passwords, and comes back when the cache has them', async () => {
  await user.setPasswords(['old', 'new'], signal);
  expect(applied).toEqual([['old', 'new']]);
});

it('waits for a change that somebody else has begun', async () => {
  server.beBusyFor(4);
  await user.setPasswords(['old', 'new'], signal);
  expect(server.changes).toEqual([2]);
});

it.each(['Throttling', 'ServiceUnavailable'])('tries again after %s', async (code) => {
  server.fail(code, 1);
  await user.setPasswords(['old', 'new'], signal).catch(() => user.setPasswords(['old', 'new'], signal));
  expect(applied.at(-1)).toEqual(['old', 'new']);
});

it('passes on that it may not, without a password', async () => {
  server.fail('AccessDenied', 100);
  const error = await user.setPasswords(['old-one', 'new-one'], signal).catch((each: unknown) => each);
  expect(error).toHaveProperty('name', 'AccessDenied');
  expect(JSON.stringify(error)).not.toMatch(/old-one|new-one/);
  expect(applied).toEqual([]);
});

it('says what to do where there is no such user', async () => {
  const nobody = userOf('nobody');
  await expect(nobody.setPasswords(['old', 'new'], signal)).rejects.toThrow();
  nobody.close();
});

it('ends with its signal', async () => {
  server.beBusyFor(1_000_000);
  await expect(user.setPasswords(['old', 'new'], AbortSignal.timeout(100))).rejects.toThrow();
  expect(server.changes).toEqual([]);
});
