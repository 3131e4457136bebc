import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import middy from '@middy/core';
import httpErrorHandler from '@middy/http-error-handler';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { httpJwt } from './http-jwt.ts';
import { JwtError } from './jwt-error.ts';
import type { VerifiedJwt } from './jwt-verifier.ts';
import type { HttpEvent, HttpJwtOptions, JwtIssuer } from './options.ts';

const nowSeconds = 1_800_000_000;
const issuerUrl = 'https://issuer.example';

interface Key {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>>;
}

const keyOf = (kid: string, privateKey: KeyObject): Key => {
  const pem = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return { kid, privateKey, jwk: { ...createPublicKey(pem).export({ format: 'jwk' }), kid } };
};
const rsa = (kid: string, modulusLength = 2_048) =>
  keyOf(kid, generateKeyPairSync('rsa', { modulusLength }).privateKey);
const ec = (kid: string) => keyOf(kid, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const ed = (kid: string) => keyOf(kid, generateKeyPairSync('ed25519').privateKey);

const [first, second, short, curve, edwards, foreign] = [
  rsa('first'),
  rsa('second'),
  rsa('short', 1_024),
  ec('curve'),
  ed('edwards'),
  rsa('first'),
];

const part = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const claims = (change: Record<string, unknown> = {}) => ({
  iss: issuerUrl,
  aud: 'api',
  sub: 'alice',
  iat: nowSeconds - 10,
  exp: nowSeconds + 600,
  ...change,
});

/** A token of whatever the test says, signed as its header should say. */
function token(payload: unknown = claims(), key = first, header: Record<string, unknown> = {}): string {
  const algorithms: Record<string, string> = { rsa: 'RS256', ec: 'ES256', ed25519: 'EdDSA' };
  const alg = algorithms[key.privateKey.asymmetricKeyType ?? ''];
  const signed = `${part({ alg, kid: key.kid, ...header })}.${part(payload)}`;
  const hash = alg === 'EdDSA' ? null : 'sha256';
  const signature = sign(hash, Buffer.from(signed), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

const jwks = { keys: [first, second, short, curve, edwards].map(({ jwk }) => jwk) };
const issuer = (change: Partial<JwtIssuer> = {}): JwtIssuer => ({
  issuer: issuerUrl,
  audience: ['api', 'other'],
  algorithms: ['RS256', 'ES256', 'EdDSA'],
  jwks,
  ...change,
});

const context = {} as Context;
const bearer = (text: string): HttpEvent => ({ headers: { authorization: `Bearer ${text}` } });

/** What a handler behind the middleware is given. */
function taker(change: Partial<HttpJwtOptions> = {}) {
  const options = { issuers: [issuer()], now: () => nowSeconds * 1_000, ...change };
  const handler = middy<HttpEvent & { jwt?: VerifiedJwt | undefined }>()
    .use(httpJwt(options))
    .handler(async (event) => event.jwt);
  return (event: HttpEvent) => handler(event, context) as Promise<VerifiedJwt | undefined>;
}

describe('a token is taken', () => {
  test.each([
    ['of RSA', token()],
    ['of an elliptic curve', token(claims(), curve)],
    ['of EdDSA', token(claims(), edwards)],
    ['of the second key', token(claims(), second)],
    ['for several audiences', token(claims({ aud: ['x', 'other'] }))],
  ])('%s', async (_what, text) => {
    expect((await taker()(bearer(text)))?.payload).toMatchObject({ sub: 'alice', iss: issuerUrl });
  });

  test.each<[string, HttpEvent]>([
    ['whatever the case of the header', { headers: { AUTHORIZATION: `bearer ${token()}` } }],
    [
      'out of multi-value headers',
      { multiValueHeaders: { Authorization: [`Bearer ${token()}`] }, headers: { authorization: 'Bearer x' } },
    ],
  ])('%s', async (_what, event) => {
    expect(await taker()(event)).toMatchObject({ header: { alg: 'RS256', kid: 'first' } });
  });

  test('within the leeway, on both sides', async () => {
    const lenient = taker({ issuers: [issuer({ leewaySeconds: 60 })] });
    await lenient(bearer(token(claims({ exp: nowSeconds - 59 }))));
    await lenient(bearer(token(claims({ nbf: nowSeconds + 59 }))));
    await expect(lenient(bearer(token(claims({ exp: nowSeconds - 61 }))))).rejects.toThrow('expired');
  });

  test('of Cognito, where client_id is the audience', async () => {
    const cognito = taker({ issuers: [issuer({ audienceClaim: 'client_id' })] });
    await cognito(bearer(token(claims({ aud: undefined, client_id: 'api' }))));
    for (const change of [
      { client_id: 'wrong' },
      { aud: 'wrong', client_id: 'api' },
      { aud: null, client_id: 'api' },
    ]) {
      await expect(cognito(bearer(token(claims({ aud: undefined, ...change }))))).rejects.toThrow('audience');
    }
  });

  test('of each of two issuers, with that one’s keys alone', async () => {
    const other = issuer({ issuer: 'https://other.example', jwks: { keys: [curve.jwk] }, algorithms: ['ES256'] });
    const both = taker({ issuers: [issuer({ jwks: { keys: [first.jwk] } }), other] });
    await both(bearer(token()));
    await both(bearer(token(claims({ iss: 'https://other.example' }), curve)));
    await expect(both(bearer(token(claims({ iss: 'https://other.example' }))))).rejects.toThrow('not allowed');
    await expect(both(bearer(token(claims(), curve)))).rejects.toMatchObject({ code: 'signature-invalid' });
  });

  test.each(['event', 'context', 'internal'] as const)(
    'and put into request.%s, in place of what was there',
    async (place) => {
      const seen: unknown[] = [];
      const handler = middy()
        .use(
          httpJwt({ issuers: [issuer()], payloadIn: place, credentialsRequired: false, now: () => nowSeconds * 1_000 }),
        )
        .before((request) => void seen.push((request[place] as { jwt?: unknown }).jwt))
        .handler(async () => 'done');
      const forged = { jwt: { payload: { sub: 'mallory' }, header: { alg: 'RS256' } } };
      await handler({ ...bearer(token()), ...forged }, { ...context, ...forged } as Context);
      await handler(forged, { ...context, ...forged } as Context);
      expect(seen).toMatchObject([{ payload: { sub: 'alice' } }, undefined]);
    },
  );
});

const [head = '', body = '', signature = ''] = token().split('.');
const hmac = (secret: string | Buffer) => {
  const signed = `${part({ alg: 'HS256', kid: 'first' })}.${part(claims())}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
};
const spki = createPublicKey(createPrivateKey(first.privateKey.export({ type: 'pkcs8', format: 'pem' })));

describe('a token is refused', () => {
  test.each<[string, string, string]>([
    ['without a signature', `${part({ alg: 'none' })}.${part(claims())}.`, 'token-malformed'],
    [
      'that says none and has a signature',
      `${part({ alg: 'none' })}.${part(claims())}.${signature}`,
      'signature-invalid',
    ],
    ['that says nOnE', `${part({ alg: 'nOnE' })}.${part(claims())}.${signature}`, 'signature-invalid'],
    [
      'with the public key as a secret',
      hmac(spki.export({ type: 'spki', format: 'pem' }) as string),
      'signature-invalid',
    ],
    ['with the key set as a secret', hmac(JSON.stringify(first.jwk)), 'signature-invalid'],
    ['of other words under the signature', `${head}.${part(claims({ sub: 'bob' }))}.${signature}`, 'signature-invalid'],
    ['with another header over the signature', `${part({ alg: 'RS256' })}.${body}.${signature}`, 'signature-invalid'],
    ['of a foreign key with a known name', token(claims(), foreign), 'signature-invalid'],
    ['that brings its key along', token(claims(), foreign, { jwk: foreign.jwk, kid: undefined }), 'signature-invalid'],
    [
      'that says where its keys are',
      token(claims(), foreign, { jku: 'https://evil.example/keys' }),
      'signature-invalid',
    ],
    [
      'that says where its certificate is',
      token(claims(), foreign, { x5u: 'https://evil.example/c' }),
      'signature-invalid',
    ],
    ['that brings a certificate', token(claims(), foreign, { x5c: ['MII'] }), 'signature-invalid'],
    ['of a key that is not published', token(claims(), { ...foreign, kid: 'third' }), 'signature-invalid'],
    ['of a key that is too short', token(claims(), short), 'signature-invalid'],
    ['of an algorithm that is not configured', token(claims(), first, { alg: 'RS512' }), 'signature-invalid'],
    ['with an extension that nobody knows', token(claims(), first, { crit: ['exp'] }), 'signature-invalid'],
    ['with a payload that is not encoded', token(claims(), first, { crit: ['b64'], b64: false }), 'signature-invalid'],
    ['of another issuer', token(claims({ iss: 'https://evil.example' })), 'issuer-unknown'],
    ['of an issuer that is nearly the same', token(claims({ iss: `${issuerUrl}/` })), 'issuer-unknown'],
    ['of an issuer that is an object’s own', token(claims({ iss: '__proto__' })), 'issuer-unknown'],
    ['of several issuers', token(claims({ iss: [issuerUrl] })), 'issuer-unknown'],
    ['of no issuer', token(claims({ iss: undefined })), 'issuer-unknown'],
    ['for another audience', token(claims({ aud: 'admin' })), 'claims-invalid'],
    ['for an audience that is longer', token(claims({ aud: 'api2' })), 'claims-invalid'],
    ['for no audience', token(claims({ aud: undefined })), 'claims-invalid'],
    ['without an end', token(claims({ exp: undefined })), 'claims-invalid'],
    ['whose end is a text', token(claims({ exp: String(nowSeconds + 600) })), 'claims-invalid'],
    ['whose end has come', token(claims({ exp: nowSeconds })), 'token-expired'],
    ['whose time has not come', token(claims({ nbf: nowSeconds + 1 })), 'claims-invalid'],
    ['without a claim that is required', token(claims({ sub: undefined })), 'claims-invalid'],
    ['whose payload is no object', token('[]'), 'token-malformed'],
    ['whose payload is no JSON', token('{'), 'token-malformed'],
    ['of two parts', `${head}.${body}`, 'token-malformed'],
    ['of five parts', `${token()}.a.b`, 'token-malformed'],
    ['with blanks', `${head}. ${body}.${signature}`, 'token-malformed'],
    ['that is too long', token(claims({ filler: 'x'.repeat(8_192) })), 'token-malformed'],
  ])('%s', async (_what, text, code) => {
    const strict = taker({ issuers: [issuer({ requiredClaims: ['sub'] })] });
    const error: unknown = await strict(bearer(text)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(JwtError);
    expect(error).toMatchObject({
      code,
      statusCode: 401,
      headers: { 'www-authenticate': expect.stringContaining('invalid_token') },
    });
    expect((error as JwtError).message).not.toContain('alice');
  });

  test('also where none is required', async () => {
    await expect(taker({ credentialsRequired: false })(bearer('abc'))).rejects.toMatchObject({
      code: 'token-malformed',
    });
  });

  test.each<[string, HttpEvent, string]>([
    ['no header', {}, 'token-missing'],
    ['another scheme', { headers: { authorization: 'Basic YTpi' } }, 'token-missing'],
    ['two headers', { multiValueHeaders: { authorization: [`Bearer ${token()}`, 'Bearer x'] } }, 'token-malformed'],
  ])('or missing: %s', async (_what, event, code) => {
    await expect(taker()(event)).rejects.toMatchObject({ code });
    if (code === 'token-missing') expect(await taker({ credentialsRequired: false })(event)).toBeUndefined();
  });
});

describe('the keys of an issuer', () => {
  let published: unknown = jwks;
  let status = 200;
  let reads = 0;
  const server = createServer((_request, response) => {
    reads += 1;
    response.writeHead(status, { location: '/elsewhere' }).end(JSON.stringify(published));
  });
  let url = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  });
  afterAll(() => void server.close());

  /** With a clock of its own, in seconds after the start. */
  function overHttp(publishedNow: unknown = jwks) {
    [published, status, reads] = [publishedNow, 200, 0];
    const clock = { at: 0 };
    const take = taker({ issuers: [issuer({ jwks: url })], now: () => (nowSeconds + clock.at) * 1_000 });
    return { take: (key = first) => take(bearer(token(claims(), key))), clock };
  }

  test('are read once for all who wait, and again by age', async () => {
    const { take, clock } = overHttp();
    await Promise.all(Array.from({ length: 10 }, () => take()));
    clock.at = 299;
    await take();
    expect(reads).toBe(1);
    clock.at = 300;
    await take();
    expect(reads).toBe(2);
  });

  test('are searched for a new one, once in 30 seconds whatever is sent', async () => {
    const { take, clock } = overHttp({ keys: [first.jwk] });
    await take();
    published = jwks;
    await take(second);
    expect(reads).toBe(2);
    for (let n = 0; n < 20; n += 1) await take({ ...foreign, kid: `unknown-${n}` }).catch(() => {});
    expect(reads).toBe(2);
    clock.at = 31;
    await take({ ...foreign, kid: 'unknown' }).catch(() => {});
    expect(reads).toBe(3);
  });

  test('that are withdrawn are of no use any more', async () => {
    const { take, clock } = overHttp();
    await take();
    published = { keys: [second.jwk] };
    clock.at = 301;
    await expect(take()).rejects.toMatchObject({ code: 'signature-invalid' });
  });

  test.each<[string, unknown, number]>([
    ['an error', jwks, 500],
    ['a way elsewhere', jwks, 302],
    ['something that is no key set', { error: 'down' }, 200],
    ['too much', { keys: [], filler: 'x'.repeat(300_000) }, 200],
  ])('serve on through an outage: %s', async (_what, brokenSet, brokenStatus) => {
    const { take, clock } = overHttp();
    await take();
    [published, status] = [brokenSet, brokenStatus];
    clock.at = 400;
    await take();
    expect(reads).toBe(2);
    await take();
    expect(reads).toBe(2);
    await expect(take({ ...foreign, kid: 'new' })).rejects.toMatchObject({ code: 'keys-unavailable', statusCode: 503 });
    [published, status] = [jwks, 200];
    clock.at = 406;
    await take();
    expect(reads).toBeGreaterThan(2);
  });

  test('that were never read are an outage, not a refusal', async () => {
    const { take } = overHttp();
    status = 500;
    await expect(take()).rejects.toMatchObject({ code: 'keys-unavailable', headers: { 'retry-after': '5' } });
  });

  test('can be read by a function', async () => {
    const signals: AbortSignal[] = [];
    const read = async (signal: AbortSignal) => {
      signals.push(signal);
      return jwks;
    };
    await taker({ issuers: [issuer({ jwks: read })] })(bearer(token()));
    expect(signals).toHaveLength(1);
  });

  test('that are secrets, or not for signatures, verify nothing', async () => {
    const secret = { kty: 'oct', k: part('secret'), kid: 'first', alg: 'HS256' };
    for (const keys of [[secret], [{ ...first.jwk, use: 'enc' }], [{ ...first.jwk, alg: 'PS256' }]]) {
      await expect(taker({ issuers: [issuer({ jwks: { keys } })] })(bearer(token()))).rejects.toMatchObject({
        code: 'signature-invalid',
      });
    }
  });
});

describe('options that would take too much are refused at once', () => {
  test.each<[string, Partial<HttpJwtOptions>, string]>([
    ['no issuer', { issuers: [] }, 'at least one'],
    ['an issuer twice', { issuers: [issuer(), issuer()] }, 'twice'],
    ['an issuer without a name', { issuers: [issuer({ issuer: '' })] }, 'no name'],
    ['no audience', { issuers: [issuer({ audience: [] })] }, 'needs an audience'],
    ['an empty audience', { issuers: [issuer({ audience: '' })] }, 'needs an audience'],
    ['no algorithm', { issuers: [issuer({ algorithms: [] })] }, 'needs algorithms'],
    ['a symmetric algorithm', { issuers: [issuer({ algorithms: ['HS256' as 'RS256'] })] }, 'needs algorithms'],
    ['none', { issuers: [issuer({ algorithms: ['none' as 'RS256'] })] }, 'needs algorithms'],
    ['a leeway of more than a minute', { issuers: [issuer({ leewaySeconds: 61 })] }, 'from 0 to 60'],
    ['keys over http', { issuers: [issuer({ jwks: 'http://issuer.example/keys' })] }, 'https'],
    ['keys out of a file', { issuers: [issuer({ jwks: 'file:///etc/keys' })] }, 'https'],
    ['keys that are kept for ever', { keysMaxAgeSeconds: 86_400 }, 'keysMaxAgeSeconds'],
  ])('%s', (_what, change, message) => {
    expect(() => httpJwt({ issuers: [issuer()], ...change })).toThrow(message);
  });
});

test('the error handler of middy makes an answer of a refusal', async () => {
  const handler = middy<HttpEvent>()
    .use(httpErrorHandler({ logger: false }))
    .use(httpJwt({ issuers: [issuer()] }))
    .handler(async () => ({ statusCode: 200 }));
  expect(await handler({}, context)).toMatchObject({
    statusCode: 401,
    body: 'Send a token as "Authorization: Bearer …".',
    headers: { 'www-authenticate': 'Bearer' },
  });
});
