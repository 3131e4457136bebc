/**
 * What an administrator can configure in LiteLLM that changes how a call must be served. A call that
 * is under a setting which the hot path does not hold itself goes through LiteLLM, or is refused
 * (`packages/routing/src/eligibility.ts` has the table).
 */
export const adminSettingKinds = [
  'budget',
  'model-budget',
  'rate-limit',
  'model-rate-limit',
  'parallel-limit',
  'guardrails',
  'callbacks',
  'policies',
  'response-cache',
  'fallbacks',
  'several-deployments',
  'router-settings',
  'default-parameters',
  'enforced-parameters',
  'tool-allow-list',
  'credentials',
  'prompt-management',
  'other-provider',
  'wildcard-alias',
  'team-model',
  'access-restriction',
  'unknown-option',
] as const;

export type AdminSettingKind = (typeof adminSettingKinds)[number];

export type AdminScope =
  | 'proxy'
  | 'alias'
  | 'deployment'
  | 'key'
  | 'user'
  | 'team'
  | 'team-member'
  | 'organization'
  | 'project'
  | 'end-user'
  | 'tag'
  | 'access-group';

/** One such setting, and where it was found: `{ scope: 'key', kind: 'budget', name: 'max_budget' }`. */
export interface AdminSetting {
  readonly scope: AdminScope;
  readonly kind: AdminSettingKind;
  /** The administrator's own word for it (a column, a field of config.yaml), for the error message. */
  readonly name: string;
}
