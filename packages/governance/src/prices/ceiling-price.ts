import { attoUsd } from '@genai-gateway/core';
import type { CeilingPrice, Price } from './price.ts';

const MILLION = 1_000_000n;

/**
 * A price for models that no list has: the same for each token of the prompt, cached or not, and for each one of the
 * answer. Throws a RangeError for what is no amount of money.
 */
export function ceilingPrice({ inputPerMillionUsd, outputPerMillionUsd }: CeilingPrice): Price {
  const input = attoUsd(inputPerMillionUsd);
  const output = attoUsd(outputPerMillionUsd);
  if (input === undefined || output === undefined) throw new RangeError('a ceiling price has to be an amount in USD');
  return {
    name: 'ceiling',
    rates: { input_cost_per_token: input / MILLION, output_cost_per_token: output / MILLION },
    maxOutputTokens: undefined,
  };
}
