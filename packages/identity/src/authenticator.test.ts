import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Authenticator, type CredentialHeaders, credentialFrom } from './authenticator.ts';
import { KeyCache } from './key-cache.ts';
import { principalId, type VirtualKey } from './principal.ts';
import { virtualKey } from './test-support/virtual-key.ts';

describe('credentialFrom', () => {
  test.each<[string, CredentialHeaders, string]>([
    ['a bearer', { authorization: 'Bearer sk-1' }, 'sk-1'],
    ['a bearer in small letters', { authorization: 'bearer sk-1' }, 'sk-1'],
    ['spaces around it', { authorization: 'Bearer   sk-1 ' }, 'sk-1'],
    ['the bare key', { authorization: 'sk-1' }, 'sk-1'],
    ['x-api-key', { 'x-api-key': 'sk-2' }, 'sk-2'],
    ['api-key', { 'api-key': 'sk-3' }, 'sk-3'],
    ['a list', { 'x-api-key': ['sk-2', 'sk-9'] }, 'sk-2'],
    ['the bearer first', { authorization: 'Bearer sk-1', 'x-api-key': 'sk-2', 'api-key': 'sk-3' }, 'sk-1'],
    ['x-api-key second', { 'x-api-key': 'sk-2', 'api-key': 'sk-3' }, 'sk-2'],
    ['an empty one is none', { authorization: '', 'x-api-key': '', 'api-key': 'sk-3' }, 'sk-3'],
    [
      'a signature with a key beside it',
      { authorization: 'AWS4-HMAC-SHA256 Credential=x', 'x-api-key': 'sk-2' },
      'sk-2',
    ],
  ])('%s', (_name, headers, credential) => {
    expect(credentialFrom(headers)).toBe(credential);
  });

  test.each<[string, CredentialHeaders, RegExp]>([
    ['nothing', {}, /No API key/],
    ['empty headers', { authorization: '', 'x-api-key': '' }, /No API key/],
    ['a signature alone', { authorization: 'AWS4-HMAC-SHA256 Credential=x' }, /AWS_BEARER_TOKEN_BEDROCK/],
  ])('%s is no credential', (_name, headers, message) => {
    expect(() => credentialFrom(headers)).toThrow(message);
    expect(() => credentialFrom(headers)).toThrow(expect.objectContaining({ code: 'missing-credential' }));
  });
});

const now = 1_000_000;
const plain = virtualKey({ keyHash: hash('sha256', 'sk-good', 'hex') });

function setUp(key: Partial<VirtualKey> = {}, masterKey: string | undefined = 'sk-master') {
  const asked: string[] = [];
  const store = {
    findByHash: async (keyHash: string) => {
      asked.push(keyHash);
      return keyHash === plain.keyHash ? { ...plain, ...key } : undefined;
    },
  };
  const keys = new KeyCache(store, () => now);
  const authenticator = new Authenticator({ keys, masterKey, now: () => now });
  return { authenticator, asked, authenticate: async (credential: string) => authenticator.authenticate(credential) };
}

describe('Authenticator', () => {
  test('a good key is its principal, and only its hash was asked for', async () => {
    const { authenticate, asked } = setUp();
    const principal = await authenticate('sk-good');
    expect(principal).toEqual({ kind: 'virtual-key', key: plain });
    expect(principalId(principal)).toBe(plain.keyHash);
    expect(asked).toEqual([plain.keyHash]);
  });

  test('the second time there is nothing to wait for', async () => {
    const { authenticator, authenticate } = setUp();
    await authenticate('sk-good');
    expect(authenticator.authenticate('sk-good')).toMatchObject({ kind: 'virtual-key' });
  });

  test('the master key is known without the store', () => {
    const { authenticator, asked } = setUp();
    const principal = authenticator.authenticate('sk-master');
    expect(principal).toMatchObject({ kind: 'master', keyHash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(asked).toEqual([]);
  });

  test('without a master key nobody is master', async () => {
    const store = { findByHash: async () => undefined };
    const keys = new KeyCache(store, () => now);
    const authenticator = new Authenticator({ keys, masterKey: undefined, now: () => now });
    await expect(authenticator.authenticate('sk-master')).rejects.toMatchObject({ code: 'invalid-credential' });
  });

  test.each<[string, string]>([
    ['an unknown key', 'sk-bad'],
    ['a key in other letters', 'SK-good'],
    ['no prefix', 'good'],
    ['nothing', ''],
    ['a JWT', 'eyJhbGciOiJSUzI1NiJ9.e30.x'],
    ['the hash itself', plain.keyHash],
    ['a key with something behind it', 'sk-good '],
    ['one of a million letters', `sk-${'a'.repeat(1_000_000)}`],
  ])('%s is refused', async (_name, credential) => {
    const { authenticate } = setUp();
    await expect(authenticate(credential)).rejects.toMatchObject({ code: 'invalid-credential' });
  });

  test('an endless key is refused unread', async () => {
    const { authenticate, asked } = setUp();
    await authenticate(`sk-${'a'.repeat(1_022)}`).catch(() => {});
    expect(asked).toEqual([]);
  });

  test.each<[string, Partial<VirtualKey>, string]>([
    ['a blocked key', { blocked: true }, 'key-blocked'],
    ['a blocked team', { teamBlocked: true }, 'key-blocked'],
    ['a blocked project', { projectBlocked: true }, 'key-blocked'],
    ['an expired key', { expiresAtMs: now - 1 }, 'key-expired'],
    ['a key at its end', { expiresAtMs: now }, 'key-expired'],
    ['a blocked key that is expired too', { blocked: true, expiresAtMs: 0 }, 'key-blocked'],
  ])('%s is refused, from the cache too', async (_name, key, code) => {
    const { authenticate } = setUp(key);
    await expect(authenticate('sk-good')).rejects.toMatchObject({ code });
    await expect(authenticate('sk-good')).rejects.toMatchObject({ code });
  });

  test('a key that ends later is good', async () => {
    const { authenticate } = setUp({ expiresAtMs: now + 1 });
    expect(await authenticate('sk-good')).toMatchObject({ kind: 'virtual-key' });
  });

  test('no message repeats the credential', async () => {
    const { authenticate } = setUp();
    const message = await authenticate('sk-secret').catch((error: unknown) => String(error));
    expect(message).not.toContain('secret');
  });
});
