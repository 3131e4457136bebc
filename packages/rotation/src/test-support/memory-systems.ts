import type { CacheLogins, CacheUser } from '../credentials/cache-user.ts';
import type { DatabaseUsers } from '../credentials/database-user.ts';
import { type Login, readLogin } from '../credentials/login.ts';
import type { Rollout, RolloutState } from '../rollout.ts';
import { currentLabel, type SecretVersions } from '../secret-versions.ts';

/** Users and passwords as a database has them. */
export class MemoryDatabase implements DatabaseUsers {
  readonly #passwords = new Map<string, string>();

  async set({ username, password }: Login): Promise<void> {
    this.#passwords.set(username, password);
  }

  async check({ username, password }: Login): Promise<void> {
    if (this.#passwords.get(username) !== password) throw new Error('password authentication failed');
  }
}

/** A cache's user with up to two passwords. */
export class MemoryCache implements CacheUser, CacheLogins {
  #passwords: readonly string[] = [];

  start(password: string): void {
    this.#passwords = [password];
  }

  async setPasswords(passwords: readonly [string, string]): Promise<void> {
    this.#passwords = passwords;
  }

  async check({ password }: Login): Promise<void> {
    if (!this.#passwords.includes(password)) throw new Error('WRONGPASS');
  }
}

/** A service that reads its secret when it starts: a rollout is begun at once and is over when `settle` is called. */
export class MemoryService implements Rollout {
  /** The value that each replica was started with. */
  holds: string[] = [];
  rollouts = 0;
  #startedAfterMs = 0;
  #isSettled = true;
  readonly #secretId: string;
  readonly #versions: SecretVersions;
  readonly #now: () => number;

  constructor(secretId: string, versions: SecretVersions, now: () => number) {
    this.#secretId = secretId;
    this.#versions = versions;
    this.#now = now;
  }

  async start(): Promise<void> {
    this.rollouts += 1;
    this.#isSettled = false;
    // One replica is new already, one is old still.
    this.holds = [await this.#value(), this.holds.at(-1) ?? (await this.#value())];
    this.#startedAfterMs = this.#now();
  }

  async settle(): Promise<void> {
    this.#isSettled = true;
    this.holds = this.holds.length === 0 ? [await this.#value()] : this.holds.map(() => this.holds[0] ?? '');
  }

  async state(): Promise<RolloutState> {
    return { isSettled: this.#isSettled, startedAfterMs: this.#startedAfterMs };
  }

  async #value(): Promise<string> {
    const text = await this.#versions.read(this.#secretId, { label: currentLabel }, AbortSignal.timeout(1_000));
    return text?.text ?? '';
  }
}

/** Whether the text of a secret opens a system, as a service would find out. */
export async function opens(check: (login: Login) => Promise<void>, text: string): Promise<boolean> {
  return check(readLogin(text)).then(
    () => true,
    () => false,
  );
}
