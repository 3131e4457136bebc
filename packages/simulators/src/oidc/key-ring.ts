import { randomUUID } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { TokenContent } from './shapes.ts';

/** What the simulated issuer can sign with. */
export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA';

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** The keys of an issuer: the newest signs, all are published until they are withdrawn. */
export class KeyRing {
  readonly #algorithm: SigningAlgorithm;
  #keys: readonly SigningKey[] = [];

  constructor(algorithm: SigningAlgorithm) {
    this.#algorithm = algorithm;
  }

  /** Makes a key and signs with it from now on. */
  async add(): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair(this.#algorithm);
    const kid = randomUUID();
    const publicJwk = { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: this.#algorithm };
    this.#keys = [...this.#keys, { kid, privateKey, publicJwk }];
  }

  /** Takes every key but the newest out of the set. */
  withdrawOld(): void {
    this.#keys = this.#keys.slice(-1);
  }

  /** The key set as it is published. */
  published(): { readonly keys: readonly JWK[] } {
    return { keys: this.#keys.map(({ publicJwk }) => publicJwk) };
  }

  /** Signs whatever it is given, extensions that nobody knows and another name of the key too. */
  async sign({ header, claims }: TokenContent): Promise<string> {
    const key = this.#keys.at(-1);
    if (key === undefined) throw new Error('the issuer has no key yet');
    const extensions = Array.isArray(header['crit']) ? header['crit'].map((name) => [String(name), true]) : [];
    return await new SignJWT(claims)
      .setProtectedHeader({ kid: key.kid, ...header, alg: this.#algorithm })
      .sign(key.privateKey, { crit: Object.fromEntries(extensions) });
  }
}
