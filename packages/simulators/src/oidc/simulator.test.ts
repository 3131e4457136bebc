import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tokenShapes } from './shapes.ts';
import { type OidcSimulator, startOidcSimulator } from './simulator.ts';

let oidc: OidcSimulator;
beforeEach(async () => {
  oidc = await startOidcSimulator();
});
afterEach(() => oidc.close());

/** The fields of the answers that these tests look at. */
interface Body {
  readonly keys: readonly object[];
  readonly access_token: string;
}

const get = async (path: string) => (await (await fetch(`${oidc.issuer}${path}`)).json()) as Body;

it('discovery leads to the keys that verify its tokens', async () => {
  const document = await get('/.well-known/openid-configuration');
  expect(document).toMatchObject({ issuer: oidc.issuer, jwks_uri: oidc.jwksUri });
  const keys = createRemoteJWKSet(new URL(oidc.jwksUri));
  for (const shape of tokenShapes) {
    const { payload } = await jwtVerify(await oidc.issue(shape), keys, { issuer: oidc.issuer });
    expect(payload).toMatchObject({ sub: expect.any(String) });
  }
});

it.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)('signs with %s', async (algorithm) => {
  const other = await startOidcSimulator({ algorithm });
  try {
    const { protectedHeader } = await jwtVerify(await other.issue('plain'), createRemoteJWKSet(new URL(other.jwksUri)));
    expect(protectedHeader.alg).toBe(algorithm);
  } finally {
    await other.close();
  }
});

it('claims can be changed, added and taken away', async () => {
  const token = await oidc.issue('plain', { username: 'bob', claims: { team: 'a', aud: undefined } });
  const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(oidc.jwksUri)));
  expect(payload).toMatchObject({ sub: 'bob', team: 'a' });
  expect(payload).not.toHaveProperty('aud');
});

it('headers can be changed and added, extensions that nobody knows too', async () => {
  const token = await oidc.issue('plain', { header: { kid: 'another', crit: ['x'], x: 1 } });
  expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', kid: 'another', crit: ['x'], x: 1 });
});

describe('over HTTP', () => {
  const post = async (path: string, form: string, headers: Record<string, string> = {}) => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(`${oidc.issuer}${path}`, {
      method: 'POST',
      body: form,
      headers: { ...type, ...headers },
    });
    return { status: response.status, body: (await response.json()) as Body };
  };

  it('keys rotate, and the old ones are withdrawn', async () => {
    expect((await get('/jwks')).keys).toHaveLength(1);
    expect((await post('/_simulator/rotate', '')).body).toMatchObject({ keys: [{}, {}] });
    expect((await post('/_simulator/withdraw', '')).body).toMatchObject({ keys: [{}] });
    expect(oidc.keySetReads()).toBe(1);
  });

  it('a client may name itself by basic authentication', async () => {
    const authorization = `Basic ${Buffer.from('a%20bot:secret').toString('base64')}`;
    const { body } = await post('/token', 'grant_type=client_credentials', { authorization });
    const { payload } = await jwtVerify(body.access_token, createRemoteJWKSet(new URL(oidc.jwksUri)));
    expect(payload).toMatchObject({ sub: 'a bot', cid: 'a bot' });
  });

  it('fields that come twice are a list', async () => {
    const { body } = await post('/token', 'grant_type=password&username=bob&groups=a&groups=b&team=c');
    const { payload } = await jwtVerify(body.access_token, createRemoteJWKSet(new URL(oidc.jwksUri)));
    expect(payload).toMatchObject({ sub: 'bob', groups: ['a', 'b'], team: 'c' });
  });

  it('what is not there is 404', async () => {
    expect(await post('/nothing', '')).toMatchObject({ status: 404 });
  });
});
