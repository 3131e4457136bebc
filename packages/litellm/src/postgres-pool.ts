import type { Login, SecretSource } from '@genai-gateway/core';
import pg from 'pg';
import { LoginChoice } from './login-choice.ts';

export interface PostgresOptions {
  /** `postgresql://user:password@host:port/database`, LiteLLM's `DATABASE_URL`; without a user where `login` says it. */
  readonly url: string;
  /** Who new connections log in as; undefined: as the URL says. */
  readonly login?: SecretSource<Login> | undefined;
  /** Connections held at most. */
  readonly max: number;
  /** A connection that was lost while idle; for the log. The pool replaces it by itself. */
  readonly onIdleError?: (error: Error) => void;
}

/** A connection of a login that was replaced is closed when it is this old, and not in use. */
const LIFETIME_SECONDS = 300;
/** Two logins, and both again when the secret was read anew. */
const MAX_REFUSALS = 4;

/**
 * A pool on LiteLLM's database that outlives restarts of Postgres, and new passwords: a login that is refused costs the
 * caller some time and nothing else, where another one is taken. Nothing is connected until it is used.
 */
export function connectPostgres({ url, login, max, onIdleError }: PostgresOptions): pg.Pool {
  const settings: pg.PoolConfig = {
    connectionString: url,
    max,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    // A look-up that its caller gave up must not go on for ever in the server.
    statement_timeout: 10_000,
    application_name: 'genai-gateway',
  };
  const pool = login === undefined ? new pg.Pool(settings) : new LoginPool(settings, url, new LoginChoice(login));
  // Without listeners the loss of a connection would end the process: of an idle one, and of one in use, whose query
  // fails as well.
  pool.on('error', (error) => onIdleError?.(error));
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

type Connected = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: unknown) => void,
) => void;

type ClientConnected = ((error: Error) => void) | ((error: null, client: pg.Client) => void);

/** Postgres has refused this login. */
class LoginRefused extends Error {
  readonly login: Login;

  constructor(login: Login, cause: Error) {
    super(cause.message, { cause });
    this.login = login;
  }
}

class LoginPool extends pg.Pool {
  readonly #choice: LoginChoice;

  constructor(settings: pg.PoolConfig, url: string, choice: LoginChoice) {
    super({ ...settings, maxLifetimeSeconds: LIFETIME_SECONDS, Client: clientFor(url, choice) });
    this.#choice = choice;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<pg.PoolClient> | undefined {
    const connected = this.#connect();
    if (callback === undefined) return connected;
    connected.then(
      (client) => callback(undefined, client, (release) => client.release(release as Error | boolean | undefined)),
      (error: Error) => callback(error, undefined, () => {}),
    );
    return undefined;
  }

  async #connect(): Promise<pg.PoolClient> {
    for (let refusals = 1; ; refusals += 1) {
      try {
        return await super.connect();
      } catch (error) {
        if (!(error instanceof LoginRefused)) throw error;
        await this.#choice.refuse(error.login);
        if (refusals === MAX_REFUSALS) throw error.cause;
      }
    }
  }
}

/** A client that logs in as whoever is chosen when it is made. */
function clientFor(url: string, choice: LoginChoice): new (config?: pg.ClientConfig) => pg.Client {
  return class extends pg.Client {
    readonly #login: Login;

    constructor(config?: pg.ClientConfig) {
      const login = choice.now();
      super({ ...config, connectionString: withLogin(url, login) });
      this.#login = login;
    }

    override connect(): Promise<pg.Client>;
    override connect(callback: ClientConnected): void;
    override connect(callback?: ClientConnected): Promise<pg.Client> | undefined {
      if (callback === undefined) return super.connect();
      const told = callback as (error: Error | null) => void;
      super.connect((error: Error | null) => told(isRefusal(error) ? new LoginRefused(this.#login, error) : error));
      return undefined;
    }
  };
}

function withLogin(url: string, { username, password }: Login): string {
  const whole = new URL(url);
  whole.username = encodeURIComponent(username);
  whole.password = encodeURIComponent(password);
  return whole.href;
}

/**
 * Wrong password or no such role, and a role that may not log in.
 * https://www.postgresql.org/docs/17/errcodes-appendix.html (as of 2026-11-23)
 */
function isRefusal(error: Error | null | undefined): error is pg.DatabaseError {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === '28P01' || code === '28000';
}
