import { describe, expect, test } from 'vitest';
import { KeyCache, type KeyCacheOptions } from './key-cache.ts';
import type { KeyStore } from './key-store.ts';
import type { VirtualKey } from './principal.ts';
import { virtualKey } from './test-support/virtual-key.ts';

const options: KeyCacheOptions = {
  freshMs: 2_000,
  revalidateMs: 4_000,
  absentMs: 1_000,
  outageMs: 60_000,
  lookupTimeoutMs: 3_000,
  maxKeys: 3,
};

const keyNamed = (keyHash: string, keyAlias: string): VirtualKey => virtualKey({ keyHash, keyAlias });

/** Keys in memory. With `held` a read answers only when the test says so. */
class MemoryKeyStore implements KeyStore {
  readonly aliases = new Map<string, string>();
  reads = 0;
  down = false;
  held: { answer: () => void }[] | undefined;

  async findByHash(keyHash: string, signal: AbortSignal): Promise<VirtualKey | undefined> {
    this.reads += 1;
    signal.throwIfAborted();
    const alias = this.aliases.get(keyHash);
    const { down, held } = this;
    if (held !== undefined) await new Promise<void>((resolve) => held.push({ answer: resolve }));
    if (down) throw new Error('the database is away');
    return alias === undefined ? undefined : keyNamed(keyHash, alias);
  }
}

function setUp(more: Partial<KeyCacheOptions> = {}) {
  const store = new MemoryKeyStore();
  const clock = { ms: 1_000_000 };
  const cache = new KeyCache(store, () => clock.ms, { ...options, ...more });
  const alias = async (keyHash: string) => (await cache.find(keyHash))?.keyAlias;
  return { store, clock, cache, alias };
}

