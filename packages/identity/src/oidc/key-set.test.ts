import { describe, expect, test } from 'vitest';
import { ecKey, rsaKey } from '../test-support/forge.ts';
import { KeySet } from './key-set.ts';
import type { SignatureAlgorithm } from './oidc-issuer.ts';

const rsa = rsaKey('k').jwk;
const elliptic = ecKey('k').jwk;
const ed25519 = { kty: 'OKP', crv: 'Ed25519', kid: 'k', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };

describe('which keys of a set are used, and for what', () => {
  test.each<[string, object, SignatureAlgorithm, boolean]>([
    ['RSA', rsa, 'RS256', true],
    ['RSA, with the other padding', rsa, 'PS512', true],
    ['RSA for one algorithm', { ...rsa, alg: 'RS256' }, 'RS256', true],
    ['RSA for another algorithm', { ...rsa, alg: 'RS512' }, 'RS256', false],
    ['RSA for a symmetric algorithm', { ...rsa, alg: 'HS256' }, 'RS256', false],
    ['for signatures', { ...rsa, use: 'sig' }, 'RS256', true],
    ['for encryption', { ...rsa, use: 'enc' }, 'RS256', false],
    ['to verify', { ...rsa, key_ops: ['verify'] }, 'RS256', true],
    ['to wrap keys', { ...rsa, key_ops: ['wrapKey'] }, 'RS256', false],
    ['operations that are no list', { ...rsa, key_ops: 'verify' }, 'RS256', false],
    ['a curve', elliptic, 'ES256', true],
    ['a curve for another algorithm', elliptic, 'ES384', false],
    ['a curve of another type', { ...elliptic, kty: 'OKP' }, 'ES256', false],
    ['Ed25519', ed25519, 'EdDSA', true],
    ['Ed25519 by its older name', { ...ed25519, alg: 'EdDSA' }, 'EdDSA', true],
    ['Ed25519 by its newer name (RFC 9864)', { ...ed25519, alg: 'Ed25519' }, 'EdDSA', true],
    ['a name that is no text', { ...rsa, kid: 5 }, 'RS256', false],
    ['a number that is none', { ...rsa, n: '' }, 'RS256', false],
    ['a curve that nobody knows', { ...elliptic, crv: 'toString' }, 'ES256', false],
    ['a symmetric key', { kty: 'oct', kid: 'k', k: 'c2VjcmV0' }, 'RS256', false],
    ['no object', ['k'], 'RS256', false],
  ])('%s', (_name, jwk, algorithm, used) => {
    expect(new KeySet({ keys: [jwk] }).find('k', algorithm) !== undefined).toBe(used);
  });

  test('a key that is not understood does not spoil the others', () => {
    expect(new KeySet({ keys: [null, 'x', { kty: 'new' }, rsa] }).find('k', 'RS256')).toBeDefined();
  });

  test('a private key in the set is used as the public one that it contains', () => {
    const found = new KeySet({ keys: [{ ...rsa, d: 'AQAB' }] }).find('k', 'RS256');
    expect(found?.key.type).toBe('public');
  });

  test.each([[null], [{}], [[]], [{ keys: {} }], ['keys']])('%j is no key set', (document) => {
    expect(() => new KeySet(document)).toThrow(/no JSON Web Key Set/);
  });
});
