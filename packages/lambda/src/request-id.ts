import { randomUUID } from 'node:crypto';

/** A caller's own id goes on into logs and headers only if it cannot be mistaken for anything else there. */
const USABLE = /^[A-Za-z0-9_-]{1,128}$/;

/** The id of a call: the caller's `x-request-id`, else a new one. */
export function requestIdOf(headers: Readonly<Record<string, string>>): string {
  const own = headers['x-request-id'];
  return own !== undefined && USABLE.test(own) ? own : randomUUID();
}
