import type { Cors } from '@genai-gateway/dialects';
import type { httpJwt } from '@genai-gateway/middy-http-jwt';
import type { Authentication } from './authentication.ts';

/** What requests need that is made at the first event. */
export interface RequestRuntime<Services> {
  readonly services: Services;
  readonly authentication: Authentication;
  /** Verifies tokens into `request.internal.jwt`; undefined: no issuer is configured. */
  readonly tokens: ReturnType<typeof httpJwt> | undefined;
  /** Undefined: no page of another origin may call. */
  readonly cors: Cors | undefined;
}
