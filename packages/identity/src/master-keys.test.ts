import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Authenticator } from './authenticator.ts';
import { KeyCache } from './key-cache.ts';
import { MasterKeys } from './master-keys.ts';

let nowMs = 0;
const GRACE_MS = 3_600_000;

/** A secret as it was read, and what a new reading gives. */
function secretOf(...read: [string, ...string[]]) {
  const asVersions = ([first, ...others]: readonly [string, ...string[]], sinceMs: number) =>
    [{ value: first, sinceMs }, ...others.map((value) => ({ value, sinceMs: 0 }))] as const;
  let versions: ReturnType<MasterKeysSource['versions']> = [...asVersions(read, 0)];
  const state = { stored: read, refreshes: 0, hold: undefined as Promise<void> | undefined };
  const source = {
    versions: () => versions,
    refresh: async () => {
      state.refreshes += 1;
      await state.hold;
      if (state.stored[0] !== versions[0].value) versions = [...asVersions(state.stored, nowMs)];
    },
  };
  return { state, source };
}
type MasterKeysSource = ConstructorParameters<typeof MasterKeys>[0]['source'];

function authenticatorWith(source: MasterKeysSource) {
  const keys = new KeyCache({ findByHash: async () => undefined }, () => nowMs);
  const masterKey = new MasterKeys({ source, graceMs: GRACE_MS, now: () => nowMs });
  const authenticator = new Authenticator({ keys, masterKey, now: () => nowMs });
  const who = async (key: string) => {
    try {
      return (await authenticator.authenticate(key)).kind;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  return { who, masterKey };
}

test('the newest is taken for ever, the one before it for its time, none older', async () => {
  nowMs = 0;
  const { who } = authenticatorWith(secretOf('sk-b', 'sk-a').source);
  expect([await who('sk-b'), await who('sk-a'), await who('sk-z')]).toEqual(['master', 'master', 'invalid-credential']);
  nowMs = GRACE_MS - 1;
  expect(await who('sk-a')).toBe('master');
  nowMs = GRACE_MS;
  expect([await who('sk-a'), await who('sk-b')]).toEqual(['invalid-credential', 'master']);
});

test('a key that was made just now is taken as soon as it is used: the secret is read again first', async () => {
  nowMs = 5_000;
  const { source, state } = secretOf('sk-a');
  const { who } = authenticatorWith(source);
  state.stored = ['sk-b', 'sk-a'];
  expect([await who('sk-b'), await who('sk-a')]).toEqual(['master', 'master']);
  expect(state.refreshes).toBe(1);
});

test('who guesses keys does not make everybody wait', async () => {
  const { source, state } = secretOf('sk-a');
  const { who } = authenticatorWith(source);
  let release: (() => void) | undefined;
  state.hold = new Promise((resolve) => {
    release = resolve;
  });
  const waiting = Array.from({ length: 100 }, (_, index) => who(`sk-guess-${index}`));
  await new Promise((resolve) => setImmediate(resolve));
  expect(await who('sk-one-more')).toBe('invalid-credential');
  expect(await who('sk-a')).toBe('master');
  release?.();
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['invalid-credential']));
  expect(state.refreshes).toBe(100);
});

test('calls of a key that is gone are still booked as the master’s', async () => {
  const { source, state } = secretOf('sk-b', 'sk-a');
  const { masterKey } = authenticatorWith(source);
  const isOrWas = (key: string) => masterKey.isOrWas(hash('sha256', key, 'hex'));
  expect([isOrWas('sk-a'), isOrWas('sk-b'), isOrWas('sk-c')]).toEqual([true, true, false]);
  state.stored = ['sk-c', 'sk-b'];
  await source.refresh();
  expect([isOrWas('sk-a'), isOrWas('sk-b'), isOrWas('sk-c')]).toEqual([true, true, true]);
  expect(masterKey.values()).toEqual(['sk-c', 'sk-b']);
});
