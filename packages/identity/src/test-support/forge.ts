import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A key pair, and its public part as an issuer publishes it. */
export interface TestKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>>;
}

export function rsaKey(kid: string, bits = 2_048): TestKey {
  return testKey(kid, generateKeyPairSync('rsa', { modulusLength: bits }).privateKey);
}

export function ecKey(kid: string): TestKey {
  return testKey(kid, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
}

function testKey(kid: string, privateKey: KeyObject): TestKey {
  const pem = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return { kid, privateKey, jwk: { ...createPublicKey(pem).export({ format: 'jwk' }), kid } };
}

/** A part of a token: what it is given, as it is. */
export function part(value: unknown): string {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return bytes.toString('base64url');
}

/** A token with RS256 that says whatever the test wants it to say; nothing of it is looked at. */
export function rs256(header: object, claims: unknown, key: TestKey): string {
  const signed = `${part({ alg: 'RS256', kid: key.kid, ...header })}.${part(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), key.privateKey).toString('base64url')}`;
}
