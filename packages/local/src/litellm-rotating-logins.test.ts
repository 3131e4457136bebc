import { setTimeout as sleep } from 'node:timers/promises';
import type { Login, SecretSource } from '@genai-gateway/core';
import { connectCounters, connectPostgres } from '@genai-gateway/litellm';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testDatabase } from './testing/test-database.ts';
import { testRedis } from './testing/test-redis.ts';

const database = testDatabase({ max: 2 });
const cache = testRedis();

/** A secret as the gateway knows it, and as its store has it. */
class TestSecret implements SecretSource<Login> {
  #versions: ReturnType<SecretSource<Login>['versions']>;
  refreshes = 0;
  stored: readonly [Login, ...Login[]];

  constructor(...logins: [Login, ...Login[]]) {
    this.stored = logins;
    this.#versions = asVersions(logins);
  }

  versions() {
    return this.#versions;
  }

  async refresh(): Promise<void> {
    this.refreshes += 1;
    if (JSON.stringify(this.#versions) !== JSON.stringify(asVersions(this.stored))) {
      this.#versions = asVersions(this.stored);
    }
  }
}

function asVersions([first, ...others]: readonly [Login, ...Login[]]): ReturnType<SecretSource<Login>['versions']> {
  const version = (value: Login) => ({ value, sinceMs: undefined });
  return [version(first), ...others.map(version)];
}

const login = (username: string, password: string): Login => ({ username, password });
/** Every printable character of ASCII: passwords are generated. */
const odd = String.fromCharCode(...Array.from({ length: 94 }, (_, index) => 33 + index));
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

describe('users of Postgres that take turns', () => {
  const role = (name: string, password: string) =>
    database.pool
      .query(`DO $$ BEGIN CREATE ROLE ${name} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`)
      .then(() => database.pool.query(`ALTER ROLE ${name} WITH LOGIN PASSWORD '${password.replaceAll("'", "''")}'`));
  const poolFor = (secret: SecretSource<Login>, max = 2) => {
    const url = new URL(database.postgres.url);
    [url.username, url.password] = ['', ''];
    const pool = connectPostgres({ url: url.href, login: secret, max });
    ends.push(() => pool.end());
    return pool;
  };
  const whoAmI = async (pool: ReturnType<typeof connectPostgres>) =>
    (await pool.query<{ user: string }>('SELECT current_user AS user')).rows[0]?.user;

  beforeEach(async () => {
    await role('turn', 'one');
    await role('turn_b', odd);
  });

  test('a connection comes as the newest user, with any password; open ones stay', async () => {
    const secret = new TestSecret(login('turn', 'one'));
    const pool = poolFor(secret);
    const held = await pool.connect();
    secret.stored = [login('turn_b', odd), login('turn', 'one')];
    await secret.refresh();
    expect(await whoAmI(pool)).toBe('turn_b');
    expect((await held.query('SELECT current_user AS user')).rows).toEqual([{ user: 'turn' }]);
    held.release();
  });

  test('a password that was replaced twice since it was read costs nobody an answer', async () => {
    const secret = new TestSecret(login('turn', 'old'), login('turn_b', 'older'));
    secret.stored = [login('turn', 'one'), login('turn_b', odd)];
    const pool = poolFor(secret, 4);
    expect(await Promise.all([1, 2, 3, 4, 5, 6].map(() => whoAmI(pool)))).toEqual(Array(6).fill('turn'));
    expect(secret.refreshes).toBeGreaterThan(0);
  });

  test('a secret that is ahead of the database: the user before the newest is taken', async () => {
    const secret = new TestSecret(login('turn', 'not yet'), login('turn_b', odd));
    const pool = poolFor(secret);
    expect([await whoAmI(pool), await whoAmI(pool)]).toEqual(['turn_b', 'turn_b']);
    await role('turn', 'not yet');
    secret.stored = [login('turn', 'not yet'), login('turn_b', 'gone')];
    await role('turn_b', 'gone');
    await pool.query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => {});
    expect(await whoAmI(pool)).toBe('turn');
  });

  test('a role that may not log in any more', async () => {
    await database.pool.query('ALTER ROLE turn NOLOGIN');
    const pool = poolFor(new TestSecret(login('turn', 'one'), login('turn_b', odd)));
    expect(await whoAmI(pool)).toBe('turn_b');
  });

  test('with both wrong Postgres’s own refusal is told, and what is mended then works', async () => {
    const secret = new TestSecret(login('turn', 'wrong'), login('turn_b', 'wrong too'));
    const pool = poolFor(secret);
    await expect(pool.query('SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    await expect(pool.connect()).rejects.toMatchObject({ code: '28P01' });
    await role('turn', 'wrong');
    expect(await whoAmI(pool)).toBe('turn');
  });

  test('another failure is no refusal', async () => {
    const secret = new TestSecret(login('turn', 'one'));
    const pool = connectPostgres({ url: 'postgresql://127.0.0.1:9/none', login: secret, max: 1 });
    ends.push(() => pool.end());
    await expect(pool.query('SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(secret.refreshes).toBe(0);
  });
});

describe('a user of Valkey with two passwords', () => {
  let admin: Redis;
  const passwords = (...all: string[]) =>
    admin.call('ACL', 'SETUSER', 'turn', 'reset', 'on', '~*', '&*', '+@all', ...all.map((each) => `>${each}`));

  beforeEach(({ skip }) => {
    if (cache.url === undefined) return skip(cache.label);
    admin = new Redis(cache.url);
    ends.push(() => admin.disconnect());
  });

  const follow = (secret: SecretSource<Login>) => {
    const url = new URL(cache.url ?? '');
    [url.username, url.password] = ['', ''];
    const redis = connectCounters({ url: url.href, login: secret });
    ends.push(() => redis.disconnect());
    return redis;
  };
  async function answers(redis: Redis): Promise<string> {
    const deadline = Date.now() + 15_000;
    for (;;) {
      try {
        return String(await redis.call('ACL', 'WHOAMI'));
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await sleep(20);
      }
    }
  }

  test('a connection that is open stays when its password goes, and comes back with the newest', async () => {
    await passwords('one');
    const secret = new TestSecret(login('turn', 'one'));
    const redis = follow(secret);
    expect(await answers(redis)).toBe('turn');
    // Not `reset`, which ends what is open.
    await admin.call('ACL', 'SETUSER', 'turn', 'resetpass', '>two', '>three');
    secret.stored = [login('turn', 'three'), login('turn', 'two')];
    expect(await redis.call('ACL', 'WHOAMI')).toBe('turn');
    redis.disconnect(true);
    expect(await answers(redis)).toBe('turn');
    expect(secret.refreshes).toBeGreaterThan(0);
  });

  test('a secret that is ahead of the cache: the password before the newest is taken', async () => {
    await passwords(odd);
    const redis = follow(new TestSecret(login('turn', 'not yet'), login('turn', odd)));
    expect(await answers(redis)).toBe('turn');
  });

  test('with both wrong it tries on, and what is mended then works', async () => {
    await passwords('right');
    const secret = new TestSecret(login('turn', 'wrong'), login('turn', 'wrong too'));
    const redis = follow(secret);
    await sleep(300);
    await expect(redis.ping()).rejects.toThrow();
    secret.stored = [login('turn', 'right'), login('turn', 'wrong')];
    expect(await answers(redis)).toBe('turn');
  });
});
