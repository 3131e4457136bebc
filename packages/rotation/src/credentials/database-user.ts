import type { RotatedCredential, SecretTexts } from '../rotated-credential.ts';
import { RotationFailure } from '../rotation-failure.ts';
import { type Login, newPassword, readLogin, writeLogin } from './login.ts';

/** Port: the logins of the services to a database, as its owner sees them. */
export interface DatabaseUsers {
  /** Gives a user this password, and the rights that every service has; one that is not there is made. */
  set(login: Login, signal: AbortSignal): Promise<void>;
  /** Rejects unless the login opens the database and may read and write there. */
  check(login: Login, signal: AbortSignal): Promise<void>;
}

const SECOND = '_b';

/** `gateway` and `gateway_b` take turns. */
export function otherUser(username: string): string {
  return username.endsWith(SECOND) ? username.slice(0, -SECOND.length) : `${username}${SECOND}`;
}

/**
 * A login to a database by two users that take turns: the one in use keeps its password while the other gets a new one, so
 * that both log in at any time, new connections too.
 */
export class DatabaseUserCredential implements RotatedCredential {
  readonly #users: DatabaseUsers;

  constructor(users: DatabaseUsers) {
    this.#users = users;
  }

  next(current: string): string {
    return writeLogin(current, { username: otherUser(readLogin(current).username), password: newPassword() });
  }

  async accept({ current, pending }: SecretTexts, signal: AbortSignal): Promise<void> {
    const [old, fresh] = [readLogin(current), readLogin(pending)];
    if (fresh.username !== otherUser(old.username)) {
      throw new RotationFailure(
        `The pending version is of ${fresh.username}, and ${old.username} is in use: their turns are mixed up.`,
        'Take the label AWSPENDING from that version (`aws secretsmanager update-secret-version-stage`), and rotate again.',
      );
    }
    await this.#users.set(fresh, signal);
  }

  test(pending: string, signal: AbortSignal): Promise<void> {
    return this.#users.check(readLogin(pending), signal);
  }
}
