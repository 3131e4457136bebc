import { readOidcIssuers } from '@genai-gateway/config';
import { corsFor } from '@genai-gateway/dialects';
import { jwksSourceOf, type OidcIssuer } from '@genai-gateway/identity';
import { httpJwt, type JwtIssuer } from '@genai-gateway/middy-http-jwt';
import { headersOf } from './alb-event.ts';
import { Authentication, tokenOf } from './authentication.ts';
import type { FunctionEnvironment } from './function-environment.ts';
import type { RequestRuntime } from './request-runtime.ts';

/** A key that an issuer withdraws is dead within this time, as at the gateway. */
const KEYS_MAX_AGE_SECONDS = 60;

/** What requests need beside a function's own. Throws `ConfigError` for issuers or origins that cannot be used. */
export function requestParts(env: FunctionEnvironment): Omit<RequestRuntime<unknown>, 'services'> {
  const { config, now } = env;
  const issuers = readOidcIssuers(config);
  return {
    authentication: new Authentication({ config, issuers, pool: env.pool, masterKey: env.masterKey, now }),
    tokens:
      issuers.length === 0
        ? undefined
        : httpJwt({
            issuers: issuers.map(jwtIssuer),
            credentialsRequired: false,
            payloadIn: 'internal',
            tokenOf: (event) => tokenOf(headersOf(event), issuers),
            keysMaxAgeSeconds: KEYS_MAX_AGE_SECONDS,
            now,
          }),
    cors: corsFor(config.CORS_ALLOWED_ORIGINS),
  };
}

function jwtIssuer(issuer: OidcIssuer): JwtIssuer {
  const source = jwksSourceOf(issuer);
  return {
    issuer: issuer.issuer,
    audience: issuer.audiences,
    algorithms: issuer.algorithms,
    jwks: (signal) => source.read(signal),
    requiredClaims: ['sub'],
    audienceClaim: issuer.audienceClaim,
    leewaySeconds: issuer.leewaySeconds,
  };
}
