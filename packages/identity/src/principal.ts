import type { AdminSetting, Allowance } from '@genai-gateway/core';
import type { Login } from './oidc/login.ts';
import type { Secret } from './oidc/principal-keys.ts';

/** One list of models that a scope (the key, its team, …) may use. Every scope must allow a call. */
export interface ModelScope {
  readonly scope: 'key' | 'user' | 'team' | 'team-member' | 'organization' | 'project';
  /**
   * Names as LiteLLM keeps them: exact names, wildcards (`bedrock/*`), access-group names, and the
   * special names `*`, `all-proxy-models`, `all-team-models`, `no-default-models`. Empty: all models.
   */
  readonly models: readonly string[];
  /** Models that access groups add to the list; they count only where `models` refuses. */
  readonly groupModels: readonly string[];
}

/** A virtual key as the data plane needs it: LiteLLM's row, joined with its team and the rest. */
export interface VirtualKey {
  /** SHA-256 of the whole key, in hex: LiteLLM's `token`. */
  readonly keyHash: string;
  readonly keyAlias: string | undefined;
  readonly userId: string | undefined;
  readonly userEmail: string | undefined;
  /** What the key's user may manage, in LiteLLM's words: `proxy_admin`, `proxy_admin_viewer`, `internal_user`, … */
  readonly userRole: string | undefined;
  readonly teamId: string | undefined;
  readonly teamAlias: string | undefined;
  readonly organizationId: string | undefined;
  readonly projectId: string | undefined;
  readonly blocked: boolean;
  readonly teamBlocked: boolean;
  readonly projectBlocked: boolean;
  /** Milliseconds since the epoch; undefined: never. */
  readonly expiresAtMs: number | undefined;
  /** LiteLLM's `allowed_routes`: empty means all. */
  readonly allowedRoutes: readonly string[];
  readonly modelScopes: readonly ModelScope[];
  /**
   * Names by which the key, its team, membership, project and organization were given models: calls are booked on the
   * access groups among them.
   */
  readonly grantedNames: readonly string[];
  /** The team's and the key's own names for models: requested name → catalogue name. */
  readonly teamAliases: Readonly<Record<string, string>>;
  readonly keyAliases: Readonly<Record<string, string>>;
  /** What an administrator set on the key or above it that a call must respect and only LiteLLM holds. */
  readonly settings: readonly AdminSetting[];
  /** Every limit and budget of the key and of what is above it. */
  readonly allowance: Allowance;
  readonly tags: KeyTags;
  /** `metadata.end_user_budget_id`: the budget of end users who have none of their own. */
  readonly endUserBudgetId: string | undefined;
}

/** Tags that a key's calls carry without naming them. */
export interface KeyTags {
  /** Of the key itself. LiteLLM checks the budgets of these and of those that the call names, of no others. */
  readonly own: readonly string[];
  /** Of its team and its project: calls are booked on them, and their limits hold. */
  readonly inherited: readonly string[];
  /** `metadata.tag_rpm_limit`: calls per minute that this key may make with a tag. */
  readonly requestsPerMinute: Readonly<Record<string, number>>;
}

export const noTags: KeyTags = { own: [], inherited: [], requestsPerMinute: {} };

/** Who is calling now. */
export type Principal = { readonly kind: 'master'; readonly keyHash: string } | VirtualKeyPrincipal;

/** A virtual key's holder: whoever sent it, or a login that has one at LiteLLM. */
export interface VirtualKeyPrincipal {
  readonly kind: 'virtual-key';
  readonly key: VirtualKey;
  /** Who signed in, where a token was sent and no key. */
  readonly login?: Login;
  /** The login's key itself: what LiteLLM is called with in place of the token. */
  readonly forwardKey?: Secret;
}

/** What a log line may say about a principal. */
export function principalId(principal: Principal): string {
  return principal.kind === 'master' ? 'master' : principal.key.keyHash;
}
