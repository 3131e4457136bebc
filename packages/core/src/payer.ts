/** Whom a call is booked on: everything in LiteLLM's tables that is charged with it. */
export interface Payer {
  /** SHA-256 of the key in hex; for the master key too. */
  readonly keyHash: string;
  readonly keyAlias: string | undefined;
  readonly userId: string | undefined;
  readonly teamId: string | undefined;
  readonly teamAlias: string | undefined;
  readonly organizationId: string | undefined;
  readonly projectId: string | undefined;
  readonly endUserId: string | undefined;
  readonly tags: readonly string[];
  /** Access groups with a budget that the model was reached by. */
  readonly accessGroups: readonly string[];
}
