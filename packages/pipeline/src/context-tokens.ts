import type { Principal } from '@genai-gateway/identity';
import { type CatalogueDeployment, type Resolution, resolveModel } from '@genai-gateway/routing';
import { aliasFor, isTeamModel } from './admit.ts';
import type { Prices, Services } from './services.ts';

/** What is asked how much a model reads. */
export interface ContextSources extends Pick<Services, 'catalogue' | 'regions'> {
  readonly prices: Pick<Prices, 'contextTokens'>;
}

/** A model as it is called, and the ids of what does the work behind it; empty: nobody has looked, or can tell. */
export interface NamedModel {
  readonly requested: string;
  readonly modelIds: readonly string[];
}

/**
 * The longest input that the model behind a name reads, in tokens: what the row of the model list says, else what its
 * model is known for. Of several deployments, or models behind a router, the shortest that is known, because any of
 * them may get the call. Undefined: nobody knows. It decides nothing: a name that may not be called has a length too.
 */
export function contextTokensOf(
  sources: ContextSources,
  principal: Principal,
  { requested, modelIds }: NamedModel,
): number | undefined {
  const { prices, regions } = sources;
  const catalogue = sources.catalogue();
  const key = principal.kind === 'virtual-key' ? principal.key : undefined;
  // It may have the name of an alias, which is another model.
  if (key !== undefined && isTeamModel(requested, key, catalogue)) return undefined;
  const name = key === undefined ? requested : aliasFor(requested, key);
  const resolution = resolved(() => resolveModel(name, catalogue, regions));
  if (resolution === undefined) return undefined;
  if (resolution.kind === 'direct') return ofBedrock(resolution.deployment.modelId, modelIds, prices);
  // What is behind it was asked for the first one.
  return shortest(resolution.alias.deployments.map((row, i) => ofRow(row, name, i === 0 ? modelIds : [], prices)));
}

function ofRow(
  { maxInputTokens, deployment, litellmModel, listedAs = [litellmModel] }: CatalogueDeployment,
  name: string,
  modelIds: readonly string[],
  prices: ContextSources['prices'],
): number | undefined {
  if (maxInputTokens !== undefined) return maxInputTokens;
  const known = deployment === undefined ? undefined : ofBedrock(deployment.modelId, modelIds, prices);
  if (known !== undefined) return known;
  // A pattern says nothing of the models that it takes in.
  const names = listedAs.map((each) => (each.includes('*') ? name : each));
  return names.map((each) => prices.contextTokens(each)).find((tokens) => tokens !== undefined);
}

function ofBedrock(modelId: string, behind: readonly string[], prices: ContextSources['prices']): number | undefined {
  return prices.contextTokens(modelId) ?? shortest(behind.map((each) => prices.contextTokens(each)));
}

function shortest(lengths: readonly (number | undefined)[]): number | undefined {
  const known = lengths.filter((length) => length !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Undefined for a name that only LiteLLM knows, or that may not be called here. */
function resolved(resolve: () => Resolution): Resolution | undefined {
  try {
    return resolve();
  } catch {
    return undefined;
  }
}
