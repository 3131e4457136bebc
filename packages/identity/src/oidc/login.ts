import type { NanoUsd } from '@genai-gateway/core';

/** What a login is given when it is used for the first time; undefined: nothing of that kind is set. */
export interface LoginDefaults {
  readonly maxBudgetNanoUsd: NanoUsd | undefined;
  /** In LiteLLM's words: `30d`. */
  readonly budgetDuration: string | undefined;
  readonly requestsPerMinute: number | undefined;
  readonly tokensPerMinute: number | undefined;
  readonly maxParallelRequests: number | undefined;
}

/** Whom a verified token speaks for. The same object for as long as the same token is used. */
export interface Login {
  /** The configured name of the issuer, for messages and logs. */
  readonly issuerName: string;
  /** `iss` and `sub` of the token. */
  readonly issuer: string;
  readonly subject: string;
  /** LiteLLM's user id: no two principals share one, whichever issuer they come from. */
  readonly userId: string;
  readonly email: string | undefined;
  /** LiteLLM's team id. */
  readonly teamId: string | undefined;
  readonly role: 'admin' | 'user';
  /** What the token may use at most, as a list of LiteLLM's; undefined: it says nothing of models; empty: nothing. */
  readonly models: readonly string[] | undefined;
  /** A person, or a program with credentials of its own (client credentials). */
  readonly kind: 'person' | 'service';
  readonly expiresAtMs: number;
  readonly defaults: LoginDefaults;
}
