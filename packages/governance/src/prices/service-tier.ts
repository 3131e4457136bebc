/*
 * A tier has prices of its own: the plain price's name with the tier behind it.
 * Source: LiteLLM 1.106.2, litellm_core_utils/llm_cost_calc/utils.py (get_service_tier_cost_key, get_cost_per_unit),
 * https://github.com/BerriAI/litellm (read 2026-11-23).
 */
const suffixes: Readonly<Record<string, string>> = {
  flex: '_flex',
  balanced: '_balanced',
  priority: '_priority',
  fast: '_priority',
  ultrafast: '_ultrafast',
};

/** What stands behind the names of a tier's prices; empty for the standard tier and for those without own prices. */
export function tierSuffix(serviceTier: string | undefined): string {
  const tier = serviceTier?.toLowerCase() ?? '';
  return Object.hasOwn(suffixes, tier) ? (suffixes[tier] ?? '') : '';
}
