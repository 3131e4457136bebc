import { hash } from 'node:crypto';
import { type Clock, GatewayError } from '@genai-gateway/core';
import type { KeyCache } from './key-cache.ts';
import { type LoginOptions, Logins } from './logins.ts';
import { MasterKeys } from './master-keys.ts';
import { looksLikeToken } from './oidc/compact-token.ts';
import type { Login } from './oidc/login.ts';
import type { Principal, VirtualKey, VirtualKeyPrincipal } from './principal.ts';

/** The headers a credential may come in; lower-case names as node:http gives them. */
export interface CredentialHeaders {
  readonly authorization?: string | undefined;
  readonly 'x-api-key'?: string | string[] | undefined;
  readonly 'api-key'?: string | string[] | undefined;
  readonly 'x-goog-api-key'?: string | string[] | undefined;
}

const KEY_PREFIX = 'sk-';
/** Longer ones are refused unread; LiteLLM's own keys have 25 characters. */
const MAX_KEY_LENGTH = 1024;

const MISSING =
  'No API key was sent. Send a virtual key as "Authorization: Bearer sk-…", or in the header "x-api-key" or "api-key".';
const MALFORMED = 'The API key is not valid: a virtual key starts with "sk-". Ask your administrator for one.';
const UNKNOWN = 'The API key is not valid. Check that it was copied whole, or ask your administrator for a new one.';
const SIGNED =
  'The request is signed with AWS credentials, which the gateway does not take. Send a virtual key as a bearer token: set AWS_BEARER_TOKEN_BEDROCK=sk-… for an AWS SDK.';

/**
 * The credential of a request: `Authorization: Bearer` first, then the headers by which the clients of
 * Anthropic, Azure and Google send a key.
 */
export function credentialFrom(headers: CredentialHeaders): string {
  const { authorization } = headers;
  if (authorization !== undefined && authorization !== '') {
    if (authorization.length > 7 && authorization.slice(0, 7).toLowerCase() === 'bearer ') {
      return authorization.slice(7).trim();
    }
    if (authorization.startsWith('AWS4-')) {
      const other = keyHeader(headers);
      if (other !== undefined) return other;
      throw new GatewayError('missing-credential', SIGNED);
    }
    // LiteLLM also takes the bare key.
    return authorization.trim();
  }
  const key = keyHeader(headers);
  if (key === undefined) throw new GatewayError('missing-credential', MISSING);
  return key;
}

function keyHeader(headers: CredentialHeaders): string | undefined {
  return single(headers['x-api-key']) ?? single(headers['api-key']) ?? single(headers['x-goog-api-key']);
}

function single(value: string | string[] | undefined): string | undefined {
  const first = Array.isArray(value) ? value[0] : value;
  return first === undefined || first === '' ? undefined : first.trim();
}

export interface AuthenticatorOptions {
  readonly keys: KeyCache;
  /** LiteLLM's master key, as a text where it stays as it is; undefined: nobody is master. */
  readonly masterKey: MasterKeys | string | undefined;
  /** How tokens of issuers are taken; absent: none are. */
  readonly logins?: LoginOptions;
  readonly now: Clock;
}

/**
 * Turns a credential into a principal, or throws; nothing is ever anonymous. The credential is hashed
 * before anything else is done with it, and only the hash goes on.
 */
export class Authenticator {
  readonly #keys: KeyCache;
  readonly #masterKeys: MasterKeys | undefined;
  readonly #logins: Logins | undefined;
  readonly #now: Clock;

  constructor(options: AuthenticatorOptions) {
    this.#keys = options.keys;
    const { masterKey } = options;
    this.#masterKeys = typeof masterKey === 'string' ? MasterKeys.fixed(masterKey) : masterKey;
    this.#logins = options.logins === undefined ? undefined : new Logins(options.keys, options.logins);
    this.#now = options.now;
  }

  /**
   * Throws or rejects with `invalid-credential`, `key-blocked`, `key-expired`, or
   * `identity-unavailable` when the key store or an issuer's keys cannot be asked. A login that comes for the first
   * time is made known to LiteLLM, and fails as that fails (`PrincipalKeys`).
   */
  authenticate(credential: string): Principal | Promise<Principal> {
    if (this.#logins !== undefined && this.isLogin(credential)) {
      const found = this.#logins.find(credential);
      return found instanceof Promise ? found.then((principal) => this.#usable(principal)) : this.#usable(found);
    }
    if (credential.length > MAX_KEY_LENGTH || !credential.startsWith(KEY_PREFIX)) {
      // The master key, too, has to start with sk- (LiteLLM asks for the same).
      throw new GatewayError('invalid-credential', MALFORMED);
    }
    const keyHash = hash('sha256', credential, 'hex');
    if (this.#isMaster(keyHash)) return { kind: 'master', keyHash };
    const found = this.#keys.find(keyHash);
    return found instanceof Promise ? found.then((key) => this.#known(key, keyHash)) : this.#known(found, keyHash);
  }

  /**
   * The principal of a login whose token somebody else has verified. Throws or rejects as `authenticate` does, but for
   * what concerns the token.
   */
  authenticateLogin(login: Login): Principal | Promise<Principal> {
    if (this.#logins === undefined) throw new GatewayError('invalid-credential', MALFORMED);
    const found = this.#logins.of(login);
    return found instanceof Promise ? found.then((principal) => this.#usable(principal)) : this.#usable(found);
  }

  /** Whether a credential is a token to be verified as one of the configured issuers', and no key. */
  isLogin(credential: string): boolean {
    return this.#logins !== undefined && !credential.startsWith(KEY_PREFIX) && looksLikeToken(credential);
  }

  #isMaster(keyHash: string): boolean {
    return this.#masterKeys?.accepts(Buffer.from(keyHash, 'hex')) === true;
  }

  #known(key: VirtualKey | undefined, keyHash: string): Principal | Promise<Principal> {
    if (key !== undefined) return this.#usable({ kind: 'virtual-key', key });
    const unknown = () => new GatewayError('invalid-credential', UNKNOWN);
    // A master key that was made just now is known by nobody else either.
    const reread = this.#masterKeys?.reread();
    if (reread === undefined) throw unknown();
    return reread.then(() => {
      if (this.#isMaster(keyHash)) return { kind: 'master', keyHash };
      throw unknown();
    });
  }

  #usable(principal: VirtualKeyPrincipal): Principal {
    const { key } = principal;
    if (key.blocked) {
      throw new GatewayError('key-blocked', 'This API key is blocked. Ask your administrator to unblock it.');
    }
    if (key.teamBlocked) {
      throw new GatewayError('key-blocked', 'The team of this API key is blocked. Ask your administrator.');
    }
    if (key.projectBlocked) {
      throw new GatewayError('key-blocked', 'The project of this API key is blocked. Ask your administrator.');
    }
    if (key.expiresAtMs !== undefined && key.expiresAtMs <= this.#now()) {
      throw new GatewayError('key-expired', 'This API key has expired. Ask your administrator for a new one.');
    }
    return principal;
  }
}
