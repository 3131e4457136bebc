/**
 * Whether users and teams of LiteLLM itself have such an id: a login that had it would be taken for one of them.
 * Source: LiteLLM 1.106.2, constants.py (read 2026-11-23).
 */
export function isLitellmOwn(id: string): boolean {
  return /^(?:default_user_id$|litellm[-_])/i.test(id);
}
