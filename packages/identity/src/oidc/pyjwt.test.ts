import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { issuer } from '../test-support/issuer.ts';
import { signatureAlgorithms } from './oidc-issuer.ts';
import { OidcVerifier } from './oidc-verifier.ts';

/** Keys and tokens by another implementation than jose: PyJWT. */
const made = JSON.parse(readFileSync(new URL('../test-support/pyjwt-tokens.json', import.meta.url), 'utf8')) as {
  readonly keySet: unknown;
  readonly tokens: Readonly<Record<string, string>>;
};
const trusted = issuer({ algorithms: signatureAlgorithms, keys: { from: 'inline', keySet: made.keySet } });
const verifier = new OidcVerifier([trusted], { now: () => 1_800_000_000_000 });

test.each(signatureAlgorithms)("PyJWT's %s is verified, and not when a letter of it is changed", async (algorithm) => {
  const token = made.tokens[algorithm] ?? '';
  expect(await verifier.verify(token)).toMatchObject({ userId: 'ann@example.com' });
  const at = token.length - 20;
  const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
  await expect((async () => verifier.verify(changed))()).rejects.toThrow(/signature that is not right/);
});
