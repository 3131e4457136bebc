import type { OidcIssuer } from '../oidc/oidc-issuer.ts';

/** An issuer that is as strict as the defaults of the configuration, but for what the test changes. */
export function issuer(change: Partial<OidcIssuer> = {}): OidcIssuer {
  return {
    name: 'main',
    issuer: 'https://issuer.example',
    audiences: ['gateway'],
    audienceClaim: 'aud',
    algorithms: ['RS256', 'ES256', 'PS256', 'EdDSA'],
    leewaySeconds: 30,
    tokenUse: 'access',
    keys: { from: 'inline', keySet: { keys: [] } },
    claims: { userId: 'sub', email: 'email' },
    ...change,
  };
}
