import type { Principal } from '@genai-gateway/identity';
import { type Resolution, resolveModel } from '@genai-gateway/routing';
import { aliasFor } from './admit.ts';
import type { Services } from './services.ts';

/**
 * The longest input that the model behind a name reads, in tokens: of several deployments the shortest, because any of
 * them may get the call. Undefined: nobody knows.
 */
export function contextTokensOf(requested: string, principal: Principal, services: Services): number | undefined {
  const name = principal.kind === 'virtual-key' ? aliasFor(requested, principal.key) : requested;
  const resolution = resolved(name, services);
  if (resolution === undefined) return undefined;
  const { prices } = services;
  if (resolution.kind === 'direct') return prices.contextTokens(resolution.deployment.modelId);
  const { alias } = resolution;
  const known = alias.deployments.flatMap(({ maxInputTokens, litellmModel }) => {
    // A pattern says nothing of the models that it takes in.
    const model = litellmModel.includes('*') ? name : litellmModel;
    return maxInputTokens ?? prices.contextTokens(model) ?? [];
  });
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Undefined for a name that only LiteLLM knows. */
function resolved(name: string, { catalogue, regions }: Services): Resolution | undefined {
  try {
    return resolveModel(name, catalogue(), regions);
  } catch {
    return undefined;
  }
}
