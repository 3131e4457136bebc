import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OidcFault, type OidcSimulator, startOidcSimulator, type TokenShape } from '@genai-gateway/simulators';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issuer } from '../test-support/issuer.ts';
import type { OidcIssuer } from './oidc-issuer.ts';
import { OidcVerifier } from './oidc-verifier.ts';

let simulator: OidcSimulator;
beforeAll(async () => {
  simulator = await startOidcSimulator();
});
afterAll(() => simulator.close());

function issuerOf(change: Partial<OidcIssuer> = {}): OidcIssuer {
  return issuer({ issuer: simulator.issuer, keys: { from: 'discovery' }, ...change });
}

async function verify(token: string, change: Partial<OidcIssuer> = {}) {
  return await new OidcVerifier([issuerOf(change)], { now: Date.now }).verify(token);
}

const entra: Partial<OidcIssuer> = { claims: { userId: 'oid', email: 'preferred_username' } };
const cognito: Partial<OidcIssuer> = {
  audienceClaim: 'client_id',
  audiences: ['a-client'],
  claims: { userId: 'sub', email: 'email', team: { claim: 'cognito:groups' } },
};
const keycloak: Partial<OidcIssuer> = {
  claims: { userId: 'preferred_username', email: 'email', team: { claim: ['realm_access', 'roles'] } },
};
const idTokens: Partial<OidcIssuer> = { tokenUse: 'id', audiences: ['a-client'] };
const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);

describe("each vendor's tokens are read as it documents them", () => {
  test.each<[TokenShape, Partial<OidcIssuer>, object]>([
    ['plain', {}, { userId: 'ann@example.com', kind: 'person' }],
    [
      'okta-access',
      { claims: { userId: 'sub', email: 'sub' } },
      { userId: 'ann@example.com', email: 'ann@example.com' },
    ],
    ['okta-id', { ...idTokens, claims: { userId: 'email', email: 'email' } }, { userId: 'ann@example.com' }],
    ['okta-service', {}, { userId: 'service:a-client', kind: 'service', email: undefined }],
    [
      'entra-v1',
      { claims: { userId: 'oid', email: 'upn' } },
      { userId: uuid, email: 'ann@example.com', kind: 'person' },
    ],
    ['entra-v1-service', entra, { userId: 'service:a-client', kind: 'service' }],
    ['entra-v2', entra, { userId: uuid, email: 'ann@example.com', kind: 'person' }],
    ['entra-v2-service', entra, { userId: 'service:a-client', kind: 'service' }],
    ['cognito-access', cognito, { userId: uuid, teamId: 'people', kind: 'person' }],
    ['cognito-id', { ...cognito, tokenUse: 'id' }, { userId: uuid, email: 'ann@example.com', kind: 'person' }],
    ['cognito-service', cognito, { userId: 'service:a-client', kind: 'service' }],
    ['keycloak-access', keycloak, { userId: 'ann@example.com', teamId: 'people', kind: 'person' }],
    ['keycloak-id', { ...keycloak, ...idTokens }, { userId: uuid, kind: 'person' }],
    ['keycloak-service', keycloak, { userId: 'service:a-client', teamId: 'programs', kind: 'service' }],
    ['auth0-service', {}, { userId: 'service:a-client', kind: 'service' }],
  ])('%s', async (shape, change, expected) => {
    const claims = shape === 'keycloak-id' ? { claims: { userId: 'sub', email: 'email' } } : {};
    expect(await verify(await simulator.issue(shape), { ...change, ...claims })).toMatchObject(expected);
  });
});

describe('a token of the other kind is refused', () => {
  test.each<[TokenShape, Partial<OidcIssuer>]>([
    ['okta-id', { ...idTokens, tokenUse: 'access' }],
    ['okta-access', { tokenUse: 'id' }],
    ['cognito-id', cognito],
    ['cognito-access', { ...cognito, tokenUse: 'id' }],
    ['keycloak-id', { ...idTokens, tokenUse: 'access' }],
    ['keycloak-access', { tokenUse: 'id' }],
    ['keycloak-refresh', { tokenUse: 'any' }],
    ['keycloak-refresh', {}],
  ])('%s', async (shape, change) => {
    await expect(verify(await simulator.issue(shape), change)).rejects.toThrow(/of another kind/);
  });
});

describe('nobody becomes a service by choosing a name', () => {
  test.each<[string, TokenShape, Record<string, unknown>]>([
    ['a user name of Keycloak', 'keycloak-access', { preferred_username: 'service-account-a-client' }],
    ['a scope of Entra', 'entra-v2', { oid: 'same', sub: 'same' }],
    ['a type of Entra', 'entra-v2', { oid: 'same', sub: 'same', scp: undefined, idtyp: 'user' }],
    ['an id of Okta', 'okta-access', { sub: 'a-client' }],
    ['a user name of Cognito', 'cognito-access', { sub: 'a-client', client_id: 'a-client', aud: 'gateway' }],
    ['a subject of Auth0', 'plain', { sub: 'a-client@clients', azp: 'a-client' }],
  ])('%s', async (_name, shape, claims) => {
    expect(await verify(await simulator.issue(shape, { claims }))).toMatchObject({ kind: 'person' });
  });
});

