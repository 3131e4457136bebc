import { randomUUID } from 'node:crypto';
import { GatewayError } from '@genai-gateway/core';

const SESSION_ID = /^[A-Za-z0-9_-]{1,128}$/;

/** The id of a session that no caller has named. */
export function newSessionId(): string {
  return randomUUID();
}

/**
 * A session id of a caller's, which comes back in a header and so may hold no other characters. `param` is where it
 * stands, in the words of the caller's API. Throws `invalid-request`.
 */
export function checkSessionId(value: unknown, param: string): string {
  if (typeof value === 'string' && SESSION_ID.test(value)) return value;
  throw new GatewayError('invalid-request', `'${param}' must be 1 to 128 letters, digits, '-' or '_'.`, { param });
}
