import type { Clock } from '@genai-gateway/core';
import { type Claims, checkType, refused } from './compact-token.ts';
import type { Login } from './login.ts';
import { loginOf } from './login-of.ts';
import type { OidcIssuer } from './oidc-issuer.ts';
import { checkClaims } from './token-claims.ts';

/** What a token says, after somebody has verified signature, issuer, audience and times. */
export interface VerifiedToken {
  readonly claims: Claims;
  readonly header: { readonly typ?: string | undefined };
}

/**
 * Whom a verified token of one of the issuers speaks for, by all rules that `OidcVerifier` has beside the signature.
 * Throws `invalid-credential`.
 */
export function loginOfVerified({ claims, header }: VerifiedToken, issuers: readonly OidcIssuer[], now: Clock): Login {
  const issuer = issuers.find((each) => each.issuer === claims['iss']);
  if (issuer === undefined) throw refused('is of an issuer that this gateway does not know');
  checkType(header.typ);
  checkClaims(claims, header, issuer, now() / 1_000);
  const prefixes = issuers.flatMap(({ userIdPrefix }) => userIdPrefix ?? []);
  return loginOf(claims, issuer, prefixes);
}
