/** The signatures an issuer can use: asymmetric ones only, so that no public key is ever taken for a secret. */
export const signatureAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

/** A claim by its name (`cognito:groups`), or by the names that lead to it (`['realm_access', 'roles']`). */
export type ClaimName = string | readonly string[];

/** Which claims say what. A claim that holds several values is an array; `scope` and `scp` may be words in one text. */
export interface ClaimMapping {
  readonly userId: ClaimName;
  readonly email: ClaimName;
  /** The first value that `teams` maps to a LiteLLM team id; without `teams` the first value is the id itself. */
  readonly team?:
    | { readonly claim: ClaimName; readonly teams?: Readonly<Record<string, string>> | undefined }
    | undefined;
  /** Any of these values makes an administrator. */
  readonly role?: { readonly claim: ClaimName; readonly admin: readonly string[] } | undefined;
  /** Everything that `groups` gives for the values; without `groups` the values are model names themselves. */
  readonly models?:
    | { readonly claim: ClaimName; readonly groups?: Readonly<Record<string, readonly string[]>> | undefined }
    | undefined;
}

/** Where an issuer's public keys come from: from the issuer, by its discovery document or directly, or from here. */
type KeySetPlace =
  | { readonly from: 'discovery' }
  | { readonly from: 'url'; readonly url: string }
  | { readonly from: 'file'; readonly file: string }
  | { readonly from: 'inline'; readonly keySet: unknown };

/** One issuer whose tokens are taken, as an administrator describes it. */
export interface OidcIssuer {
  /** For messages and logs. */
  readonly name: string;
  /** Exactly the `iss` of its tokens. */
  readonly issuer: string;
  /** One of them has to be in the token; never empty. */
  readonly audiences: readonly string[];
  /** `client_id`: of a token without `aud` this claim is taken instead, as access tokens of Cognito need. */
  readonly audienceClaim: 'aud' | 'client_id';
  readonly algorithms: readonly SignatureAlgorithm[];
  /** How far clocks may be apart: 0 to 60. */
  readonly leewaySeconds: number;
  readonly tokenUse: 'access' | 'id' | 'any';
  readonly keys: KeySetPlace;
  /** Stands before every user id of this issuer, with a colon; undefined, for one issuer at most: nothing does. */
  readonly userIdPrefix?: string | undefined;
  readonly claims: ClaimMapping;
  /** What a new principal gets. `maxBudgetUsd` in dollars, `budgetDuration` in LiteLLM's words. */
  readonly defaults?:
    | {
        readonly maxBudgetUsd?: number | undefined;
        readonly budgetDuration?: string | undefined;
        readonly requestsPerMinute?: number | undefined;
        readonly tokensPerMinute?: number | undefined;
        readonly maxParallelRequests?: number | undefined;
      }
    | undefined;
}
