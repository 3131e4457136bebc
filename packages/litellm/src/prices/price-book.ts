import type { DeploymentPrice, PriceRates } from '@genai-gateway/core';
import type { Price } from '@genai-gateway/governance';
import { namesInList } from './listed-names.ts';
import { boughtContextTokens, namedModel, priceNames } from './model-names.ts';
import { type PriceEntry, readContexts, readPriceMap } from './price-map.ts';

/** What is called, and what its deployment says of the price. */
export interface PricedModel {
  /** The id that Bedrock is called with; of an application inference profile or a prompt router: the model behind it. */
  readonly modelId: string;
  readonly region: string | undefined;
  /** Of the deployment, when it was called by its alias; undefined: called by its own id. */
  readonly price?: DeploymentPrice | undefined;
}

/** Prices that LiteLLM takes over from the model for a deployment with a price of its own for input. */
const CACHE_RATES = [
  'cache_creation_input_token_cost',
  'cache_creation_input_token_cost_above_1hr',
  'cache_creation_input_token_cost_above_200k_tokens',
  'cache_read_input_token_cost',
  'cache_read_input_token_cost_above_200k_tokens',
];
/** Callers choose the ids. */
const MAX_KNOWN = 10_000;
const TIER_RATE = /_(?:flex|balanced|priority|ultrafast)$/;
const OTHER_RATES = new Set([
  'cost_per_second',
  'input_cost_per_second',
  'output_cost_per_second',
  'input_cost_per_query',
]);

/**
 * What models cost: by LiteLLM's price map, and by what deployments say of themselves.
 * Source: LiteLLM 1.106.2, cost_calculator.py (select_model_name_for_cost_calc) and router.py
 * (_deployment_model_cost_payload), https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export class PriceBook {
  readonly #entries: ReadonlyMap<string, PriceEntry>;
  /** Of models without and with prices of their deployment, by region and id: every call after the first is a look-up. */
  readonly #byId = new Map<string, Price>();
  readonly #byDeployment = new WeakMap<DeploymentPrice, Map<string, Price>>();
  /** How much other providers' models read. */
  readonly #contexts: ReadonlyMap<string, number>;

  private constructor(entries: ReadonlyMap<string, PriceEntry>, contexts: ReadonlyMap<string, number>) {
    this.#entries = entries;
    this.#contexts = contexts;
  }

  /** Reads the price map that is part of this package. Throws what `fs` throws. */
  static load(): PriceBook {
    return new PriceBook(readPriceMap(), readContexts());
  }

  /**
   * The price of a call; undefined when nobody knows it, which is not the same as a price of 0. A deployment with
   * prices of its own is priced by these alone: what it does not name costs nothing there, but for the cache and the
   * service tiers, which it has from its model.
   */
  find(model: PricedModel): Price | undefined {
    const known = this.#knownFor(model.price);
    const name = `${model.region ?? ''} ${model.modelId}`;
    let price = known.get(name);
    if (price !== undefined) return price;
    price = this.#find(model);
    if (price === undefined) return undefined;
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(name, price);
    return price;
  }

  #knownFor(price: DeploymentPrice | undefined): Map<string, Price> {
    if (price === undefined) return this.#byId;
    let known = this.#byDeployment.get(price);
    if (known === undefined) {
      known = new Map();
      this.#byDeployment.set(price, known);
    }
    return known;
  }

  #find({ modelId, region, price }: PricedModel): Price | undefined {
    const found = this.#priced({ modelId, region, price });
    if (found === undefined) return undefined;
    const { rates, maxOutputTokens } = found;
    return { name: namedModel(modelId), rates, guardrailRates: this.#guardrailRates(region), maxOutputTokens };
  }

  /** What guardrails cost in a region, where no model is called. */
  guardrail(region: string): Price {
    const guardrailRates = this.#guardrailRates(region);
    return { name: 'guardrail', rates: {}, guardrailRates, maxOutputTokens: undefined };
  }

  /**
   * The longest input that a model reads, in tokens: of Bedrock by an id, found by the names by which its price is
   * found, or of any provider as the model list names it (`openai/gpt-4o-mini`); undefined: nobody knows.
   */
  contextTokens(model: string): number | undefined {
    for (const name of namesInList(model)) {
      const found = this.#contexts.get(name.toLowerCase()) ?? this.#contextOfBedrock(name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #contextOfBedrock(modelId: string): number | undefined {
    for (const name of priceNames(modelId, undefined)) {
      const listed = this.#entries.get(name.toLowerCase())?.maxInputTokens;
      if (listed !== undefined) return Math.min(listed, boughtContextTokens(modelId) ?? listed);
    }
    return undefined;
  }

  #priced({ modelId, region, price }: PricedModel): Pick<PriceEntry, 'rates' | 'maxOutputTokens'> | undefined {
    const own = price?.rates ?? {};
    const baseModel = price?.baseModel;
    const base = baseModel === undefined ? undefined : this.#listed(bare(baseModel), undefined);
    if (!pricesAnything(own)) {
      return (Object.keys(own).length === 0 ? base : undefined) ?? this.#listed(modelId, region);
    }
    const model = baseModel === undefined ? this.#listed(modelId, undefined) : base;
    return {
      rates: { ...inherited(own, model?.rates ?? {}), ...own },
      maxOutputTokens: model?.maxOutputTokens,
    };
  }

  #guardrailRates(region: string | undefined): PriceRates {
    return (this.#entries.get(`bedrock/${region}/guardrails`) ?? this.#entries.get('bedrock/guardrails'))?.rates ?? {};
  }

  #listed(modelId: string, region: string | undefined): PriceEntry | undefined {
    for (const name of priceNames(modelId, region)) {
      const entry = this.#entries.get(name.toLowerCase());
      if (entry !== undefined && Object.keys(entry.rates).length > 0) return entry;
    }
    return undefined;
  }
}

/** `base_model` may be written with the provider in front. */
function bare(model: string): string {
  return model.replace(/^bedrock\//, '').replace(/^(?:converse|invoke)\//, '');
}

/** Whether LiteLLM takes the deployment's prices for its price at all; else it goes by the model. */
function pricesAnything(own: PriceRates): boolean {
  return Object.keys(own).some(
    (name) => OTHER_RATES.has(name) || (name.includes('cost_per') && name.includes('token')),
  );
}

function inherited(own: PriceRates, model: PriceRates): PriceRates {
  const hasInput = own['input_cost_per_token'] !== undefined;
  const hasTokens = hasInput || own['output_cost_per_token'] !== undefined;
  return Object.fromEntries(
    Object.entries(model).filter(
      ([name]) => (hasInput && CACHE_RATES.includes(name)) || (hasTokens && TIER_RATE.test(name)),
    ),
  );
}
