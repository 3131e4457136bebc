import type { AttoUsd, NanoUsd, PriceRates } from '@genai-gateway/core';
import type { Usage } from '@genai-gateway/protocol';
import { batchCost } from './batch-cost.ts';
import type { Price, PriceFacts } from './price.ts';
import { tierSuffix } from './service-tier.ts';
import { tokenRates } from './token-rates.ts';

const ATTO_PER_NANO = 1_000_000_000n;

/**
 * What a call costs, as LiteLLM's calculator says for the same call: exact inside, rounded half up once, at the end.
 * A count that was not reported adds nothing, so ask `isPriced` first whether the figures that the price needs are there.
 * Source: LiteLLM 1.106.2, cost_calculator.py and litellm_core_utils/llm_cost_calc/utils.py
 * (generic_cost_per_token), https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export function costOf(price: Price, usage: Usage, facts: PriceFacts = {}): NanoUsd {
  const atto = modelCost(price.rates, usage, facts) + guardrailCost(price, usage);
  return (atto + ATTO_PER_NANO / 2n) / ATTO_PER_NANO;
}

/**
 * True when the provider reported every count that the price multiplies. Otherwise the cost of the call is not known
 * and has to be booked as an estimate.
 */
export function isPriced({ rates }: Price, usage: Usage): boolean {
  const isReported = (name: string, figure: number | undefined): boolean =>
    figure !== undefined || (rates[name] ?? 0n) === 0n;
  return (
    isReported('input_cost_per_token', usage.inputTokens) &&
    isReported('output_cost_per_token', usage.outputTokens) &&
    isReported('output_cost_per_image', usage.outputImages) &&
    isReported('input_cost_per_query', usage.inputQueries ?? usage.inputTokens ?? usage.inputImages)
  );
}

/** True when the price says that everything about the model is free; unlike one that nobody knows. */
export function isFree({ rates }: Price): boolean {
  for (const name in rates) if (rates[name] !== 0n) return false;
  return true;
}

function modelCost(rates: PriceRates, usage: Usage, facts: PriceFacts): AttoUsd {
  const perSecond = secondRate(rates);
  if (perSecond !== undefined) return (perSecond * count(facts.durationMs)) / 1000n;
  const tokens =
    facts.batch === true
      ? batchCost(rates, usage)
      : tokenCost(rates, usage, tierSuffix(usage.serviceTier ?? facts.serviceTier));
  return (
    tokens +
    count(usage.inputImages) * (rates['input_cost_per_image'] ?? 0n) +
    count(usage.outputImages) * (rates['output_cost_per_image'] ?? 0n) +
    count(usage.inputQueries) * (rates['input_cost_per_query'] ?? 0n)
  );
}

function tokenCost(rates: PriceRates, usage: Usage, suffix: string): AttoUsd {
  const { inputTokens = 0, cacheReadTokens = 0, cacheWriteTokens = 0, outputTokens = 0 } = usage;
  const oneHour = Math.min(usage.cacheWriteOneHourTokens ?? 0, cacheWriteTokens);
  const reasoning = Math.min(usage.reasoningTokens ?? 0, outputTokens);
  const rate = tokenRates(rates, inputTokens + cacheReadTokens + cacheWriteTokens, suffix);
  return (
    count(inputTokens) * rate.input +
    count(cacheReadTokens) * rate.cacheRead +
    count(cacheWriteTokens - oneHour) * rate.cacheWrite +
    count(oneHour) * rate.cacheWriteOneHour +
    count(outputTokens - reasoning) * rate.output +
    count(reasoning) * rate.reasoning
  );
}

/** The price of a second, for what has no price for tokens. */
function secondRate(rates: PriceRates): AttoUsd | undefined {
  if ((rates['input_cost_per_token'] ?? 0n) > 0n || (rates['output_cost_per_token'] ?? 0n) > 0n) return undefined;
  return rates['cost_per_second'] ?? rates['input_cost_per_second'] ?? rates['output_cost_per_second'];
}

function guardrailCost({ guardrailRates = {} }: Price, usage: Usage): AttoUsd {
  if (usage.guardrailUnits === undefined) return 0n;
  return Object.entries(usage.guardrailUnits).reduce(
    (sum, [unit, units]) => sum + count(units) * (guardrailRates[unit] ?? 0n),
    0n,
  );
}

function count(value: number | undefined): bigint {
  return value === undefined || value === 0 ? 0n : BigInt(Math.round(value));
}
