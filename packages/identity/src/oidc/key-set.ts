import { createPublicKey, type KeyObject } from 'node:crypto';
import type { SignatureAlgorithm } from './oidc-issuer.ts';

/** A public key that tokens can be verified with. */
export interface VerificationKey {
  /** Equal for the same key under the same name in two versions of a set. */
  readonly id: string;
  readonly kid: string | undefined;
  /** What it may verify, by its own type; never by what a token says. */
  readonly algorithms: readonly SignatureAlgorithm[];
  readonly key: KeyObject;
}

const MIN_RSA_BITS = 2_048;
const MAX_KEYS = 100;

/** The members of a public key (RFC 7518, section 6; RFC 8037): nothing else of a JWK reaches the key that is made. */
const PUBLIC_MEMBERS = ['kty', 'n', 'e', 'crv', 'x', 'y'];

/** ES256 and its like are bound to one curve each (RFC 7518, section 3.4). */
const CURVES: Readonly<Record<string, readonly SignatureAlgorithm[]>> = {
  'P-256': ['ES256'],
  'P-384': ['ES384'],
  'P-521': ['ES512'],
  Ed25519: ['EdDSA'],
};

const RSA: readonly SignatureAlgorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];

/** The public keys of an issuer at one time. */
export class KeySet {
  readonly #keys: readonly VerificationKey[];
  readonly #ids: ReadonlySet<string>;

  /**
   * Reads a JSON Web Key Set (RFC 7517). Keys that are not for signatures, symmetric, too short or not understood are
   * left out, as the RFC asks. Throws when the document is no key set.
   */
  constructor(document: unknown) {
    if (document === null || typeof document !== 'object' || !('keys' in document) || !Array.isArray(document.keys)) {
      throw new Error('the document is no JSON Web Key Set');
    }
    this.#keys = document.keys.slice(0, MAX_KEYS).flatMap((each: unknown) => readKey(each) ?? []);
    this.#ids = new Set(this.#keys.map(({ id }) => id));
  }

  /** The one key of that name which may verify that algorithm; undefined where there is none, or more than one. */
  find(kid: string | undefined, algorithm: SignatureAlgorithm): VerificationKey | undefined {
    const fitting = this.#keys.filter(
      (each) => (kid === undefined || each.kid === kid) && each.algorithms.includes(algorithm),
    );
    return fitting.length === 1 ? fitting[0] : undefined;
  }

  /** Whether a key found earlier is still published. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }
}

function readKey(value: unknown): VerificationKey | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const jwk = new Map(Object.entries(value));
  const operations = jwk.get('key_ops');
  if (jwk.has('use') && jwk.get('use') !== 'sig') return undefined;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return undefined;
  const algorithms = algorithmsOf(jwk);
  const kid = jwk.get('kid');
  if (algorithms.length === 0 || (kid !== undefined && typeof kid !== 'string')) return undefined;
  const publicPart = Object.fromEntries(
    PUBLIC_MEMBERS.filter((name) => jwk.has(name)).map((name) => [name, jwk.get(name)]),
  );
  try {
    const key = createPublicKey({ key: publicPart, format: 'jwk' });
    const bits = key.asymmetricKeyDetails?.modulusLength;
    if (bits !== undefined && bits < MIN_RSA_BITS) return undefined;
    return { id: JSON.stringify([kid, algorithms, publicPart]), kid, algorithms, key };
  } catch {
    return undefined;
  }
}

function algorithmsOf(jwk: ReadonlyMap<string, unknown>): readonly SignatureAlgorithm[] {
  const { kty, crv, alg } = { kty: jwk.get('kty'), crv: jwk.get('crv'), alg: jwk.get('alg') };
  let able: readonly SignatureAlgorithm[] = [];
  if (kty === 'RSA') able = RSA;
  else if (kty === (crv === 'Ed25519' ? 'OKP' : 'EC') && typeof crv === 'string' && Object.hasOwn(CURVES, crv)) {
    able = CURVES[crv] ?? [];
  }
  // RFC 9864 gives EdDSA over Ed25519 a name of its own.
  const named = alg === 'Ed25519' ? 'EdDSA' : alg;
  return named === undefined ? able : able.filter((each) => each === named);
}
