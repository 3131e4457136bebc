import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import type { OidcSimulator } from '@genai-gateway/simulators';

const base64url = (value: object | Buffer): string =>
  (value instanceof Buffer ? value : Buffer.from(JSON.stringify(value))).toString('base64url');

function decoded(part: string | undefined): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8')) as Readonly<Record<string, unknown>>;
}

/** Tokens that look like those of an issuer, and are not, or not for this gateway, or not now: by what is wrong with them. */
export async function forgeries(oidc: OidcSimulator): Promise<Readonly<Record<string, string>>> {
  const real = await oidc.issue('okta-access');
  const [header, claims, signature] = real.split('.');
  const [head, said] = [decoded(header), decoded(claims)];
  const now = Math.floor(Date.now() / 1_000);
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ownJwk = { ...own.publicKey.export({ format: 'jwk' }), kid: 'own', alg: 'RS256', use: 'sig' };
  // The set was read from an issuer, whose keys are JSON Web Keys.
  const theirs = oidc.keySet().keys[0] as JsonWebKey;
  const theirPem = createPublicKey({ key: theirs, format: 'jwk' }).export({ format: 'pem', type: 'spki' });
  const bySecret = (secret: string | Buffer) => {
    const content = `${base64url({ ...head, alg: 'HS256' })}.${base64url(said)}`;
    return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
  };
  const byOwn = (ownHeader: object, key: KeyObject = own.privateKey) => {
    const content = `${base64url({ ...head, ...ownHeader })}.${base64url(said)}`;
    return `${content}.${sign('sha256', Buffer.from(content), key).toString('base64url')}`;
  };
  return {
    'no algorithm': `${base64url({ ...head, alg: 'none' })}.${claims}.`,
    'no algorithm, oddly written': `${base64url({ ...head, alg: 'nOnE' })}.${claims}.${signature}`,
    'no signature': `${header}.${claims}.`,
    'a public key as a secret': bySecret(theirPem),
    'a public key in JSON as a secret': bySecret(JSON.stringify(theirs)),
    'another issuer': await oidc.issue('okta-access', { claims: { iss: 'https://example.okta.com/oauth2/default' } }),
    'another audience': await oidc.issue('okta-access', { claims: { aud: 'another' } }),
    'no audience': await oidc.issue('okta-access', { claims: { aud: undefined } }),
    'its time is over': await oidc.issue('okta-access', { claims: { iat: now - 7_200, exp: now - 3_600 } }),
    'no end': await oidc.issue('okta-access', { claims: { exp: undefined } }),
    'its time has not come': await oidc.issue('okta-access', { claims: { nbf: now + 3_600 } }),
    "somebody's own key": byOwn({}),
    "somebody's own key, embedded": byOwn({ jwk: ownJwk, kid: 'own' }),
    "somebody's own key, elsewhere": byOwn({ jku: 'http://127.0.0.1:9/jwks', kid: 'own' }),
    "somebody's own certificate, elsewhere": byOwn({ x5u: 'http://127.0.0.1:9/x5u' }),
    'a key named by a path': byOwn({ kid: '../../../../dev/null' }),
    'a key named by SQL': byOwn({ kid: "' OR '1'='1" }),
    'an extension that nobody knows': await oidc.issue('okta-access', { header: { crit: ['exp'], exp: now + 60 } }),
    'another person': `${header}.${base64url({ ...said, sub: 'admin@example.com' })}.${signature}`,
    'a part is missing': `${header}.${claims}`,
    'a part too many': `${real}.${signature}`,
  };
}
