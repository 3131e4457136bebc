import { beforeEach, describe, expect, test } from 'vitest';
import { rs256, rsaKey, type TestKey } from '../test-support/forge.ts';
import { issuer } from '../test-support/issuer.ts';
import type { JwksSource } from './jwks-source.ts';
import { OidcVerifier } from './oidc-verifier.ts';

const [oldKey, newKey] = [rsaKey('old'), rsaKey('new')];
const from = { iss: issuer().issuer, aud: 'gateway', exp: 2_000_000_000 };
const start = 1_800_000_000_000;

let nowMs: number;
let published: readonly TestKey[];
let down: boolean;
let reads: number;
/** Lets a read that was held back go on. */
let release: (() => void) | undefined;
let held: boolean;
let verifier: OidcVerifier;

const source: JwksSource = {
  read: async () => {
    reads += 1;
    const answer = { keys: published.map(({ jwk }) => jwk) };
    if (held) await new Promise<void>((resolve) => (release = resolve));
    if (down) throw new Error('no way out');
    return answer;
  },
};

beforeEach(() => {
  [nowMs, published, down, reads, held, release] = [start, [oldKey], false, 0, false, undefined];
  verifier = new OidcVerifier([issuer()], { now: () => nowMs, sourceOf: () => source });
});

const tokenOf = (key: TestKey, sub = 'ann'): string => rs256({}, { ...from, sub }, key);
const verify = async (token: string) => await verifier.verify(token);
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a token is verified once, and then known without a promise', async () => {
  const token = tokenOf(oldKey);
  const first = await verify(token);
  expect(verifier.verify(token)).toBe(first);
  expect(reads).toBe(1);
});

test('known tokens are known by all of their letters', async () => {
  const token = tokenOf(oldKey);
  await verify(token);
  await expect(verify(`${token.slice(0, -8)}AAAAAAAA`)).rejects.toMatchObject({ code: 'invalid-credential' });
  expect(await verify(tokenOf(oldKey, 'bob'))).toMatchObject({ userId: 'bob' });
});

test('a known token ends when it says, with the leeway', async () => {
  const token = tokenOf(oldKey);
  await verify(token);
  nowMs = (from.exp + 30) * 1_000 - 1;
  expect(await verify(token)).toMatchObject({ userId: 'ann' });
  nowMs += 1;
  await expect(verify(token)).rejects.toThrow(/has expired/);
});

test('all who wait share one read', async () => {
  held = true;
  const all = ['a', 'b', 'c'].map((sub) => verify(tokenOf(oldKey, sub)));
  await settled();
  release?.();
  expect((await Promise.all(all)).map(({ userId }) => userId)).toEqual(['a', 'b', 'c']);
  expect(reads).toBe(1);
});

test('a new key is found at once, by one read for all', async () => {
  await verify(tokenOf(oldKey));
  published = [oldKey, newKey];
  await Promise.all(['a', 'b', 'c'].map((sub) => verify(tokenOf(newKey, sub))));
  expect(reads).toBe(2);
  expect(await verify(tokenOf(oldKey))).toMatchObject({ userId: 'ann' });
});

test('unknown keys have the set read again once in 30 s', async () => {
  await verify(tokenOf(oldKey));
  const strange = tokenOf(rsaKey('strange'));
  for (let i = 0; i < 20; i += 1) await expect(verify(strange)).rejects.toMatchObject({ code: 'invalid-credential' });
  expect(reads).toBe(2);
  nowMs += 29_999;
  await expect(verify(strange)).rejects.toMatchObject({ code: 'invalid-credential' });
  const before = reads;
  nowMs += 1;
  await expect(verify(strange)).rejects.toMatchObject({ code: 'invalid-credential' });
  expect(reads).toBe(before + 1);
});

describe('a key that is withdrawn', () => {
  test.each([
    ['in constant use', 1_000],
    ['after a pause', 60_000],
  ])('is dead within 60 s, for known tokens too: %s', async (_name, stepMs) => {
    const token = tokenOf(oldKey);
    await verify(token);
    published = [newKey];
    for (; nowMs < start + 60_000 - stepMs; nowMs += stepMs) {
      await verify(token).catch(() => {});
      await settled();
    }
    nowMs = start + 60_000;
    await expect(verify(token)).rejects.toMatchObject({ code: 'invalid-credential' });
  });

  test('is dead also when another takes its name', async () => {
    const token = tokenOf(oldKey);
    await verify(token);
    published = [rsaKey('old')];
    nowMs += 60_000;
    await expect(verify(token)).rejects.toMatchObject({ code: 'invalid-credential' });
  });
});

describe('an outage of the key set', () => {
  test('with no set at all is 503 and never 401', async () => {
    down = true;
    await expect(verify(tokenOf(oldKey))).rejects.toMatchObject({ code: 'identity-unavailable', retryAfterSeconds: 5 });
    await expect(verify(tokenOf(oldKey))).rejects.toMatchObject({ code: 'identity-unavailable' });
    expect(reads).toBe(1);
    down = false;
    nowMs += 5_000;
    expect(await verify(tokenOf(oldKey))).toMatchObject({ userId: 'ann' });
  });

  test('keeps the last good set, for known tokens and for new ones', async () => {
    await verify(tokenOf(oldKey));
    down = true;
    nowMs += 24 * 3_600_000;
    expect(await verify(tokenOf(oldKey))).toMatchObject({ userId: 'ann' });
    expect(await verify(tokenOf(oldKey, 'bob'))).toMatchObject({ userId: 'bob' });
  });

  test('makes nobody wait twice', async () => {
    const token = tokenOf(oldKey);
    await verify(token);
    down = true;
    nowMs += 60_000;
    await verify(token);
    nowMs += 60_000;
    held = true;
    expect(verifier.verify(token)).not.toBeInstanceOf(Promise);
    release?.();
  });

  test('makes an unknown key a 503: it may have been published since', async () => {
    await verify(tokenOf(oldKey));
    down = true;
    await expect(verify(tokenOf(newKey))).rejects.toMatchObject({ code: 'identity-unavailable' });
  });

  test('begins with an answer that is no key set, too', async () => {
    const broken = new OidcVerifier([issuer()], { now: () => nowMs, sourceOf: () => ({ read: async () => ({}) }) });
    await expect((async () => broken.verify(tokenOf(oldKey)))()).rejects.toMatchObject({
      code: 'identity-unavailable',
    });
  });
});

test('the oldest of the remembered tokens makes room', async () => {
  verifier = new OidcVerifier([issuer()], { now: () => nowMs, sourceOf: () => source, maxVerified: 2 });
  const tokens = ['a', 'b', 'c'].map((sub) => tokenOf(oldKey, sub));
  for (const token of tokens) await verify(token);
  expect(tokens.map((token) => verifier.verify(token) instanceof Promise)).toEqual([true, false, false]);
});
