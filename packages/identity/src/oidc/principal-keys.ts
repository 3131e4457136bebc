import type { Login } from './login.ts';

/** The key that LiteLLM knows a login by. */
export interface PrincipalKey {
  /** SHA-256 of the whole key, in hex. */
  readonly keyHash: string;
  readonly secret: string;
}

/** Port: a login's own key at LiteLLM, bound to the same user and team. Nobody but the gateway ever holds it. */
export interface PrincipalKeys {
  /** Which key it is, whether or not it was made yet. */
  keyOf(login: Login): PrincipalKey | Promise<PrincipalKey>;
  /** Makes the key and its user where they are missing; any number of times. Rejects when LiteLLM cannot be asked. */
  provision(login: Login, signal: AbortSignal): Promise<void>;
}

/** A text that is only there for who asks for it: neither JSON nor a log shows it. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }
}
