import { hash } from 'node:crypto';
import { inspect } from 'node:util';
import { GatewayError } from '@genai-gateway/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { Authenticator } from './authenticator.ts';
import { KeyCache } from './key-cache.ts';
import type { Login } from './oidc/login.ts';
import type { ClaimMapping } from './oidc/oidc-issuer.ts';
import { OidcVerifier } from './oidc/oidc-verifier.ts';
import type { PrincipalKeys } from './oidc/principal-keys.ts';
import type { Principal, VirtualKey } from './principal.ts';
import { rs256, rsaKey } from './test-support/forge.ts';
import { issuer } from './test-support/issuer.ts';
import { virtualKey } from './test-support/virtual-key.ts';

const signer = rsaKey('key');
const start = 1_800_000_000_000;
const withModels: ClaimMapping = { userId: 'sub', email: 'email', models: { claim: 'models' } };

/** LiteLLM as far as it matters here: keys by hash, and what was asked of it. */
let nowMs: number;
let stored: Map<string, VirtualKey>;
let provisioned: string[];
let refusal: GatewayError | undefined;
let makes: Partial<VirtualKey> | undefined;
let authenticator: Authenticator;

const principalKeys: PrincipalKeys = {
  keyOf: ({ userId }) => ({
    secret: `sk-secret-of-${userId}`,
    keyHash: hash('sha256', `sk-secret-of-${userId}`, 'hex'),
  }),
  provision: async ({ userId }) => {
    provisioned.push(userId);
    if (refusal !== undefined) throw refusal;
    const keyHash = hash('sha256', `sk-secret-of-${userId}`, 'hex');
    if (makes !== undefined) stored.set(keyHash, virtualKey({ keyHash, userId, ...makes }));
  },
};

beforeEach(() => {
  [nowMs, stored, provisioned, refusal, makes] = [start, new Map(), [], undefined, {}];
  const keys = new KeyCache({ findByHash: async (keyHash) => stored.get(keyHash) }, () => nowMs);
  const trusted = issuer({ claims: withModels, keys: { from: 'inline', keySet: { keys: [signer.jwk] } } });
  const verifier = new OidcVerifier([trusted], { now: () => nowMs });
  authenticator = new Authenticator({
    keys,
    masterKey: 'sk-master',
    logins: { verifier, principalKeys },
    now: () => nowMs,
  });
});

function tokenOf(claims: object = {}): string {
  const common = { iss: issuer().issuer, aud: 'gateway', sub: 'ann', exp: start / 1_000 + 60, models: ['a'] };
  return rs256({}, { ...common, ...claims }, signer);
}

function loginOf(principal: Principal): Login {
  if (principal.kind === 'virtual-key' && principal.login !== undefined) return principal.login;
  throw new Error('nobody signed in');
}

async function authenticate(credential: string): Promise<Principal> {
  return await authenticator.authenticate(credential);
}

test('a login that is new is made known, once, and then found without a promise', async () => {
  const token = tokenOf();
  const principal = await authenticate(token);
  expect(principal).toMatchObject({ kind: 'virtual-key', key: { userId: 'ann' }, login: { userId: 'ann' } });
  expect(authenticator.authenticate(token)).toBe(principal);
  expect(provisioned).toEqual(['ann']);
});

test('what an administrator changes counts, and a key that was deleted is made again', async () => {
  const token = tokenOf();
  await authenticate(token);
  const { keyHash } = await principalKeys.keyOf(loginOf(await authenticate(token)));
  stored.set(keyHash, virtualKey({ keyHash, userId: 'ann', teamId: 'a-team' }));
  nowMs += 4_000;
  expect(await authenticate(token)).toMatchObject({ key: { teamId: 'a-team' } });
  stored.clear();
  nowMs += 4_000;
  expect(await authenticate(token)).toMatchObject({ key: { teamId: undefined } });
  expect(provisioned).toEqual(['ann', 'ann']);
});

test('a login whose key cannot be made here is known as soon as it was made elsewhere', async () => {
  refusal = new GatewayError('not-permitted', 'Ask the gateway first.');
  await expect(authenticator.authenticate(tokenOf())).rejects.toMatchObject({ code: 'not-permitted' });
  const { keyHash } = principalKeys.keyOf({ userId: 'ann' } as Login) as { keyHash: string };
  stored.set(keyHash, virtualKey({ keyHash, userId: 'ann' }));
  expect(loginOf(await authenticator.authenticate(tokenOf())).userId).toBe('ann');
});

describe('what the token says of models narrows the key', () => {
  test.each([
    ['some', { models: ['a', 'b'] }, ['a', 'b']],
    ['none', { models: [] }, ['no-default-models']],
    ['no word, where one is expected', { models: undefined }, ['no-default-models']],
  ])('%s', async (_name, claims, models) => {
    makes = { modelScopes: [{ scope: 'team', models: ['c'], groupModels: [] }] };
    expect(await authenticate(tokenOf(claims))).toMatchObject({
      key: {
        modelScopes: [
          { scope: 'team', models: ['c'] },
          { scope: 'user', models, groupModels: [] },
        ],
      },
    });
  });
});

describe('the key of a login is a key', () => {
  test.each<[string, Partial<VirtualKey>, string]>([
    ['blocked', { blocked: true }, 'key-blocked'],
    ['of a blocked team', { teamBlocked: true }, 'key-blocked'],
    ['expired', { expiresAtMs: start }, 'key-expired'],
  ])('%s', async (_name, change, code) => {
    makes = change;
    await expect(authenticate(tokenOf())).rejects.toMatchObject({ code });
    await expect(authenticate(tokenOf())).rejects.toMatchObject({ code });
  });

  test('sent by itself it is nothing more', async () => {
    await authenticate(tokenOf());
    const principal = await authenticate('sk-secret-of-ann');
    expect(principal).toMatchObject({ kind: 'virtual-key', key: { userId: 'ann' } });
    expect(principal).not.toHaveProperty('login');
  });
});

test('its secret is there for forwarding, and in no log', async () => {
  const principal = await authenticate(tokenOf());
  expect(principal.kind === 'virtual-key' && principal.forwardKey?.reveal()).toBe('sk-secret-of-ann');
  expect(JSON.stringify(principal) + inspect(principal, { depth: 10, showHidden: true })).not.toContain('secret-of');
});

test('what could not be made is the answer, and is tried again', async () => {
  refusal = new GatewayError('litellm-unavailable', 'LiteLLM cannot be asked.');
  await expect(authenticate(tokenOf())).rejects.toMatchObject({ code: 'litellm-unavailable' });
  refusal = undefined;
  expect(await authenticate(tokenOf())).toMatchObject({ kind: 'virtual-key' });
});

test('a key that was made and is not seen yet is 503, never 401', async () => {
  makes = undefined;
  await expect(authenticate(tokenOf())).rejects.toMatchObject({ code: 'identity-unavailable', retryAfterSeconds: 2 });
});

describe('what is no usable token makes nobody known', () => {
  test.each<[string, string, RegExp]>([
    ['expired', tokenOf({ exp: 1 }), /expired/],
    ['of a strange key', rs256({}, {}, rsaKey('key')), /issuer/],
    ['no token', 'a.b', /starts with "sk-"/],
    ['too long', tokenOf({ filler: 'x'.repeat(8_000) }), /starts with "sk-"/],
    ['a key with points in it', 'sk-a.b.c', /not valid/],
  ])('%s', async (_name, credential, message) => {
    const error = await authenticate(credential).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'invalid-credential', message: expect.stringMatching(message) });
    expect(String(error)).not.toContain(credential);
    expect(provisioned).toEqual([]);
  });
});
