/** What an administrator lets people do for themselves. Absent figures: no limit beyond the person's own. */
export interface SelfServicePolicy {
  /** Keys that one person may hold, those an administrator made among them. */
  readonly maxKeys: number;
  /** The most that one key may spend, US dollars. */
  readonly maxBudgetUsd: number | undefined;
  /** The time within which it may spend that, in LiteLLM's form (`30d`); undefined: once. */
  readonly budgetDuration: string | undefined;
  readonly maxRequestsPerMinute: number | undefined;
  readonly maxTokensPerMinute: number | undefined;
  readonly maxParallelRequests: number | undefined;
  /** The longest life of a key (`90d`); undefined: keys may live for ever. */
  readonly maxKeyDuration: string | undefined;
  /**
   * What keys made by a login are for. `llm_api`: models alone. `default`: LiteLLM's own management routes too, where
   * such a key answers to LiteLLM's rules and no more to these.
   */
  readonly keyType: 'llm_api' | 'default';
}

export const defaultSelfServicePolicy: SelfServicePolicy = {
  maxKeys: 10,
  maxBudgetUsd: undefined,
  budgetDuration: undefined,
  maxRequestsPerMinute: undefined,
  maxTokensPerMinute: undefined,
  maxParallelRequests: undefined,
  maxKeyDuration: undefined,
  keyType: 'llm_api',
};

/** Who is asking, by what the login says. */
export interface SelfServiceCaller {
  readonly userId: string;
  readonly email: string | undefined;
  /** The team that the login is bound to: what it makes belongs to that team. */
  readonly teamId: string | undefined;
  /** The models that the login may use; undefined: it does not say. An empty list: none. */
  readonly models: readonly string[] | undefined;
}

/** One key of the caller's, as LiteLLM has it. */
export interface OwnKey {
  readonly keyHash: string;
  readonly keyAlias: string | undefined;
  readonly teamId: string | undefined;
  /** The gateway's own key for a login: it is nobody's to see or to change. */
  readonly isInternal: boolean;
}

/** What LiteLLM holds of the caller. */
export interface OwnState {
  readonly maxBudgetUsd: number | undefined;
  readonly budgetDuration: string | undefined;
  readonly requestsPerMinute: number | undefined;
  readonly tokensPerMinute: number | undefined;
  readonly maxParallelRequests: number | undefined;
  /** Empty: all models. */
  readonly models: readonly string[];
  readonly teamIds: readonly string[];
  readonly keys: readonly OwnKey[];
}
