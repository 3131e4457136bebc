export { httpJwt } from './http-jwt.ts';
export type { JwtErrorCode } from './jwt-error.ts';
export { JwtError } from './jwt-error.ts';
export type { VerifiedJwt } from './jwt-verifier.ts';
export type { Algorithm, HttpEvent, HttpJwtOptions, JsonWebKeySet, JwtIssuer } from './options.ts';
