import { GatewayError } from '@genai-gateway/core';
import { type BedrockId, parseBedrockId } from './bedrock-id.ts';
import type { Catalogue, Deployment, ModelAlias } from './catalogue.ts';
import { foundationModel } from './model-resolver.ts';

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
 * itself knows, else the wildcard alias of another provider that takes it in. Throws `model-not-found`, or `region-not-allowed` for an ARN of a foreign region.
 */
export function resolveModel(name: string, catalogue: Catalogue, regions: RegionPolicy): Resolution {
  const alias = catalogue.aliases.get(catalogue.groupAliases.get(name) ?? name);
  if (alias !== undefined) return { kind: 'alias', alias };
  const id = parseBedrockId(name);
  if (id !== undefined) return direct(id, catalogue, regions);
  const wildcard = narrowestWildcard(name, catalogue);
  if (wildcard !== undefined) return { kind: 'alias', alias: wildcard };
  throw new GatewayError(
    'model-not-found',
    `The model '${shown(name)}' does not exist here. GET /v1/models lists the models this key may use; a Bedrock model id, inference profile or ARN works too.`,
    { param: 'model' },
  );
}

/** Whether Bedrock may be called there. */
export function isAllowedRegion(region: string, { defaultRegion, allowedRegions }: RegionPolicy): boolean {
  return region === defaultRegion || allowedRegions.includes(region);
}

function direct(id: BedrockId, catalogue: Catalogue, regions: RegionPolicy): Resolution {
  const region = id.region ?? regions.defaultRegion;
  if (!isAllowedRegion(region, regions)) {
    throw new GatewayError(
      'region-not-allowed',
      `Models in the region '${region}' cannot be called here. An administrator can add it to BEDROCK_ALLOWED_REGIONS.`,
      { param: 'model' },
    );
  }
  const aliases = aliasesOf(id.modelId, catalogue);
  return {
    kind: 'direct',
    deployment: { provider: 'bedrock', modelId: id.modelId, region, endpoint: undefined },
    aliases,
  };
}

/**
 * The aliases that lead to a model: those that call this very id; else those that call the same model
 * by another name of it (with or without a geography, as an ARN); else the wildcards that take it in.
 */
function aliasesOf(modelId: string, catalogue: Catalogue): ModelAlias[] {
  const all = [...catalogue.aliases.values()];
  const calls = (same: (target: string) => boolean) =>
    all.filter((alias) =>
      alias.deployments.some(({ deployment }) => deployment !== undefined && same(deployment.modelId)),
    );
  const exact = calls((target) => target === modelId);
  if (exact.length > 0) return exact;
  const base = foundationModel(modelId);
  const alike = calls((target) => foundationModel(target) === base);
  if (alike.length > 0) return alike;
  return all.filter((alias) => isBedrockWildcard(alias, modelId)).map(withoutPattern);
}

function isBedrockWildcard(alias: ModelAlias, modelId: string): boolean {
  if (!alias.deployments.some((each) => each.litellmModel.startsWith('bedrock/'))) return false;
  return matchesWildcard(alias.name, modelId) || matchesWildcard(alias.name, `bedrock/${modelId}`);
}

function narrowestWildcard(name: string, catalogue: Catalogue): ModelAlias | undefined {
  return [...catalogue.aliases.values()]
    .filter((alias) => matchesWildcard(alias.name, name))
    .toSorted((a, b) => b.name.length - a.name.length)[0];
}

/** Whether a pattern such as `openai/*` takes in a name; a name without `*` is no pattern. */
export function matchesWildcard(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return false;
  return new RegExp(`^${pattern.split('*').map(escapeRegExp).join('.*')}$`).test(name);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Which model is meant is known now; what else is set on the wildcard holds. */
function withoutPattern(alias: ModelAlias): ModelAlias {
  return { ...alias, settings: alias.settings.filter((each) => each.kind !== 'wildcard-alias') };
}

/** A caller's own text in a message of ours: short, and without control characters. */
function shown(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
}
