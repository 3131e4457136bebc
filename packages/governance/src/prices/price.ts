import type { PriceRates } from '@genai-gateway/core';

/** What a model costs. */
export interface Price {
  /** The name it is listed under, for messages and the log. */
  readonly name: string;
  readonly rates: PriceRates;
  /** The most that the model answers with; undefined: the list does not say. */
  readonly maxOutputTokens: number | undefined;
}

/** What a price depends on beside the usage. All of it is optional: absent means the plain price. */
export interface PriceFacts {
  /** The service tier that the answer names, else the one that was asked for: `flex`, `priority`. */
  readonly serviceTier?: string | undefined;
  /** The call is part of a batch job. */
  readonly batch?: boolean | undefined;
  /** How long the call took: for models that are paid by the second. */
  readonly durationMs?: number | undefined;
  /** Prices of the units that guardrails counted; absent: they cost nothing extra. */
  readonly guardrailRates?: PriceRates | undefined;
}

/** A million tokens of a model without a price: what the operator is willing to assume. */
export interface CeilingPrice {
  readonly inputPerMillionUsd: number;
  readonly outputPerMillionUsd: number;
}
