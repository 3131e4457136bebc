import { createHmac, hash, hkdfSync } from 'node:crypto';

/** What a login's internal key depends on. */
export interface KeyIdentity {
  readonly issuer: string;
  readonly userId: string;
  readonly teamId: string | undefined;
  /** The models that the login may use: part of the key, so that other claims make another key. */
  readonly models: readonly string[] | undefined;
}

/** A virtual key of LiteLLM's, and the hash by which its tables know it. */
export interface DerivedKey {
  readonly keyHash: string;
  readonly secret: string;
}

const KEY_LABEL = 'genai-gateway principal key v1';
const NAME_LABEL = 'genai-gateway principal key name v1';

/**
 * Makes the internal keys of logins out of one secret: the same on every replica, kept nowhere. HMAC-SHA-256 under a
 * key made by HKDF with a label of its own, so that the secret serves other purposes without harm.
 */
export class KeyDerivation {
  readonly #key: Buffer;
  /** Names the secret without telling it: which keys were made by which. */
  readonly secretId: string;

  constructor(secret: string) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', KEY_LABEL, 32));
    this.secretId = hash('sha256', Buffer.from(hkdfSync('sha256', secret, '', NAME_LABEL, 32)), 'hex').slice(0, 12);
  }

  /** JSON keeps the parts apart whatever is in them: no two identities have the same text. */
  keyOf({ issuer, userId, teamId, models }: KeyIdentity): DerivedKey {
    const sorted = models === undefined ? null : [...new Set(models)].sort();
    const text = JSON.stringify([issuer, userId, teamId ?? null, sorted]);
    const secret = `sk-${createHmac('sha256', this.#key).update(text).digest('base64url')}`;
    return { secret, keyHash: hash('sha256', secret, 'hex') };
  }
}
