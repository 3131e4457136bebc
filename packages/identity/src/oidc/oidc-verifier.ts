import { hash } from 'node:crypto';
import { type Clock, GatewayError } from '@genai-gateway/core';
import { errors, jwtVerify } from 'jose';
import type { TokenVerifier } from '../logins.ts';
import { readToken, refused, type UnverifiedToken } from './compact-token.ts';
import type { JwksSource } from './jwks-source.ts';
import { jwksSourceOf } from './jwks-source-of.ts';
import type { KeySet, VerificationKey } from './key-set.ts';
import { KeySetCache } from './key-set-cache.ts';
import type { Login } from './login.ts';
import { loginOf } from './login-of.ts';
import { type OidcIssuer, type SignatureAlgorithm, signatureAlgorithms } from './oidc-issuer.ts';
import { checkClaims } from './token-claims.ts';

const MAX_LEEWAY_SECONDS = 60;
const MAX_VERIFIED = 10_000;

export interface OidcVerifierOptions {
  readonly now: Clock;
  /** Where the keys of an issuer are read from; absent: where the issuer's `keys` says. */
  readonly sourceOf?: (issuer: OidcIssuer) => JwksSource;
  /** How many verified tokens are remembered; 10 000 when absent. */
  readonly maxVerified?: number;
}

interface Known {
  readonly issuer: OidcIssuer;
  readonly keys: KeySetCache;
}

/** A token that was verified once. It stays good until its end, for as long as its key is published. */
interface Verified {
  readonly login: Login;
  readonly known: Known;
  readonly keyId: string;
  readonly goodUntilMs: number;
}

/**
 * Verifies the tokens of the configured issuers: signature by a published key of that very issuer, with an algorithm
 * that configuration allows it, and issuer, audience, times and kind as configured.
 */
export class OidcVerifier implements TokenVerifier {
  readonly #known: ReadonlyMap<string, Known>;
  readonly #prefixes: readonly string[];
  readonly #now: Clock;
  readonly #maxVerified: number;
  /** By the SHA-256 of the whole token; the oldest go first. */
  readonly #verified = new Map<string, Verified>();

  /** Throws a TypeError for issuers that would take more tokens than anybody can mean. */
  constructor(issuers: readonly OidcIssuer[], options: OidcVerifierOptions) {
    const { now, sourceOf = jwksSourceOf, maxVerified = MAX_VERIFIED } = options;
    for (const issuer of issuers) checkIssuer(issuer);
    this.#known = new Map(
      issuers.map((issuer) => [issuer.issuer, { issuer, keys: new KeySetCache(sourceOf(issuer), now) }]),
    );
    const prefixes = new Set(issuers.map(({ userIdPrefix }) => userIdPrefix));
    if (this.#known.size < issuers.length) throw new TypeError('an issuer is configured twice');
    if (prefixes.size < issuers.length) throw new TypeError('two issuers have the same prefix of user ids');
    this.#prefixes = [...prefixes].filter((each) => each !== undefined);
    this.#now = now;
    this.#maxVerified = maxVerified;
  }

  /**
   * Whom a token speaks for; without a promise where it was verified before. Throws or rejects with
   * `invalid-credential`, or with `identity-unavailable` when the issuer's keys cannot be had.
   */
  verify(token: string): Login | Promise<Login> {
    const tokenHash = hash('sha256', token, 'base64url');
    const verified = this.#verified.get(tokenHash);
    if (verified === undefined) return this.#verify(token, tokenHash);
    if (this.#now() >= verified.goodUntilMs) {
      this.#verified.delete(tokenHash);
      throw expired();
    }
    const stillGood = (set: KeySet): Login | Promise<Login> => {
      if (set.has(verified.keyId)) return verified.login;
      this.#verified.delete(tokenHash);
      return this.#verify(token, tokenHash);
    };
    const set = verified.known.keys.current();
    return set instanceof Promise ? set.then(stillGood) : stillGood(set);
  }

  async #verify(token: string, tokenHash: string): Promise<Login> {
    const unverified = readToken(token);
    const known = this.#known.get(unverified.issuer);
    if (known === undefined) {
      throw refused('is of an issuer that this gateway does not know. Check where your client signs in (iss)');
    }
    const { issuer } = known;
    const algorithm = issuer.algorithms.find((each) => each === unverified.algorithm);
    if (algorithm === undefined) throw refused('is signed in a way that is not allowed for its issuer');
    const key = await findKey(known, unverified, algorithm);
    const { payload, protectedHeader } = await this.#checkSignature(token, key, algorithm, issuer);
    checkClaims(payload, protectedHeader, issuer, this.#now() / 1_000);
    const login = loginOf(payload, issuer, this.#prefixes);
    const goodUntilMs = login.expiresAtMs + issuer.leewaySeconds * 1_000;
    this.#remember(tokenHash, { login, known, keyId: key.id, goodUntilMs });
    return login;
  }

  async #checkSignature(token: string, { key }: VerificationKey, algorithm: SignatureAlgorithm, issuer: OidcIssuer) {
    try {
      return await jwtVerify(token, key, {
        algorithms: [algorithm],
        issuer: issuer.issuer,
        requiredClaims: ['exp'],
        clockTolerance: issuer.leewaySeconds,
        currentDate: new Date(this.#now()),
      });
    } catch (error) {
      throw refusalOf(error);
    }
  }

  #remember(tokenHash: string, verified: Verified): void {
    if (this.#verified.size >= this.#maxVerified) {
      for (const oldest of this.#verified.keys()) {
        this.#verified.delete(oldest);
        break;
      }
    }
    this.#verified.set(tokenHash, verified);
  }
}

async function findKey(
  { keys }: Known,
  { kid }: UnverifiedToken,
  algorithm: SignatureAlgorithm,
): Promise<VerificationKey> {
  const found = (await keys.current()).find(kid, algorithm) ?? (await keys.searched()).find(kid, algorithm);
  if (found !== undefined) return found;
  if (keys.isOutage()) {
    throw new GatewayError(
      'identity-unavailable',
      'The token is signed by a key that is not known, and the keys of its issuer cannot be had. Try again shortly.',
      { retryAfterSeconds: 5 },
    );
  }
  throw refused('is signed by a key that its issuer does not publish');
}

function refusalOf(error: unknown): GatewayError {
  if (error instanceof errors.JWTExpired) return expired(error);
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'nbf') return refused('is not valid yet (nbf). Check the clocks', error);
    return refused(`has no usable '${error.claim}'`, error);
  }
  return refused('has a signature that is not right', error);
}

function expired(cause?: unknown): GatewayError {
  return refused('has expired. Sign in again, or have your client refresh it', cause);
}

function checkIssuer({ name, issuer, audiences, algorithms, leewaySeconds }: OidcIssuer): void {
  if (issuer === '') throw new TypeError(`${name} has no issuer`);
  if (audiences.length === 0 || audiences.includes('')) throw new TypeError(`${name} has no audience`);
  if (algorithms.length === 0 || algorithms.some((each) => !signatureAlgorithms.includes(each))) {
    throw new TypeError(`${name} has no algorithms, or one that is not asymmetric`);
  }
  if (!(leewaySeconds >= 0 && leewaySeconds <= MAX_LEEWAY_SECONDS)) {
    throw new TypeError(`${name} has a leeway that is not from 0 to ${MAX_LEEWAY_SECONDS} seconds`);
  }
}
