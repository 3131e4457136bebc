import { mayUseModel } from '@genai-gateway/governance';
import type { ModelScope, Principal } from '@genai-gateway/identity';
import { type Prompt, type PromptVariant, parsePromptName, promptNames } from '@genai-gateway/prompts';
import type { Catalogue, ModelAlias } from '@genai-gateway/routing';
import { type ModelAccess, mayCallModel } from './admit.ts';

/** The lists of models that must all allow a call. */
export function scopesOf(principal: Principal): readonly ModelScope[] {
  return principal.kind === 'virtual-key' ? principal.key.modelScopes : [];
}

/** Whether every list of models could name a prompt at all: who may call none by its own names has none looked up. */
export function mayNamePrompts(principal: Principal): boolean {
  return scopesOf(principal).every(
    ({ models, groupModels }) =>
      models.length === 0 || [...models, ...groupModels].some((name) => /prompt|\*|^all-/.test(name)),
  );
}

/** The same, with the aliases that lead to prompts. */
export function mayCallPrompts(principal: Principal, catalogue: Catalogue): boolean {
  if (mayNamePrompts(principal)) return true;
  const scopes = scopesOf(principal);
  return [...catalogue.aliases.values()].some(
    (alias) =>
      targetsOf(alias).length > 0 && mayUseModel(scopes, { names: [alias.name], accessGroups: alias.accessGroups }),
  );
}

/**
 * The variants of a prompt that a principal may call, by one of the prompt's names or by an alias that leads to this
 * version of it; none: it may not call the prompt, or no model behind it. The rules are those of a call.
 */
export async function callableVariants(
  principal: Principal,
  prompt: Prompt,
  services: ModelAccess,
  signal: AbortSignal,
): Promise<readonly PromptVariant[]> {
  if (!mayCallPrompt(principal, prompt, services)) return [];
  const usable = prompt.variants.filter(({ template }) => template.kind !== 'unusable');
  const allowed = await Promise.all(
    usable.map(({ model }) => model !== undefined && mayCallModel(principal, model, services, signal)),
  );
  return usable.filter((_variant, at) => allowed[at] === true);
}

function mayCallPrompt(principal: Principal, prompt: Prompt, { catalogue, regions }: ModelAccess): boolean {
  const scopes = scopesOf(principal);
  const may = (shown: string, accessGroups: readonly string[]): boolean =>
    mayUseModel(scopes, {
      names: [shown, ...promptNames(prompt, regions.defaultRegion)].flatMap((each) => [each, `bedrock/${each}`]),
      accessGroups,
    });
  if (may(prompt.arn, [])) return true;
  return [...catalogue().aliases.values()].some(
    (alias) => leadsTo(alias, prompt, regions.defaultRegion) && may(alias.name, alias.accessGroups),
  );
}

function leadsTo(alias: ModelAlias, prompt: Prompt, ownRegion: string): boolean {
  return targetsOf(alias).some((target) => {
    if (target.version !== prompt.version) return false;
    if (target.kind === 'arn') return target.arn === prompt.arn;
    return target.name === prompt.name && prompt.arn.split(':')[3] === ownRegion;
  });
}

/** The prompts behind an alias that leads to nothing else. */
function targetsOf({ deployments }: ModelAlias) {
  const targets = deployments.map(({ deployment }) => named(deployment?.modelId ?? ''));
  return targets.every((each) => each !== undefined) ? targets : [];
}

/** One that is written wrong leads nowhere. */
function named(target: string) {
  if (!target.includes('prompt')) return undefined;
  try {
    return parsePromptName(target);
  } catch {
    return undefined;
  }
}