/** Lets everything that is ready run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a key that is there', () => {
  test('is read once while it is fresh, and answered without a promise', async () => {
    const { store, clock, cache, alias } = setUp();
    store.aliases.set('a', 'one');
    expect(await alias('a')).toBe('one');
    clock.ms += 1_999;
    expect(cache.find('a')).toMatchObject({ keyAlias: 'one' });
    expect(store.reads).toBe(1);
  });

  test('is refreshed ahead: the old copy at once, the new one to the next', async () => {
    const { store, clock, cache, alias } = setUp();
    store.aliases.set('a', 'one');
    await alias('a');
    store.aliases.set('a', 'two');
    clock.ms += 2_000;
    expect(cache.find('a')).toMatchObject({ keyAlias: 'one' });
    await settled();
    expect(cache.find('a')).toMatchObject({ keyAlias: 'two' });
    expect(store.reads).toBe(2);
  });

  test('that is older than that is waited for', async () => {
    const { store, clock, alias } = setUp();
    store.aliases.set('a', 'one');
    await alias('a');
    store.aliases.set('a', 'two');
    clock.ms += 4_000;
    expect(await alias('a')).toBe('two');
  });

  test('that was deleted is gone after the same time', async () => {
    const { store, clock, alias } = setUp();
    store.aliases.set('a', 'one');
    await alias('a');
    store.aliases.delete('a');
    clock.ms += 4_000;
    expect(await alias('a')).toBeUndefined();
  });

  test('is read by one caller for all', async () => {
    const { store, cache } = setUp();
    store.aliases.set('a', 'one');
    store.held = [];
    const callers = [cache.find('a'), cache.find('a'), cache.find('a')];
    for (const each of store.held) each.answer();
    const found = await Promise.all(callers);
    expect(found.map((key) => key?.keyAlias)).toEqual(['one', 'one', 'one']);
    expect(store.reads).toBe(1);
  });

  test('ages from when its read began, not from when it ended', async () => {
    const { store, clock, cache } = setUp();
    store.aliases.set('a', 'one');
    store.held = [];
    const first = cache.find('a');
    clock.ms += 2_000;
    store.held[0]?.answer();
    await first;
    store.held = undefined;
    void cache.find('a');
    expect(store.reads).toBe(2);
  });
});

describe('a key that is not there', () => {
  test('is remembered for a moment', async () => {
    const { store, clock, cache, alias } = setUp();
    expect(await alias('a')).toBeUndefined();
    store.aliases.set('a', 'one');
    clock.ms += 999;
    expect(cache.find('a')).toBeUndefined();
    clock.ms += 1;
    expect(await alias('a')).toBe('one');
    expect(store.reads).toBe(2);
  });
});

describe('an outage of the store', () => {
  test('is no negative answer, and is not remembered as one', async () => {
    const { store, cache, alias } = setUp();
    store.down = true;
    await expect(cache.find('a')).rejects.toMatchObject({ code: 'identity-unavailable', retryAfterSeconds: 2 });
    store.down = false;
    store.aliases.set('a', 'one');
    expect(await alias('a')).toBe('one');
  });

  test('leaves a verified key good, and then ends it', async () => {
    const { store, clock, cache, alias } = setUp();
    store.aliases.set('a', 'one');
    await alias('a');
    store.down = true;
    clock.ms += 59_999;
    expect(await alias('a')).toBe('one');
    clock.ms += 1;
    await expect(cache.find('a')).rejects.toMatchObject({ code: 'identity-unavailable' });
  });

  test('is waited for once; after that nobody waits who has a verified key', async () => {
    const { store, clock, cache, alias } = setUp();
    store.aliases.set('a', 'one');
    await alias('a');
    store.down = true;
    clock.ms += 10_000;
    expect(await alias('a')).toBe('one');
    clock.ms += 3_999;
    store.held = []; // a database that takes the question and never answers
    expect(cache.find('a')).toMatchObject({ keyAlias: 'one' });
    expect(cache.find('a')).toMatchObject({ keyAlias: 'one' });
    expect(store.reads).toBe(3);
    store.held[0]?.answer();
    await settled();
  });

  test('that ended while nobody called does not keep a revoked key', async () => {
    const { store, clock, alias } = setUp();
    store.aliases.set('a', 'one');
    await alias('a');
    store.down = true;
    clock.ms += 10_000;
    await alias('a');
    store.down = false;
    store.aliases.delete('a');
    clock.ms += 4_000;
    expect(await alias('a')).toBeUndefined();
  });

  test('does not forget a key that was known to be absent as one that is there', async () => {
    const { store, clock, cache, alias } = setUp();
    await alias('a');
    store.down = true;
    clock.ms += 5_000;
    await expect(cache.find('a')).rejects.toMatchObject({ code: 'identity-unavailable' });
  });
});

describe('invalidation', () => {
  test('of one key makes the next caller wait for the store', async () => {
    const { store, cache, alias } = setUp();
    store.aliases.set('a', 'one');
    await alias('a');
    store.aliases.set('a', 'two');
    cache.invalidate('a');
    expect(await alias('a')).toBe('two');
  });

  test('holds through an outage', async () => {
    const { store, cache, alias } = setUp();
    store.aliases.set('a', 'one');
    await alias('a');
    cache.invalidate('a');
    store.down = true;
    await expect(cache.find('a')).rejects.toMatchObject({ code: 'identity-unavailable' });
  });

  test('during a read: what that read brings is not kept', async () => {
    const { store, cache, alias } = setUp();
    store.aliases.set('a', 'one');
    store.held = [];
    const first = cache.find('a');
    store.aliases.set('a', 'two');
    cache.invalidate('a');
    store.held[0]?.answer();
    store.held = undefined;
    await first;
    expect(await alias('a')).toBe('two');
    expect(cache.find('a')).toMatchObject({ keyAlias: 'two' });
  });

  test('of all makes every key be read again, and keeps them through an outage', async () => {
    const { store, cache, alias } = setUp();
    store.aliases.set('a', 'one').set('b', 'one');
    await alias('a');
    await alias('b');
    store.aliases.set('a', 'two');
    cache.invalidateAll();
    expect(await alias('a')).toBe('two');
    store.down = true;
    expect(await alias('b')).toBe('one');
  });
});

test('beyond the limit the key goes that was read the longest ago', async () => {
  const { store, clock, cache, alias } = setUp();
  for (const name of ['a', 'b', 'c', 'd']) store.aliases.set(name, name);
  for (const name of ['a', 'b', 'c']) await alias(name);
  clock.ms += 2_500;
  void cache.find('a'); // read anew, so `b` is the oldest now
  await settled();
  await alias('d');
  expect(cache.find('a')).toMatchObject({ keyAlias: 'a' });
  expect(cache.find('c')).toMatchObject({ keyAlias: 'c' });
  expect(cache.find('b')).toBeInstanceOf(Promise);
});
