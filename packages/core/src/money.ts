/** Money inside the gateway: whole nano-dollars (10⁻⁹ USD), because one token often costs less than a micro-dollar. */
export type NanoUsd = bigint;

const PER_USD = 1_000_000_000;

/**
 * A dollar amount as LiteLLM's columns and price lists hold it, rounded half up to whole nano-dollars. Throws a
 * RangeError for what is no finite number: such an amount means something else wherever it stands.
 */
export function nanoUsd(usd: number): NanoUsd {
  if (!Number.isFinite(usd)) throw new RangeError('an amount of money has to be a finite number');
  return BigInt(Math.round(usd * PER_USD));
}

/** The same as a float, for LiteLLM's columns, its counters, and for people to read. */
export function usd(amount: NanoUsd): number {
  return Number(amount) / PER_USD;
}
