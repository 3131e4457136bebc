import { GatewayError } from '@genai-gateway/core';

/** Longer tokens are refused unread; the longest in use, with a user's every group, have some six kilobytes. */
const MAX_TOKEN_LENGTH = 8_192;
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** What a token is, as RFC 9068 and RFC 7519 name it; security events, logouts and proofs are other things. */
const TYPES = new Set(['jwt', 'at+jwt', 'application/at+jwt', 'application/jwt']);

export type Claims = Readonly<Record<string, unknown>>;

/** The parts of a signed token that are needed to find the key which verifies it. Nothing of it is verified yet. */
export interface UnverifiedToken {
  readonly algorithm: string;
  readonly kid: string | undefined;
  readonly issuer: string;
}

/** Whether a credential is written like a signed token: three parts of base64url with points between. */
export function looksLikeToken(credential: string): boolean {
  return credential.length <= MAX_TOKEN_LENGTH && COMPACT.test(credential);
}

/**
 * Reads a signed token's outside (RFC 7515, section 7.1). Keys and places of keys that a token brings along (`jwk`,
 * `jku`, `x5c`, `x5u`) are not looked at; `crit` asks for something that we do not do. Throws `invalid-credential`.
 */
export function readToken(token: string): UnverifiedToken {
  if (!looksLikeToken(token)) throw refused('is not written like a JSON Web Token');
  const [head = '', body = ''] = token.split('.');
  const header = readPart(head);
  const claims = readPart(body);
  const { alg, kid, typ } = { alg: header['alg'], kid: header['kid'], typ: header['typ'] };
  if (Object.hasOwn(header, 'crit')) throw refused('asks for an extension that the gateway does not have');
  checkType(typ);
  if (typeof alg !== 'string' || (kid !== undefined && typeof kid !== 'string')) throw refused('has no usable header');
  const issuer = claims['iss'];
  if (typeof issuer !== 'string') throw refused('names no issuer (iss)');
  return { algorithm: alg, kid, issuer };
}

/** Throws `invalid-credential` where a token's header says that it is something else than a credential. */
export function checkType(typ: unknown): void {
  if (typ !== undefined && !(typeof typ === 'string' && TYPES.has(typ.toLowerCase()))) {
    throw refused('is of another kind than an access token or an ID token');
  }
}

/** The answer to a token that is not taken: `problem` says why in general terms and never repeats the token. */
export function refused(problem: string, cause?: unknown): GatewayError {
  return new GatewayError('invalid-credential', `The token ${problem}.`, cause === undefined ? {} : { cause });
}

function readPart(text: string): Claims {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'base64url')));
  } catch {
    throw refused('is damaged: a part of it is no JSON. Check that it was copied whole');
  }
  if (!isClaims(value)) throw refused('is damaged: a part of it is no JSON object');
  return value;
}

function isClaims(value: unknown): value is Claims {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
