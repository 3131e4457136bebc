/**
 * Prices: whole atto-dollars (10⁻¹⁸ USD) for one unit, because a token costs down to some picodollars and a price
 * must not be rounded before it is multiplied.
 */
export type AttoUsd = bigint;

/** Prices by LiteLLM's names for them, such as `input_cost_per_token`, `cache_read_input_token_cost`. */
export type PriceRates = Readonly<Record<string, AttoUsd>>;

/** What a deployment says of its own price. */
export interface DeploymentPrice {
  /** Empty: the price of its model. */
  readonly rates: PriceRates;
  /** Another model whose price holds: `model_info.base_model`. */
  readonly baseModel: string | undefined;
}

const DIGITS = 18;
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * An amount in dollars as price lists write it, a number or text (`3e-7`), exactly; what is below an atto-dollar is
 * rounded half up. Undefined: that is no amount of money, a negative one neither.
 */
export function attoUsd(value: unknown): AttoUsd | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const match = DECIMAL.exec(String(value).trim());
  const [, sign, whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (match === null || whole + fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  if (sign === '-' && digits !== 0n) return undefined;
  const shift = Number(exponent) - fraction.length + DIGITS;
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return (digits + divisor / 2n) / divisor;
}
