import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import { JwtError } from './jwt-error.ts';
import { JwtVerifier, type VerifiedJwt } from './jwt-verifier.ts';
import { checkOptions, type HttpEvent, type HttpJwtOptions } from './options.ts';

/** What the middleware adds, in the one place of three that it was told. */
interface WithJwt {
  /** Undefined: the request had no token, and none is required. */
  jwt?: VerifiedJwt | undefined;
}

/**
 * Takes requests with a JSON Web Token of a configured issuer. A request that is refused goes on to `onError` with a
 * `JwtError`. Throws a TypeError for options that would take more tokens than anybody can mean.
 */
export function httpJwt(
  options: HttpJwtOptions,
): MiddlewareObj<HttpEvent & WithJwt, unknown, Error, Context & WithJwt, WithJwt & Record<string, unknown>> {
  checkOptions(options);
  const { credentialsRequired = true, payloadIn = 'event', tokenOf = bearerToken } = options;
  const verifier = new JwtVerifier(options);
  return {
    name: 'http-jwt',
    before: async (request) => {
      const place: WithJwt = request[payloadIn];
      // What an event brings along under this name was verified by nobody.
      place.jwt = undefined;
      const token = tokenOf(request.event);
      if (token !== undefined) place.jwt = await verifier.verify(token);
      else if (credentialsRequired) throw new JwtError('token-missing', 'Send a token as "Authorization: Bearer …".');
    },
  };
}

/** The token of `Authorization: Bearer …`. Other schemes are as if nothing was sent. Throws where there are several. */
function bearerToken({ headers, multiValueHeaders }: HttpEvent): string | undefined {
  const values = [
    ...Object.entries(multiValueHeaders ?? {}),
    ...(multiValueHeaders == null ? Object.entries(headers ?? {}) : []),
  ].flatMap(([name, value]) => (name.toLowerCase() === 'authorization' ? (value ?? []) : []));
  if (values.length > 1) throw new JwtError('token-malformed', 'The request has several Authorization headers.');
  return /^bearer +(\S.*)$/i.exec(values[0]?.trim() ?? '')?.[1];
}
