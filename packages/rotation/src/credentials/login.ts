import { randomInt } from 'node:crypto';
import { RotationFailure } from '../rotation-failure.ts';

/** What the secret of a login holds, as JSON. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** Throws {@link RotationFailure} for another text, without it. */
export function readLogin(text: string): Login {
  const value = parsed(text);
  const { username, password } = value;
  if (typeof username === 'string' && username !== '' && typeof password === 'string' && password !== '') {
    return { username, password };
  }
  throw new RotationFailure(
    'A version of the secret is no JSON object with `username` and `password`.',
    'Where it is the pending one, take the label AWSPENDING from it (`aws secretsmanager update-secret-version-stage`) and rotate again.',
  );
}

/** The text with another login in it; what else it holds stays. */
export function writeLogin(text: string, login: Login): string {
  return JSON.stringify({ ...parsed(text), ...login });
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // What JSON.parse says quotes the text.
    return {};
  }
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const PASSWORD_LENGTH = 48;

/** Letters and digits, so that it may stand in a URL; more than 280 bits. */
export function newPassword(): string {
  return Array.from({ length: PASSWORD_LENGTH }, () => letters[randomInt(letters.length)]).join('');
}
