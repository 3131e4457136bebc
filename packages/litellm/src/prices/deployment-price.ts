import type { DeploymentPrice } from '@genai-gateway/core';
import { text } from '../values.ts';
import { priceRates } from './price-map.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A price of a unit, by its name. Tables of prices (`tiered_pricing`, `off_peak_pricing`) are LiteLLM's alone. */
const PRICE = /_cost(?:_|$)|^cost_per_/;

/** Whether an option of a deployment is a price that the hot path books by. */
export function isPriceName(name: string): boolean {
  return PRICE.test(name);
}

/**
 * What a deployment says of its price; undefined: nothing. `litellm_params` win over `model_info`.
 * Source: LiteLLM 1.106.2, router.py (_deployment_model_cost_payload, _cost_map_backend_model),
 * https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export function deploymentPrice(params: Fields, info: Fields): DeploymentPrice | undefined {
  const rates = { ...priceRates(info, isPriceName), ...priceRates(params, isPriceName) };
  const baseModel = text(info['base_model']);
  return Object.keys(rates).length === 0 && baseModel === undefined ? undefined : { rates, baseModel };
}
