import { costOf } from './cost.ts';
import type { Estimate } from './estimate.ts';
import { fieldsOf } from './fields-of.ts';
import type { Price } from './price.ts';

/** Source: https://aws.amazon.com/bedrock/pricing/ (as of 2026-11-23). */
const CHARACTERS_PER_UNIT = 1000;

/**
 * The most that a request of ApplyGuardrail may cost. Which policies a guardrail has, only Bedrock knows: each is taken
 * to read all of the text, and each picture. Takes anything; what has no content costs nothing.
 */
export function estimateGuardrail(request: Readonly<Record<string, unknown>>, price: Price): Estimate {
  const content = Array.isArray(request['content']) ? request['content'].map(fieldsOf) : [];
  let textUnits = 0;
  let images = 0;
  for (const block of content) {
    const { text } = fieldsOf(block['text']);
    if (typeof text === 'string') textUnits += Math.ceil(text.length / CHARACTERS_PER_UNIT);
    if (block['image'] !== undefined) images += 1;
  }
  const units = Object.keys(price.guardrailRates ?? {}).map((unit) => [unit, /Image/.test(unit) ? images : textUnits]);
  const usage = { guardrailUnits: Object.fromEntries(units) as Readonly<Record<string, number>> };
  return { tokens: 0, nanoUsd: costOf(price, usage), price, usage };
}
