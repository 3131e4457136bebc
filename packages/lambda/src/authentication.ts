import type { GatewayConfig, OidcIssuerConfig } from '@genai-gateway/config';
import { type Clock, GatewayError, type SecretSource } from '@genai-gateway/core';
import {
  Authenticator,
  credentialFrom,
  KeyCache,
  loginOfVerified,
  looksLikeToken,
  MasterKeys,
  type OidcIssuer,
  type Principal,
  type VerifiedToken,
} from '@genai-gateway/identity';
import { type connectPostgres, KeyDerivation, PostgresKeyStore } from '@genai-gateway/litellm';

export interface AuthenticationOptions {
  readonly config: GatewayConfig;
  readonly issuers: readonly OidcIssuerConfig[];
  readonly pool: ReturnType<typeof connectPostgres>;
  /** The master key where it rotates; undefined: it is the one of `config`, if there is one. */
  readonly masterKey: SecretSource | undefined;
  readonly now: Clock;
}

/** Who is calling, and what they may do beside what is their own. */
export interface Caller {
  readonly principal: Principal;
  readonly isAdministrator: boolean;
  readonly isAuditor: boolean;
}

type Headers = Readonly<Record<string, string>>;

/** A credential that is to be verified as a token: none that is a key, and none where no issuer is configured. */
export function tokenOf(headers: Headers, issuers: readonly OidcIssuer[]): string | undefined {
  if (issuers.length === 0) return undefined;
  const credential = credentialFrom(headers);
  return !credential.startsWith('sk-') && looksLikeToken(credential) ? credential : undefined;
}

/**
 * Who sends a request, by the rules of the gateway: LiteLLM's keys, the master key, tokens of issuers. A key is four
 * seconds old at most.
 */
export class Authentication {
  readonly #issuers: readonly OidcIssuer[];
  readonly #authenticator: Authenticator;
  readonly #now: Clock;

  constructor({ config, issuers, pool, masterKey, now }: AuthenticationOptions) {
    this.#issuers = issuers;
    this.#now = now;
    this.#authenticator = new Authenticator({
      keys: new KeyCache(new PostgresKeyStore(pool), now),
      masterKey:
        masterKey === undefined
          ? config.LITELLM_MASTER_KEY
          : new MasterKeys({ source: masterKey, graceMs: config.MASTER_KEY_GRACE_MS, now }),
      logins: { verifier: { verify: refuseUnverified }, principalKeys: derivedKeys(config) },
      now,
    });
  }

  /** Rejects as the gateway's own authentication does. `token`: what was verified of a token, where one was sent. */
  async callerOf(headers: Headers, token: VerifiedToken | undefined): Promise<Caller> {
    const principal =
      token === undefined
        ? await this.#authenticator.authenticate(credentialFrom(headers))
        : await this.#authenticator.authenticateLogin(loginOfVerified(token, this.#issuers, this.#now));
    const role = managingRole(principal);
    return {
      principal,
      isAdministrator: role === 'proxy_admin',
      isAuditor: role === 'proxy_admin' || role === 'proxy_admin_viewer',
    };
  }
}

/** What LiteLLM's `allowed_routes` of a key has to hold, where it holds anything, so that the key manages more than calls. */
const MANAGING_ROUTES = new Set(['*', '/*', 'management_routes']);

/** In LiteLLM's words. A key that was made for calling models alone manages nothing, whoever its user is. */
function managingRole(principal: Principal): string | undefined {
  if (principal.kind === 'master' || principal.login?.role === 'admin') return 'proxy_admin';
  const { allowedRoutes, userRole } = principal.key;
  return allowedRoutes.length === 0 || allowedRoutes.some((each) => MANAGING_ROUTES.has(each)) ? userRole : undefined;
}

/** Tokens come verified to `callerOf`; what looks like one here is of no configured issuer. */
function refuseUnverified(): never {
  throw new GatewayError('invalid-credential', 'The token is of an issuer that this gateway does not know.');
}

/** The keys behind logins are derived, and the gateway makes them: a function has no way to LiteLLM. */
function derivedKeys(config: GatewayConfig) {
  const secret = config.GATEWAY_SECRET ?? config.LITELLM_SALT_KEY ?? config.LITELLM_MASTER_KEY;
  const derivation = secret === undefined ? undefined : new KeyDerivation(secret);
  return {
    keyOf: (login: Parameters<KeyDerivation['keyOf']>[0]) => {
      if (derivation !== undefined) return derivation.keyOf(login);
      throw new GatewayError('identity-unavailable', 'Logins cannot be served: GATEWAY_SECRET is not set.');
    },
    provision: async () => {
      throw new GatewayError(
        'not-permitted',
        'This login has not called the gateway yet, so it has no key there. Call GET /v1/models once with the same token, then try again.',
      );
    },
  };
}
