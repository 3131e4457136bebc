import { GatewayError } from '@genai-gateway/core';
import { type BedrockId, parseBedrockId } from './bedrock-id.ts';
import type { Catalogue, Deployment, ModelAlias } from './catalogue.ts';

/** What a requested name stands for. */
export type Resolution =
  | { readonly kind: 'alias'; readonly alias: ModelAlias }
  | {
      readonly kind: 'direct';
      readonly deployment: Deployment;
      /** The aliases that lead to the same model: what is set on all of them holds for the direct call too. */
      readonly aliases: readonly ModelAlias[];
    };

export interface RegionPolicy {
  /** Where a model id without a region is called. */
  readonly defaultRegion: string;
  /** Where an ARN may lead; the regions of the catalogue may be called in any case. */
  readonly allowedRegions: readonly string[];
}

/**
 * Finds what a caller's model name stands for: an alias of the catalogue, else a name that Bedrock
 * itself knows. Throws `model-not-found`, or `region-not-allowed` for an ARN of a foreign region.
 */
export function resolveModel(name: string, catalogue: Catalogue, regions: RegionPolicy): Resolution {
  const alias = catalogue.aliases.get(catalogue.groupAliases.get(name) ?? name);
  if (alias !== undefined) return { kind: 'alias', alias };
  const id = parseBedrockId(name);
  if (id !== undefined) return direct(id, catalogue, regions);
  throw new GatewayError(
    'model-not-found',
    `The model '${shown(name)}' does not exist here. GET /v1/models lists the models this key may use; a Bedrock model id, inference profile or ARN works too.`,
    { param: 'model' },
  );
}

function direct(id: BedrockId, catalogue: Catalogue, regions: RegionPolicy): Resolution {
  const region = id.region ?? regions.defaultRegion;
  if (region !== regions.defaultRegion && !regions.allowedRegions.includes(region)) {
    throw new GatewayError(
      'region-not-allowed',
      `Models in the region '${region}' cannot be called here. An administrator can add it to BEDROCK_ALLOWED_REGIONS.`,
      { param: 'model' },
    );
  }
  const aliases: ModelAlias[] = [];
  for (const alias of catalogue.aliases.values()) {
    if (alias.deployments.some((each) => each.deployment?.modelId === id.modelId)) aliases.push(alias);
  }
  return {
    kind: 'direct',
    deployment: { provider: 'bedrock', modelId: id.modelId, region, endpoint: undefined },
    aliases,
  };
}

/** A caller's own text in a message of ours: short, and without control characters. */
function shown(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
}
