import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import { IssuerKeys, type KeyFinder } from './issuer-keys.ts';
import { JwtError } from './jwt-error.ts';
import type { HttpJwtOptions, JwtIssuer } from './options.ts';

/** A verified token: its claims, and its header, of which nothing was believed but what was verified. */
export interface VerifiedJwt {
  readonly payload: Readonly<JWTPayload>;
  readonly header: { readonly alg: string; readonly kid?: string; readonly typ?: string };
}

/** Longer ones are refused unread; the longest in use, with a user's every group, have some six kilobytes. */
const MAX_TOKEN_LENGTH = 8_192;
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

interface Known {
  readonly issuer: JwtIssuer;
  readonly keys: IssuerKeys;
}

/** Verifies tokens of the configured issuers. */
export class JwtVerifier {
  readonly #known: ReadonlyMap<string, Known>;
  readonly #now: () => number;

  constructor({ issuers, keysMaxAgeSeconds = 300, now = Date.now }: HttpJwtOptions) {
    this.#now = now;
    this.#known = new Map(
      issuers.map((issuer) => [
        issuer.issuer,
        { issuer, keys: new IssuerKeys(issuer.jwks, keysMaxAgeSeconds * 1_000, now) },
      ]),
    );
  }

  /** Rejects with `JwtError`. */
  async verify(token: string): Promise<VerifiedJwt> {
    const { iss, aud, alg } = outsideOf(token);
    const known = typeof iss === 'string' ? this.#known.get(iss) : undefined;
    if (known === undefined) throw new JwtError('issuer-unknown', 'The token is of an issuer that is not known here.');
    const { issuer, keys } = known;
    if (!issuer.algorithms.some((each) => each === alg)) {
      throw new JwtError('signature-invalid', 'The token is signed in a way that is not allowed for its issuer.');
    }
    const options = this.#optionsFor(issuer, aud === undefined);
    try {
      return await verified(token, await keys.current(), options, issuer);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw refusalOf(error);
    }
    try {
      return await verified(token, await keys.searched(), options, issuer);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey && keys.isOutage()) {
        throw new JwtError('keys-unavailable', 'The token cannot be checked at the moment. Try again shortly.');
      }
      throw refusalOf(error);
    }
  }

  #optionsFor(issuer: JwtIssuer, hasNoAudience: boolean): JWTVerifyOptions {
    const isByClient = issuer.audienceClaim === 'client_id' && hasNoAudience;
    return {
      algorithms: [...issuer.algorithms],
      issuer: issuer.issuer,
      ...(isByClient ? {} : { audience: [issuer.audience].flat() }),
      requiredClaims: ['exp', ...(issuer.requiredClaims ?? [])],
      clockTolerance: issuer.leewaySeconds ?? 0,
      currentDate: new Date(this.#now()),
    };
  }
}

async function verified(
  token: string,
  finder: KeyFinder,
  options: JWTVerifyOptions,
  issuer: JwtIssuer,
): Promise<VerifiedJwt> {
  const { payload, protectedHeader } = await jwtVerify(token, finder, options);
  if (options.audience === undefined && ![issuer.audience].flat().some((each) => each === payload['client_id'])) {
    throw new JwtError('claims-invalid', 'The token is for another audience.');
  }
  const { alg, kid, typ } = protectedHeader;
  return { payload, header: { alg, ...(kid === undefined ? {} : { kid }), ...(typ === undefined ? {} : { typ }) } };
}

/** What is needed to find the key; nothing of it is verified yet. */
function outsideOf(token: string): { readonly iss: unknown; readonly aud: unknown; readonly alg: unknown } {
  if (token.length > MAX_TOKEN_LENGTH || !COMPACT.test(token)) throw malformed();
  try {
    const { iss, aud } = decodeJwt(token);
    return { iss, aud, alg: decodeProtectedHeader(token).alg };
  } catch (cause) {
    throw malformed(cause);
  }
}

function malformed(cause?: unknown): JwtError {
  return new JwtError('token-malformed', 'What was sent is no signed JSON Web Token.', { cause });
}

function refusalOf(error: unknown): JwtError {
  if (error instanceof JwtError) return error;
  if (error instanceof errors.JWTExpired) {
    return new JwtError('token-expired', 'The token has expired. Sign in again.', { cause: error });
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    const what =
      { aud: 'is for another audience', nbf: 'is not valid yet' }[error.claim] ?? 'lacks a claim it has to have';
    return new JwtError('claims-invalid', `The token ${what}.`, { cause: error });
  }
  return new JwtError('signature-invalid', 'The token has no signature that its issuer could have made.', {
    cause: error,
  });
}
