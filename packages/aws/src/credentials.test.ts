import { expect, test } from 'vitest';
import { CredentialSource } from './credentials.ts';
import type { AwsCredentials } from './sigv4.ts';

const MINUTE = 60_000;

/** A provider that counts its calls and gives credentials that live for an hour from `clock.now`. */
function setUp() {
  const clock = { now: 1_000_000_000_000 };
  const provider = { calls: 0, fails: false };
  const source = new CredentialSource(
    async (): Promise<AwsCredentials> => {
      provider.calls += 1;
      const call = provider.calls;
      await Promise.resolve();
      if (provider.fails) throw new Error('metadata service is away');
      return { accessKeyId: `key-${call}`, secretAccessKey: 's', expiration: new Date(clock.now + 60 * MINUTE) };
    },
    () => clock.now,
  );
  return { clock, provider, source };
}

test('many callers at once cause one read', async () => {
  const { provider, source } = setUp();
  const all = await Promise.all(Array.from({ length: 50 }, () => source.get()));
  expect(provider.calls).toBe(1);
  expect(new Set(all.map((each) => each.accessKeyId))).toEqual(new Set(['key-1']));
});

test('young credentials are given without a promise', async () => {
  const { clock, source } = setUp();
  await source.get();
  clock.now += 49 * MINUTE;
  expect(source.get()).toMatchObject({ accessKeyId: 'key-1' });
});

test('credentials near their end go on while they are renewed', async () => {
  const { clock, provider, source } = setUp();
  await source.get();
  clock.now += 51 * MINUTE;
  expect(source.get()).toMatchObject({ accessKeyId: 'key-1' });
  await new Promise(setImmediate);
  expect(source.get()).toMatchObject({ accessKeyId: 'key-2' });
  expect(provider.calls).toBe(2);
});

test('a renewal that fails leaves the old ones in use and is not repeated at once', async () => {
  const { clock, provider, source } = setUp();
  await source.get();
  provider.fails = true;
  clock.now += 51 * MINUTE;
  for (let i = 0; i < 10; i += 1) {
    expect(source.get()).toMatchObject({ accessKeyId: 'key-1' });
    await new Promise(setImmediate);
  }
  expect(provider.calls).toBe(2);
  clock.now += 6_000;
  void source.get();
  await new Promise(setImmediate);
  expect(provider.calls).toBe(3);
});

test('expired credentials are never given out', async () => {
  const { clock, provider, source } = setUp();
  await source.get();
  clock.now += 60 * MINUTE;
  provider.fails = true;
  await expect(source.get()).rejects.toMatchObject({ code: 'credentials-unavailable' });
  provider.fails = false;
  expect(await source.get()).toMatchObject({ accessKeyId: 'key-3' });
});
