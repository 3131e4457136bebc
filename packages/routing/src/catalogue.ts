import type { AdminSetting, DeploymentPrice } from '@genai-gateway/core';

/** One callable Bedrock target. */
export interface Deployment {
  readonly provider: 'bedrock';
  /** Model id, inference profile id or ARN, decoded: `anthropic.claude-3-haiku-20240307-v1:0`. */
  readonly modelId: string;
  readonly region: string;
  /** Base URL of a Bedrock runtime other than the region's own; undefined: the region's. */
  readonly endpoint: string | undefined;
}

/** One row of LiteLLM's `model_list`. */
export interface CatalogueDeployment {
  /** Undefined when it is not a Bedrock model, or one that only LiteLLM can call. */
  readonly deployment: Deployment | undefined;
  /** What LiteLLM calls the target, such as `bedrock/us.amazon.nova-lite-v1:0` or `openai/gpt-4o`. */
  readonly litellmModel: string;
  /** What its `litellm_params` and `model_info` ask for beyond the plain call. */
  readonly settings: readonly AdminSetting[];
  /** LiteLLM's id of the row; undefined where only LiteLLM can tell it. */
  readonly id?: string | undefined;
  /** What the row says of its price; undefined: nothing. */
  readonly price?: DeploymentPrice | undefined;
  /** Its share of the calls beside the other rows of its name; undefined: the row says nothing. */
  readonly weight?: number | undefined;
  /** What the row says of the longest input that the model reads, in tokens; undefined: nothing. */
  readonly maxInputTokens?: number | undefined;
  /** The names by which lists of models may know what it leads to, the best first; undefined: by `litellmModel` alone. */
  readonly listedAs?: readonly string[] | undefined;
}

/** Everything that a caller reaches by one name. */
export interface ModelAlias {
  readonly name: string;
  readonly deployments: readonly CatalogueDeployment[];
  /** `model_info.access_groups` of its deployments. */
  readonly accessGroups: readonly string[];
  /** What is set for the alias as a whole, such as fallbacks. */
  readonly settings: readonly AdminSetting[];
  /** Left out of lists of models: each of its deployments is hidden, paused, or for one team only. */
  readonly hidden: boolean;
}

/** What can be called, as LiteLLM's configuration says. Immutable: a change makes a new one. */
export interface Catalogue {
  /** By name. Wildcard aliases (`bedrock/*`) are in here under their pattern too. */
  readonly aliases: ReadonlyMap<string, ModelAlias>;
  /** `router_settings.model_group_alias`: another name → alias. */
  readonly groupAliases: ReadonlyMap<string, string>;
  /**
   * Team id → the names by which that team calls models of its own, which only LiteLLM serves. For the
   * team such a name goes before an alias of the same name; it may hold a wildcard.
   */
  readonly teamModels: ReadonlyMap<string, ReadonlySet<string>>;
  /** Tags with a budget or with limits. */
  readonly budgetedTags: ReadonlySet<string>;
  /** Access groups (`model_info.access_groups`) that calls are booked on; most of them have a budget. */
  readonly bookedGroups: ReadonlySet<string>;
  /** Headers by which clients name their end user, beside LiteLLM's own; lower-case names. */
  readonly endUserHeaders: readonly string[];
  /** The budget of end users who have none of their own, `litellm_settings.max_end_user_budget_id`. */
  readonly endUserBudgetId: string | undefined;
  /** Whether calls are booked on their client too, by tags such as `User-Agent: curl`. */
  readonly booksClients: boolean;
  /** Headers whose values calls are booked on too, by tags such as `x-app: shop`. */
  readonly bookedHeaders: readonly string[];
  /** Whether a model without a price is refused even where the operator has a price for such. */
  readonly refusesUnpriced: boolean;
  /** What holds for every call, such as `litellm_settings.callbacks`. */
  readonly settings: readonly AdminSetting[];
}

export const emptyCatalogue: Catalogue = {
  aliases: new Map(),
  groupAliases: new Map(),
  teamModels: new Map(),
  budgetedTags: new Set(),
  bookedGroups: new Set(),
  endUserHeaders: [],
  endUserBudgetId: undefined,
  booksClients: true,
  bookedHeaders: [],
  refusesUnpriced: false,
  settings: [],
};
