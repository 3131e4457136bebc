/** What signs tokens: asymmetric algorithms alone, so that no public key is ever taken for a secret. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

export type Algorithm = (typeof algorithms)[number];

/** A JSON Web Key Set (RFC 7517). */
export interface JsonWebKeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** One issuer whose tokens are taken. Nothing of a token chooses how it is verified but its `iss` and `kid`. */
export interface JwtIssuer {
  /** Exactly the `iss` of its tokens. */
  readonly issuer: string;
  /** One of them has to be in the token's `aud`. */
  readonly audience: string | readonly string[];
  readonly algorithms: readonly Algorithm[];
  /** Its public keys: a URL (https, or http on this machine), the set itself, or a function that reads it. */
  readonly jwks: string | JsonWebKeySet | ((signal: AbortSignal) => Promise<unknown>);
  /** Claims that have to be there beside `iss`, `exp` and the audience. */
  readonly requiredClaims?: readonly string[];
  /** `client_id`: of a token without `aud` this claim is the audience, as in access tokens of Amazon Cognito. */
  readonly audienceClaim?: 'aud' | 'client_id';
  /** How far clocks may be apart: 0 to 60 seconds; 0 when absent. */
  readonly leewaySeconds?: number;
}

/** As much of an HTTP event as the middleware looks at: of a load balancer, an API Gateway or a function URL. */
export interface HttpEvent {
  readonly headers?: Readonly<Record<string, string | undefined>> | null | undefined;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null | undefined;
}

export interface HttpJwtOptions {
  /** One or more, each with another `issuer`. */
  readonly issuers: readonly JwtIssuer[];
  /** Whether a request without a token is refused; true when absent. A token that is sent is always verified. */
  readonly credentialsRequired?: boolean;
  /** Where `jwt` is put: `request.event` (when absent), `request.context` or `request.internal`. */
  readonly payloadIn?: 'event' | 'context' | 'internal';
  /** Another place to take the token from than `Authorization: Bearer`; undefined: the request has none. */
  readonly tokenOf?: (event: HttpEvent) => string | undefined;
  /** After this a key set is read again: 1 to 3600 seconds; 300 when absent. */
  readonly keysMaxAgeSeconds?: number;
  /** Milliseconds since the epoch, for tests. */
  readonly now?: () => number;
}

/** What was configured wrongly, found before the first event: a TypeError. */
export function checkOptions({ issuers, keysMaxAgeSeconds = 300 }: HttpJwtOptions): void {
  if (issuers.length === 0) throw new TypeError('httpJwt: issuers has to name at least one');
  if (new Set(issuers.map(({ issuer }) => issuer)).size < issuers.length) {
    throw new TypeError('httpJwt: an issuer is configured twice. Join its audiences');
  }
  if (!(keysMaxAgeSeconds >= 1 && keysMaxAgeSeconds <= 3_600)) {
    throw new TypeError('httpJwt: keysMaxAgeSeconds has to be from 1 to 3600');
  }
  for (const issuer of issuers) checkIssuer(issuer);
}

function checkIssuer({ issuer, audience, algorithms: chosen, jwks, leewaySeconds = 0 }: JwtIssuer): void {
  const fault = (text: string): TypeError => new TypeError(`httpJwt: the issuer '${issuer}' ${text}`);
  if (typeof issuer !== 'string' || issuer === '') throw new TypeError('httpJwt: an issuer has no name (issuer)');
  const audiences = [audience].flat();
  if (audiences.length === 0 || audiences.some((each) => typeof each !== 'string' || each === '')) {
    throw fault('needs an audience: without one, tokens for any other service would be taken');
  }
  if (chosen.length === 0 || chosen.some((each) => !algorithms.includes(each))) {
    throw fault(`needs algorithms out of ${algorithms.join(', ')}`);
  }
  if (!(leewaySeconds >= 0 && leewaySeconds <= 60)) throw fault('needs a leewaySeconds from 0 to 60');
  if (typeof jwks === 'string' && !isFetchable(jwks)) {
    throw fault('needs a URL of https as jwks, or one of http on this machine');
  }
}

/** Whether keys may be read from there: not over a way on which they could be exchanged. */
function isFetchable(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  const isHere = hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isHere);
}
