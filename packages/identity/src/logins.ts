import { GatewayError } from '@genai-gateway/core';
import type { KeyCache } from './key-cache.ts';
import type { Login } from './oidc/login.ts';
import { type PrincipalKey, type PrincipalKeys, Secret } from './oidc/principal-keys.ts';
import type { VirtualKey, VirtualKeyPrincipal } from './principal.ts';

/** Making a user and a key takes LiteLLM a few calls. */
const PROVISION_TIMEOUT_MS = 15_000;

/** Says whom a token speaks for. */
export interface TokenVerifier {
  /** Throws or rejects with `invalid-credential`, or with `identity-unavailable` when its issuer's keys cannot be had. */
  verify(token: string): Login | Promise<Login>;
}

export interface LoginOptions {
  readonly verifier: TokenVerifier;
  readonly principalKeys: PrincipalKeys;
}

/** Tokens to principals: each login has a virtual key at LiteLLM, which says what holds for it as for anybody's key. */
export class Logins {
  readonly #keys: KeyCache;
  readonly #verifier: TokenVerifier;
  readonly #principalKeys: PrincipalKeys;
  /** Each login's principal, for as long as it was made of the same key: what is made once is not made per call. */
  readonly #principals = new WeakMap<Login, { readonly of: VirtualKey; readonly principal: VirtualKeyPrincipal }>();

  constructor(keys: KeyCache, { verifier, principalKeys }: LoginOptions) {
    this.#keys = keys;
    this.#verifier = verifier;
    this.#principalKeys = principalKeys;
  }

  /** Throws or rejects as `Authenticator.authenticate` does, but leaves it to that whether the key is usable. */
  find(token: string): VirtualKeyPrincipal | Promise<VirtualKeyPrincipal> {
    return after(this.#verifier.verify(token), (login) => this.of(login));
  }

  /** The principal of a login that was verified already. Throws or rejects as `find` does. */
  of(login: Login): VirtualKeyPrincipal | Promise<VirtualKeyPrincipal> {
    return after(this.#principalKeys.keyOf(login), (own) =>
      after(this.#keys.find(own.keyHash), (key) =>
        key === undefined ? this.#provision(login, own) : this.#principal(login, own, key),
      ),
    );
  }

  async #provision(login: Login, own: PrincipalKey): Promise<VirtualKeyPrincipal> {
    try {
      await this.#principalKeys.provision(login, AbortSignal.timeout(PROVISION_TIMEOUT_MS));
    } finally {
      // It is remembered that there was no such key, which somebody else may be making.
      this.#keys.invalidate(own.keyHash);
    }
    const key = await this.#keys.find(own.keyHash);
    if (key !== undefined) return this.#principal(login, own, key);
    throw new GatewayError('identity-unavailable', 'Your key is being made. Try again shortly.', {
      retryAfterSeconds: 2,
    });
  }

  #principal(login: Login, own: PrincipalKey, key: VirtualKey): VirtualKeyPrincipal {
    const before = this.#principals.get(login);
    if (before?.of === key) return before.principal;
    const principal: VirtualKeyPrincipal = {
      kind: 'virtual-key',
      key: narrowed(key, login.models),
      login,
      forwardKey: new Secret(own.secret),
    };
    this.#principals.set(login, { of: key, principal });
    return principal;
  }
}

/** An empty list of LiteLLM's allows everything, so that a token which allows nothing has to say so in its word. */
function narrowed(key: VirtualKey, models: readonly string[] | undefined): VirtualKey {
  if (models === undefined) return key;
  const scope = {
    scope: 'user',
    models: models.length === 0 ? ['no-default-models'] : models,
    groupModels: [],
  } as const;
  return { ...key, modelScopes: [...key.modelScopes, scope] };
}

/** The next step at once where nothing has to be waited for, which is nearly every call. */
function after<A, B>(value: A | Promise<A>, next: (value: A) => B | Promise<B>): B | Promise<B> {
  return value instanceof Promise ? value.then(next) : next(value);
}
