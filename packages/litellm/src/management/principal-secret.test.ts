import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyDerivation, type KeyIdentity } from './principal-secret.ts';

const derivation = new KeyDerivation('a secret of the installation');
const alice: KeyIdentity = { issuer: 'https://idp.example', userId: 'alice', teamId: undefined, models: undefined };

describe('the key of a login', () => {
  test('is a virtual key of 256 bits, and its hash is LiteLLM’s', () => {
    const { secret, keyHash } = derivation.keyOf(alice);
    expect(secret).toMatch(/^sk-[\w-]{43}$/);
    expect(keyHash).toBe(hash('sha256', secret, 'hex'));
  });

  test('is the same on every replica and at every start', () => {
    // Computed with Python's hmac.
    expect(new KeyDerivation('a secret of the installation').keyOf({ ...alice }).secret).toBe(
      'sk-yGAExf_xEYhjUI3Y2iRRFAUfDMroQoTX0fK93UtNAr4',
    );
  });

  test('does not depend on the order of the models', () => {
    const [one, other] = [
      ['a', 'b'],
      ['b', 'a', 'b'],
    ].map((models) => derivation.keyOf({ ...alice, models }).keyHash);
    expect(one).toBe(other);
  });

  test.each([
    ['another secret', new KeyDerivation('another secret'), {}],
    ['another issuer', derivation, { issuer: 'https://other.example' }],
    ['another user', derivation, { userId: 'bob' }],
    ['a team', derivation, { teamId: 'readers' }],
    ['a team called nothing', derivation, { teamId: '' }],
    ['no models', derivation, { models: [] }],
    ['a model', derivation, { models: ['nova'] }],
  ] as const)('is another for %s', (_name, by, change) => {
    expect(by.keyOf({ ...alice, ...change }).keyHash).not.toBe(derivation.keyOf(alice).keyHash);
  });

  test('is no other’s, whatever is in the names', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\\', '\0', '[', 'é'), maxLength: 4 });
    const identity = fc.record({
      issuer: text,
      userId: text,
      teamId: fc.option(text, { nil: undefined }),
      models: fc.option(
        fc.uniqueArray(text, { maxLength: 2 }).map((each) => each.sort()),
        { nil: undefined },
      ),
    });
    fc.assert(
      fc.property(identity, identity, (one, other) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(derivation.keyOf(one).keyHash === derivation.keyOf(other).keyHash).toBe(isSame);
      }),
      { numRuns: 2_000, seed: 5 },
    );
  });
});

test('a secret has a name that does not tell it', () => {
  expect(derivation.secretId).toMatch(/^[0-9a-f]{12}$/);
  expect(new KeyDerivation('another secret').secretId).not.toBe(derivation.secretId);
});
