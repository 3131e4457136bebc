import type { RotatedCredential, SecretTexts } from '../rotated-credential.ts';
import { RotationFailure } from '../rotation-failure.ts';
import { type Login, newPassword, readLogin, writeLogin } from './login.ts';

/** Port: the user of a cache, which has up to two passwords. */
export interface CacheUser {
  /** These passwords and no others. Comes back when the cache has been told. */
  setPasswords(passwords: readonly [string, string], signal: AbortSignal): Promise<void>;
}

/** Port: the cache as its users see it. */
export interface CacheLogins {
  /** Rejects unless the login opens the cache and may read and write there. */
  check(login: Login, signal: AbortSignal): Promise<void>;
}

export interface CacheUserOptions {
  readonly user: CacheUser;
  readonly logins: CacheLogins;
  /** Waits a little before a login is tried again. */
  readonly pause: (signal: AbortSignal) => Promise<void>;
}

/** The nodes of a cache take a new password one after the other, some seconds after it was set. */
const ATTEMPTS = 20;

/** A login to a cache by one user with two passwords: the current one and the next. */
export class CacheUserCredential implements RotatedCredential {
  readonly #options: CacheUserOptions;

  constructor(options: CacheUserOptions) {
    this.#options = options;
  }

  next(current: string): string {
    return writeLogin(current, { ...readLogin(current), password: newPassword() });
  }

  async accept({ current, pending }: SecretTexts, signal: AbortSignal): Promise<void> {
    const [old, fresh] = [readLogin(current), readLogin(pending)];
    if (old.username !== fresh.username) {
      throw new RotationFailure(
        `The pending version is of ${fresh.username}, and the user of the cache is ${old.username}.`,
        'Take the label AWSPENDING from that version (`aws secretsmanager update-secret-version-stage`), and rotate again.',
      );
    }
    await this.#options.user.setPasswords([old.password, fresh.password], signal);
  }

  async test(pending: string, signal: AbortSignal): Promise<void> {
    const { logins, pause } = this.#options;
    const login = readLogin(pending);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await logins.check(login, signal);
      } catch (error) {
        if (attempt >= ATTEMPTS) throw error;
        await pause(signal);
      }
    }
  }
}
