import type { Claims } from './compact-token.ts';
import { refused } from './compact-token.ts';
import type { OidcIssuer } from './oidc-issuer.ts';

/**
 * What a verified token has to say for itself beside issuer and times: for whom it was made, when, and that it is of
 * the kind that is expected. Throws `invalid-credential`.
 */
export function checkClaims(
  claims: Claims,
  header: { readonly typ?: string | undefined },
  issuer: OidcIssuer,
  nowSeconds: number,
): void {
  const madeAt = claims['iat'];
  if (madeAt !== undefined && !(typeof madeAt === 'number' && madeAt <= nowSeconds + issuer.leewaySeconds)) {
    throw refused('was made in the future (iat). Check the clocks');
  }
  const audiences = audiencesOf(claims, issuer);
  if (!issuer.audiences.some((each) => audiences.includes(each))) {
    throw refused('is for another audience. Check which audience (aud) your client asks the issuer for');
  }
  // A token that is bound to its holder is good for nothing without the holder's proof, which we do not check.
  if (claims['cnf'] !== undefined) throw refused('is bound to a key of its holder (cnf); get a bearer token');
  // RFC 8417, section 2.2: a token with events is no credential at all.
  if (claims['events'] !== undefined) throw refused('is a security event and no credential');
  const kind = kindOf(claims, header.typ);
  if (kind === 'other' || (kind !== undefined && issuer.tokenUse !== 'any' && kind !== issuer.tokenUse)) {
    const expected = { access: 'an access token', id: 'an ID token', any: 'an access token or an ID token' };
    throw refused(`is of another kind: send ${expected[issuer.tokenUse]}`);
  }
}

function audiencesOf(claims: Claims, { audienceClaim }: OidcIssuer): readonly unknown[] {
  const named = claims['aud'] ?? (audienceClaim === 'client_id' ? claims['client_id'] : undefined);
  return Array.isArray(named) ? named : [named];
}

/**
 * What a token is by its own signs, the clearest first; undefined: it does not say. Cognito writes `token_use`
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html),
 * Keycloak `typ` (`Bearer`, `ID`, `Refresh`, `Offline`, `Logout`: its org.keycloak.util.TokenUtil), RFC 9068 the
 * header `at+jwt`; only ID tokens have `nonce`, `at_hash` and `c_hash` (OpenID Connect Core 1.0), only access tokens
 * scopes (Okta, Entra: `scp`). All as of 2026-11-23.
 */
function kindOf(claims: Claims, headerType: string | undefined): 'access' | 'id' | 'other' | undefined {
  const use = claims['token_use'];
  if (use !== undefined) return use === 'access' || use === 'id' ? use : 'other';
  const type = claims['typ'];
  if (type !== undefined) return type === 'Bearer' ? 'access' : type === 'ID' ? 'id' : 'other';
  if (headerType?.toLowerCase().endsWith('at+jwt')) return 'access';
  if (['nonce', 'at_hash', 'c_hash'].some((each) => claims[each] !== undefined)) return 'id';
  if (['scope', 'scp'].some((each) => claims[each] !== undefined)) return 'access';
  return undefined;
}
