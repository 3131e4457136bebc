import type { AttoUsd, PriceRates } from '@genai-gateway/core';

/** What each token of one call costs. */
export interface TokenRates {
  readonly input: AttoUsd;
  readonly output: AttoUsd;
  readonly reasoning: AttoUsd;
  readonly cacheRead: AttoUsd;
  readonly cacheWrite: AttoUsd;
  readonly cacheWriteOneHour: AttoUsd;
}

const INPUT = 'input_cost_per_token';
const OUTPUT = 'output_cost_per_token';
const CACHE_READ = 'cache_read_input_token_cost';
const CACHE_WRITE = 'cache_creation_input_token_cost';
const CACHE_WRITE_ONE_HOUR = `${CACHE_WRITE}_above_1hr`;
const REASONING = 'output_cost_per_reasoning_token';

const ABOVE = new RegExp(
  `^(?:${INPUT}|${OUTPUT}|${CACHE_READ}|${CACHE_WRITE}(?:_above_1hr)?)_above_(\\d+)(k?)_tokens(_[a-z]+)?$`,
);

/**
 * The prices of a call whose prompt has `promptTokens` in all, what was read from and written to the cache included.
 * Once the prompt is longer than a threshold, all its tokens cost what is listed above that. What is not listed: reading
 * the cache and writing to it cost what input does, an hour what the short time does, reasoning what output does.
 * `suffix` is that of the service tier.
 * Source: LiteLLM 1.106.2, litellm_core_utils/llm_cost_calc/utils.py (_get_token_base_cost,
 * _resolve_reasoning_token_cost), https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export function tokenRates(rates: PriceRates, promptTokens: number, suffix: string): TokenRates {
  const thresholds = crossed(rates, promptTokens, suffix);
  const rate = (name: string): AttoUsd | undefined => {
    for (const threshold of thresholds) {
      const above = perUnit(rates, `${name}_above_${threshold}_tokens`, suffix);
      if (above !== undefined) return above;
    }
    // Writing for an hour has no price of its own in any tier.
    return perUnit(rates, name, name === CACHE_WRITE_ONE_HOUR ? '' : suffix);
  };
  const input = rate(INPUT) ?? 0n;
  const output = rate(OUTPUT) ?? 0n;
  const cacheWrite = rate(CACHE_WRITE) ?? input;
  return {
    input,
    output,
    reasoning: reasoningRate(rates, output, suffix),
    cacheRead: rate(CACHE_READ) ?? input,
    cacheWrite,
    cacheWriteOneHour: rate(CACHE_WRITE_ONE_HOUR) ?? cacheWrite,
  };
}

/** The price of the tier, else the plain one; undefined when neither is listed. */
function perUnit(rates: PriceRates, name: string, suffix: string): AttoUsd | undefined {
  return rates[`${name}${suffix}`] ?? rates[name];
}

/** The thresholds that the prompt is above, as they are written, the highest first. */
function crossed(rates: PriceRates, promptTokens: number, suffix: string): readonly string[] {
  const thresholds = thresholdsOf(rates);
  if (thresholds.length === 0) return none;
  const found = new Map<number, string>();
  for (const { tokens, written, tier } of thresholds) {
    if ((tier === '' || tier === suffix) && promptTokens > tokens) found.set(tokens, written);
  }
  return [...found].sort(([a], [b]) => b - a).map(([, written]) => written);
}

interface Threshold {
  readonly tokens: number;
  /** `128k`, `200000`. */
  readonly written: string;
  readonly tier: string;
}

const none: readonly never[] = [];

/** By price, whose names are read once: a price serves every call of its model. */
const knownThresholds = new WeakMap<PriceRates, readonly Threshold[]>();

function thresholdsOf(rates: PriceRates): readonly Threshold[] {
  let thresholds = knownThresholds.get(rates);
  if (thresholds === undefined) {
    thresholds = Object.keys(rates).flatMap((name) => {
      const [, digits, thousand, tier = ''] = ABOVE.exec(name) ?? [];
      if (digits === undefined) return [];
      return [{ tokens: Number(digits) * (thousand === 'k' ? 1000 : 1), written: `${digits}${thousand}`, tier }];
    });
    knownThresholds.set(rates, thresholds);
  }
  return thresholds;
}

/** A tier with a price for output but none for reasoning takes the former for both. */
function reasoningRate(rates: PriceRates, output: AttoUsd, suffix: string): AttoUsd {
  if (suffix !== '') {
    const tier = rates[`${REASONING}${suffix}`];
    if (tier !== undefined) return tier;
    if (rates[`${OUTPUT}${suffix}`] !== undefined) return output;
  }
  return rates[REASONING] ?? output;
}