test('tokens come from the token endpoint, with other claims and in other shapes', async () => {
  const ask = async (form: Record<string, string>) => {
    const response = await fetch(`${simulator.issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
    return { status: response.status, body: (await response.json()) as { access_token: string } };
  };
  const person = await ask({ grant_type: 'password', username: 'bob', team: 'a-team' });
  const team = { claims: { userId: 'sub', email: 'email', team: { claim: 'team' } } } as const;
  expect(await verify(person.body.access_token, team)).toMatchObject({ userId: 'bob', teamId: 'a-team' });
  const service = await ask({ grant_type: 'client_credentials', client_id: 'bot', shape: 'entra-v2-service' });
  expect(await verify(service.body.access_token)).toMatchObject({ userId: 'service:bot' });
  expect(await ask({ grant_type: 'code' })).toMatchObject({ status: 400 });
  expect(await ask({ grant_type: 'client_credentials' })).toMatchObject({ status: 400 });
  expect(await ask({ grant_type: 'password', username: 'bob', shape: 'none' })).toMatchObject({ status: 400 });
});

describe('where keys come from', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'genai-gateway-jwks-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('from a URL', async () => {
    const keys = { from: 'url', url: simulator.jwksUri } as const;
    expect(await verify(await simulator.issue('plain'), { keys })).toMatchObject({ kind: 'person' });
  });

  test('from a file, and the file that replaces it', async () => {
    const file = join(folder, 'jwks.json');
    await writeFile(file, JSON.stringify(simulator.keySet()));
    const verifier = new OidcVerifier([issuerOf({ keys: { from: 'file', file } })], { now: Date.now });
    expect(await verifier.verify(await simulator.issue('plain'))).toMatchObject({ kind: 'person' });
    await simulator.rotate();
    await writeFile(file, JSON.stringify(simulator.keySet()));
    expect(await verifier.verify(await simulator.issue('plain'))).toMatchObject({ kind: 'person' });
  });

  test.each([
    ['no file', undefined],
    ['no JSON', '{'],
    ['no key set', '{}'],
    ['too long', `{"keys":[]}${' '.repeat(262_144)}`],
  ])('a file that cannot be used is an outage: %s', async (name, text) => {
    const file = join(folder, `${name}.json`);
    if (text !== undefined) await writeFile(file, text);
    await expect(verify(await simulator.issue('plain'), { keys: { from: 'file', file } })).rejects.toMatchObject({
      code: 'identity-unavailable',
    });
  });

  test.each<OidcFault>(['error', 'endless', 'redirect', 'no-json'])(
    'an issuer that fails is an outage: %s',
    async (fault) => {
      simulator.fail(fault);
      try {
        await expect(verify(await simulator.issue('plain'))).rejects.toMatchObject({ code: 'identity-unavailable' });
        const keys = { from: 'url', url: simulator.jwksUri } as const;
        await expect(verify(await simulator.issue('plain'), { keys })).rejects.toMatchObject({
          code: 'identity-unavailable',
        });
      } finally {
        simulator.fail(undefined);
      }
    },
  );

  test('an issuer that never answers is an outage after five seconds', async () => {
    simulator.fail('silence');
    const startedAtMs = Date.now();
    try {
      await expect(verify(await simulator.issue('plain'))).rejects.toMatchObject({ code: 'identity-unavailable' });
    } finally {
      simulator.fail(undefined);
    }
    expect(Date.now() - startedAtMs).toBeLessThan(8_000);
  }, 15_000);

  test.each([
    ['over http', 'http://issuer.example/jwks'],
    ['over http, as if it were here', 'http://localhost.issuer.example/jwks'],
    ['over http, an address as a name', 'http://127.0.0.1.issuer.example/jwks'],
    ['by another scheme', 'data:application/json,{"keys":[]}'],
    ['no URL', 'jwks'],
  ])('nothing is asked for %s', async (_name, url) => {
    const error = await verify(await simulator.issue('plain'), { keys: { from: 'url', url } }).catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: 'identity-unavailable',
      cause: { message: expect.stringMatching(/only asked for over https/) },
    });
  });

  test('a discovery document of another issuer is not believed', async () => {
    const named = `${simulator.issuer}/`;
    const token = await simulator.issue('plain', { claims: { iss: named } });
    const error = await verify(token, { issuer: named }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'identity-unavailable',
      cause: { message: expect.stringMatching(/another issuer/) },
    });
  });
});

test('keys rotate on the wire: the new one works at once, the old one until it is withdrawn', async () => {
  let aheadMs = 0;
  const verifier = new OidcVerifier([issuerOf()], { now: () => Date.now() + aheadMs });
  const before = await simulator.issue('plain');
  expect(await verifier.verify(before)).toMatchObject({ kind: 'person' });
  await simulator.rotate();
  expect(await verifier.verify(await simulator.issue('plain'))).toMatchObject({ kind: 'person' });
  expect(await verifier.verify(before)).toMatchObject({ kind: 'person' });
  simulator.withdrawOldKeys();
  aheadMs = 60_000;
  await expect((async () => verifier.verify(before))()).rejects.toMatchObject({ code: 'invalid-credential' });
});
