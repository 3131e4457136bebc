import { createHmac, createPublicKey, sign } from 'node:crypto';
import { exportSPKI, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { ecKey, part, rs256, rsaKey } from '../test-support/forge.ts';
import { issuer } from '../test-support/issuer.ts';
import type { OidcIssuer } from './oidc-issuer.ts';
import { OidcVerifier } from './oidc-verifier.ts';

const nowSeconds = 1_800_000_000;
const published = rsaKey('key-1');
const short = rsaKey('short', 1_024);
const forEncryption = rsaKey('encryption');
const elliptic = ecKey('elliptic');
/** A key of another issuer under the name of the first one's. */
const others = rsaKey('key-1');
const ofNobody = rsaKey('nobody');

const main = issuer({
  keys: {
    from: 'inline',
    keySet: {
      keys: [
        published.jwk,
        short.jwk,
        { ...forEncryption.jwk, use: 'enc' },
        elliptic.jwk,
        { kty: 'oct', kid: 'secret', k: part('a secret of thirty-two characters') },
      ],
    },
  },
});
const other = issuer({
  name: 'other',
  issuer: 'https://other.example',
  userIdPrefix: 'other',
  keys: { from: 'inline', keySet: { keys: [others.jwk] } },
});

const claims = { iss: main.issuer, sub: 'ann@example.com', aud: 'gateway', iat: nowSeconds, exp: nowSeconds + 3_600 };

function verifier(changes: Partial<OidcIssuer> = {}): OidcVerifier {
  return new OidcVerifier([{ ...main, ...changes }, other], { now: () => nowSeconds * 1_000 });
}

async function verify(token: string, changes?: Partial<OidcIssuer>) {
  return await verifier(changes).verify(token);
}

/** The signature of one token behind the content of another. */
function withBody(token: string, body: unknown): string {
  const [head, , signature] = token.split('.');
  return `${head}.${part(body)}.${signature}`;
}

function hs256(header: object, secret: string | Buffer): string {
  const signed = `${part({ alg: 'HS256', kid: 'key-1', ...header })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

const good = rs256({ typ: 'JWT' }, claims, published);
const pem = createPublicKey(published.privateKey.export({ type: 'pkcs8', format: 'pem' }));

describe('what is genuine is taken', () => {
  test.each<[string, Promise<string> | string, Partial<OidcIssuer>?]>([
    ['a token by hand', good],
    [
      'a token by jose',
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'key-1' }).sign(published.privateKey),
    ],
    ['PS256', new SignJWT(claims).setProtectedHeader({ alg: 'PS256', kid: 'key-1' }).sign(published.privateKey)],
    ['ES256', new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'elliptic' }).sign(elliptic.privateKey)],
    ['no kid, where one key fits', new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(elliptic.privateKey)],
    ['several audiences', rs256({}, { ...claims, aud: ['account', 'gateway'] }, published)],
    ['one of the configured audiences', rs256({}, { ...claims, aud: 'b' }, published), { audiences: ['a', 'b'] }],
    ['at+jwt of RFC 9068', rs256({ typ: 'at+jwt' }, claims, published)],
    ['expired within the leeway', rs256({}, { ...claims, exp: nowSeconds - 29 }, published)],
    ['not valid yet within the leeway', rs256({}, { ...claims, nbf: nowSeconds + 30 }, published)],
    ['made in the future within the leeway', rs256({}, { ...claims, iat: nowSeconds + 30 }, published)],
    ['keys that it brings along are not looked at', rs256({ jwk: ofNobody.jwk, x5t: 'x' }, claims, published)],
  ])('%s', async (_name, token, changes) => {
    expect(await verify(await token, changes)).toMatchObject({ userId: 'ann@example.com', issuer: main.issuer });
  });
});

const noKey = /key that its issuer does not publish/;
const badSignature = /signature that is not right/;
const notAllowed = /not allowed for its issuer/;

describe('the eight usual forgeries', () => {
  test.each<[string, string | Promise<string>, RegExp]>([
    ['1 alg none', `${part({ alg: 'none' })}.${part(claims)}.`, /not written like/],
    [
      '1 alg none, with something for a signature',
      `${part({ alg: 'none', kid: 'key-1' })}.${part(claims)}.x`,
      notAllowed,
    ],
    ['1 alg None', `${part({ alg: 'NoNe', kid: 'key-1' })}.${part(claims)}.x`, notAllowed],
    ['2 HS256 with the public key (PEM)', exportSPKI(pem).then((text) => hs256({}, text)), notAllowed],
    ['2 HS256 with the public key (DER)', hs256({}, pem.export({ type: 'spki', format: 'der' })), notAllowed],
    ['2 HS256 with the modulus', hs256({}, String(published.jwk['n'])), notAllowed],
    ['2 HS256 with a published secret', hs256({ kid: 'secret' }, 'a secret of thirty-two characters'), notAllowed],
    ['3 an unknown issuer', rs256({}, { ...claims, iss: 'https://evil.example' }, published), /does not know/],
    ['3 the issuer with a slash', rs256({}, { ...claims, iss: `${main.issuer}/` }, published), /does not know/],
    ['3 the issuer in capitals', rs256({}, { ...claims, iss: 'https://ISSUER.example' }, published), /does not know/],
    ['3 no issuer', rs256({}, { ...claims, iss: undefined }, published), /names no issuer/],
    ['3 a list of issuers', rs256({}, { ...claims, iss: [main.issuer] }, published), /names no issuer/],
    ['4 another audience', rs256({}, { ...claims, aud: 'another' }, published), /another audience/],
    ['4 no audience', rs256({}, { ...claims, aud: undefined }, published), /another audience/],
    [
      '4 an audience that begins like ours',
      rs256({}, { ...claims, aud: 'gateway.evil' }, published),
      /another audience/,
    ],
    ['4 an audience that is no text', rs256({}, { ...claims, aud: [['gateway']] }, published), /another audience/],
    ['4 our name as client_id', rs256({}, { ...claims, aud: undefined, client_id: 'gateway' }, published), /audience/],
    ['5 expired', rs256({}, { ...claims, exp: nowSeconds - 30 }, published), /has expired/],
    ['5 never expires', rs256({}, { ...claims, exp: undefined }, published), /no usable 'exp'/],
    ['5 an end that is text', rs256({}, { ...claims, exp: String(nowSeconds + 60) }, published), /no usable 'exp'/],
    ['5 not valid yet', rs256({}, { ...claims, nbf: nowSeconds + 31 }, published), /not valid yet/],
    ['5 made in the future', rs256({}, { ...claims, iat: nowSeconds + 31 }, published), /made in the future/],
    ['6 signed by a key of another issuer', rs256({}, claims, others), badSignature],
    ['6 the other way round', rs256({}, { ...claims, iss: other.issuer }, published), badSignature],
    [
      '6 signed by a key that it brings along',
      rs256({ kid: undefined, jwk: ofNobody.jwk }, claims, ofNobody),
      badSignature,
    ],
    ['6 the same under a published name', rs256({ kid: 'key-1', jwk: ofNobody.jwk }, claims, ofNobody), badSignature],
    ['7 a place of keys (jku)', rs256({ jku: 'https://evil.example/jwks' }, claims, ofNobody), noKey],
    ['7 certificates (x5u, x5c)', rs256({ x5u: 'https://evil.example', x5c: ['x'] }, claims, ofNobody), noKey],
    ['7 kid as a path', rs256({ kid: '../../../dev/null' }, claims, ofNobody), noKey],
    ['7 kid as SQL', rs256({ kid: "key-1' UNION SELECT 'x" }, claims, ofNobody), noKey],
    ['7 kid as a prototype name', rs256({ kid: '__proto__' }, claims, ofNobody), noKey],
    ['7 kid that is no text', rs256({ kid: ['key-1'] }, claims, published), /no usable header/],
    ['8 the content changed', withBody(good, { ...claims, sub: 'bob@example.com' }), badSignature],
    ['8 the signature cut', good.slice(0, -8), badSignature],
    ['8 the signature left out', good.slice(0, good.lastIndexOf('.') + 1), /not written like/],
  ])('%s', async (_name, token, message) => {
    await expect(verify(await token)).rejects.toMatchObject({
      code: 'invalid-credential',
      message: expect.stringMatching(message),
    });
  });
});

describe('and more of them', () => {
  const es256AsDer = (): string => {
    const signed = `${part({ alg: 'ES256', kid: 'elliptic' })}.${part(claims)}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), elliptic.privateKey).toString('base64url')}`;
  };
  test.each<[string, string, RegExp, Partial<OidcIssuer>?]>([
    ['crit', rs256({ crit: ['exp'] }, claims, published), /extension/],
    ['crit with b64', rs256({ crit: ['b64'], b64: false }, claims, published), /extension/],
    ['an algorithm that its issuer may not use', good, notAllowed, { algorithms: ['ES256'] }],
    ['RS256 under an elliptic key', rs256({ kid: 'elliptic' }, claims, published), noKey],
    ['ES256 under an RSA key', rs256({ alg: 'ES256' }, claims, published), noKey],
    ['a signature of another form', es256AsDer(), badSignature],
    ['an RSA key that is too short', rs256({}, claims, short), noKey],
    ['a key for encryption', rs256({}, claims, forEncryption), noKey],
    [
      'no kid, where several keys fit',
      good,
      noKey,
      { keys: { from: 'inline', keySet: { keys: [published.jwk, { ...ofNobody.jwk, kid: 'key-1' }] } } },
    ],
    ['a logout token', rs256({ typ: 'logout+jwt' }, claims, published), /another kind/],
    ['a security event', rs256({}, { ...claims, events: {} }, published), /security event/],
    ['a token bound to its holder', rs256({}, { ...claims, cnf: { jkt: 'x' } }, published), /bound/],
    ['an ID token', rs256({}, { ...claims, nonce: 'x' }, published), /send an access token/],
    ['an access token', rs256({}, { ...claims, scope: 'x' }, published), /send an ID token/, { tokenUse: 'id' }],
    [
      'an access token by its header',
      rs256({ typ: 'at+jwt' }, claims, published),
      /send an ID token/,
      { tokenUse: 'id' },
    ],
    ['an issuer of prototypes', rs256({}, { ...claims, iss: '__proto__' }, published), /does not know/],
    ['content that is no object', rs256({}, '[]', published), /no JSON object/],
    ['content that is no JSON', rs256({}, '{', published), /no JSON/],
    ['content that is no UTF-8', `${part({ alg: 'RS256' })}._w.x`, /no JSON/],
    ['a name that is no UTF-8', rs256({}, Buffer.from('{"iss":"\xff"}', 'latin1'), published), /no JSON/],
    ['no subject', rs256({}, { ...claims, sub: undefined }, published), /subject/],
    ['five parts', `${good}.x.x`, /not written like/],
    ['two parts', good.slice(0, good.lastIndexOf('.')), /not written like/],
    ['a space behind it', `${good} `, /not written like/],
    ['a line end within it', good.replace('.', '.\n'), /not written like/],
    ['letters beyond ASCII', good.replace('e', 'е'), /not written like/],
    ['padding', good.replace('.', '=.'), /not written like/],
    ['a huge one', rs256({}, { ...claims, filler: 'x'.repeat(8_192) }, published), /not written like/],
    ['nothing', '', /not written like/],
  ])('%s', async (_name, token, message, changes) => {
    const error = await verify(token, changes).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'invalid-credential', message: expect.stringMatching(message) });
    if (token.length > 20) expect(String(error)).not.toContain(token.slice(-20));
  });
});

describe('an issuer that would take too much is not configured', () => {
  test.each<[string, readonly OidcIssuer[], RegExp]>([
    ['no issuer', [issuer({ issuer: '' })], /no issuer/],
    ['no audience', [issuer({ audiences: [] })], /no audience/],
    ['an empty audience', [issuer({ audiences: [''] })], /no audience/],
    ['no algorithm', [issuer({ algorithms: [] })], /no algorithms/],
    ['too much leeway', [issuer({ leewaySeconds: 61 })], /leeway/],
    ['no number for a leeway', [issuer({ leewaySeconds: Number.NaN })], /leeway/],
    ['the same issuer twice', [main, { ...main, userIdPrefix: 'second' }], /twice/],
    ['two without a prefix', [main, { ...other, userIdPrefix: undefined }], /same prefix/],
  ])('%s', (_name, issuers, message) => {
    expect(() => new OidcVerifier(issuers, { now: Date.now })).toThrow(message);
  });
});
