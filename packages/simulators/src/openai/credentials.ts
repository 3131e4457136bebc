import { OpenaiError } from './errors.ts';

/** Refuses a request without the key. Throws `OpenaiError`; its text shows the ends of a wrong key only. */
export function checkKey(given: string | undefined, apiKey: string): void {
  if (given === apiKey) return;
  const fault = { status: 401, type: 'invalid_request_error' };
  if (given === undefined || given === '') {
    throw new OpenaiError("You didn't provide an API key: Authorization has to be Bearer YOUR_KEY.", fault);
  }
  const shown = given.length > 12 ? `${given.slice(0, 8)}${'*'.repeat(12)}${given.slice(-4)}` : '*'.repeat(12);
  throw new OpenaiError(`Incorrect API key provided: ${shown}.`, { ...fault, code: 'invalid_api_key' });
}

/** The key of `Authorization: Bearer KEY`. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return /^bearer\s+(.+)$/i.exec(authorization ?? '')?.[1];
}
