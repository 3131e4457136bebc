import { asObject } from '../values.ts';

/** A key as LiteLLM's management API shows it. */
export type KeyRow = Readonly<Record<string, unknown>>;

/** The name in a key's `metadata` that marks the gateway's own key for a login. */
export const principalMark = 'genai_gateway_principal';

/** Whether a key is one of those. A user can write the mark into a key too, but not that an administrator made it. */
export function isInternalKey(row: KeyRow): boolean {
  return asObject(row['metadata'])?.[principalMark] !== undefined && row['created_by'] !== row['user_id'];
}
