import type { PriceRates } from '@genai-gateway/core';

/** What a model costs. */
export interface Price {
  /** The model, as one would call it. */
  readonly name: string;
  readonly rates: PriceRates;
  /** What a unit of a guardrail costs, by Bedrock's names for its units; absent: nothing extra. */
  readonly guardrailRates?: PriceRates | undefined;
  /** The most that the model answers with; undefined: the list does not say. */
  readonly maxOutputTokens: number | undefined;
}

/** What a price depends on that the provider does not report. All of it is optional: absent means the plain price. */
export interface PriceFacts {
  /** The service tier that was asked for: it counts where the answer names none. */
  readonly serviceTier?: string | undefined;
  /** The call is part of a batch job. */
  readonly batch?: boolean | undefined;
  /** How long the call took: for models that are paid by the second. */
  readonly durationMs?: number | undefined;
}

/** A million tokens of a model without a price: what the operator is willing to assume. */
export interface CeilingPrice {
  readonly inputPerMillionUsd: number;
  readonly outputPerMillionUsd: number;
}
