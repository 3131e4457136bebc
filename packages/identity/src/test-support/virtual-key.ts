import { noAllowance } from '@genai-gateway/core';
import { noTags, type VirtualKey } from '../principal.ts';

/** A virtual key that may do everything, but for what the test changes. */
export function virtualKey(change: Partial<VirtualKey> = {}): VirtualKey {
  return {
    keyHash: 'hash',
    keyAlias: undefined,
    userId: undefined,
    userEmail: undefined,
    userRole: undefined,
    teamId: undefined,
    teamAlias: undefined,
    organizationId: undefined,
    projectId: undefined,
    blocked: false,
    teamBlocked: false,
    projectBlocked: false,
    expiresAtMs: undefined,
    allowedRoutes: [],
    modelScopes: [],
    grantedNames: [],
    teamAliases: {},
    keyAliases: {},
    settings: [],
    allowance: noAllowance,
    tags: noTags,
    endUserBudgetId: undefined,
    ...change,
  };
}
