import type { AttoUsd, PriceRates } from '@genai-gateway/core';
import type { Usage } from '@genai-gateway/protocol';

const BATCH = '_batches';

/**
 * Tokens of a batch job: at the prices listed for batches, else at half the plain ones. Cached tokens without a batch
 * price are input where input has one.
 * Source: LiteLLM 1.106.2, cost_calculator.py (batch_cost_calculator, _batch_prompt_cost) and
 * litellm_core_utils/llm_cost_calc/utils.py (get_batch_cost_rates), https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export function batchCost(rates: PriceRates, usage: Usage): AttoUsd {
  const input = BigInt(usage.inputTokens ?? 0);
  const read = BigInt(usage.cacheReadTokens ?? 0);
  const written = BigInt(usage.cacheWriteTokens ?? 0);
  const prompt = Number(input + read + written);
  const output = BigInt(usage.outputTokens ?? 0) * outputRate(rates, prompt);
  const inputRate = batchRate(rates, 'input_cost_per_token', prompt);
  if (inputRate === undefined) {
    const plain = rates['input_cost_per_token'] ?? 0n;
    const whole =
      input * plain +
      read * (rates['cache_read_input_token_cost'] ?? 0n) +
      written * (rates['cache_creation_input_token_cost'] ?? plain);
    return half(whole) + output;
  }
  const readRate = batchRate(rates, 'cache_read_input_token_cost', prompt) ?? inputRate;
  const writeRate = batchRate(rates, 'cache_creation_input_token_cost', prompt) ?? inputRate;
  return input * inputRate + read * readRate + written * writeRate + output;
}

function outputRate(rates: PriceRates, prompt: number): AttoUsd {
  return batchRate(rates, 'output_cost_per_token', prompt) ?? half(rates['output_cost_per_token'] ?? 0n);
}

/** The batch price above the highest threshold that the prompt is above, else the flat one. */
function batchRate(rates: PriceRates, name: string, prompt: number): AttoUsd | undefined {
  let best: { readonly tokens: number; readonly rate: AttoUsd } | undefined;
  for (const [listed, rate] of Object.entries(rates)) {
    if (!listed.startsWith(`${name}_above_`) || !listed.endsWith(`_tokens${BATCH}`)) continue;
    const written = listed.slice(`${name}_above_`.length, -`_tokens${BATCH}`.length);
    const tokens = written.endsWith('k') ? Number(written.slice(0, -1)) * 1000 : Number(written);
    if (prompt > tokens && tokens > (best?.tokens ?? -1)) best = { tokens, rate };
  }
  return best?.rate ?? rates[`${name}${BATCH}`];
}

function half(amount: AttoUsd): AttoUsd {
  return (amount + 1n) / 2n;
}
