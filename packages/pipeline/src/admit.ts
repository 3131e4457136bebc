import { GatewayError } from '@genai-gateway/core';
import { checkModelAccess, type RequestedModel } from '@genai-gateway/governance';
import type { Principal, VirtualKey } from '@genai-gateway/identity';
import {
  type Catalogue,
  type Deployment,
  describeReasons,
  eligibility,
  type Resolution,
  resolveModel,
} from '@genai-gateway/routing';
import type { Call } from './call.ts';
import type { Services } from './services.ts';

/** Who is calling. Throws or rejects as `Authenticator.authenticate` does. */
export async function authenticate(call: Call, services: Services): Promise<Principal> {
  const found = services.authenticator.authenticate(call.credential());
  const principal = found instanceof Promise ? await found : found;
  call.record.principal = principal;
  checkRoutes(principal, call);
  return principal;
}

/** LiteLLM's `allowed_routes`: a key made for management calls only must not call models. */
const MODEL_ROUTE_GROUPS: Readonly<Record<Call['dialect'], readonly string[]>> = {
  bedrock: ['llm_api_routes', '/bedrock', '/bedrock/*'],
  openai: ['llm_api_routes', 'openai_routes', '/v1/*', '/chat/completions', '/v1/chat/completions'],
};

function checkRoutes(principal: Principal, call: Call): void {
  if (principal.kind === 'master' || principal.key.allowedRoutes.length === 0) return;
  const groups = MODEL_ROUTE_GROUPS[call.dialect];
  if (principal.key.allowedRoutes.some((route) => route === '*' || route === '/*' || groups.includes(route))) return;
  throw new GatewayError(
    'model-not-allowed',
    'This API key has no permission to call models on this route. Ask your administrator for a key whose allowed_routes include llm_api_routes.',
  );
}

/**
 * The deployment that serves a name for a principal. Throws `model-not-allowed` before it says
 * whether the model exists, `model-not-found`, `region-not-allowed`, or `not-on-hot-path` when an
 * administrator's setting asks for something that only LiteLLM does.
 */
export function admit(call: Call, services: Services, principal: Principal, requested: string): Deployment {
  call.record.requestedModel = requested;
  const catalogue = services.catalogue();
  const key = principal.kind === 'virtual-key' ? principal.key : undefined;
  const name = key === undefined ? requested : aliasFor(requested, key);
  const resolution = resolutionOf(name, catalogue, services);
  if (key !== undefined) checkModelAccess(key.modelScopes, requestedModel(requested, name, resolution));
  if (resolution instanceof GatewayError) throw resolution;

  const verdict = eligibility(resolution, catalogue, key?.settings ?? []);
  if (verdict.eligible) {
    call.record.deployment = verdict.deployment;
    return verdict.deployment;
  }
  const reasons = describeReasons(verdict.reasons);
  call.record.ineligible = reasons;
  throw new GatewayError(
    'not-on-hot-path',
    `The model '${requested.slice(0, 200)}' cannot be served here for this key, because what an administrator has set would not be held: ${reasons}. Remove the setting, or use a key or model without it.`,
    { param: 'model' },
  );
}

/** LiteLLM applies the team's own names first, then the key's. */
function aliasFor(requested: string, key: VirtualKey): string {
  const byTeam = Object.hasOwn(key.teamAliases, requested) ? key.teamAliases[requested] : undefined;
  const name = byTeam ?? requested;
  const byKey = Object.hasOwn(key.keyAliases, name) ? key.keyAliases[name] : undefined;
  return byKey ?? name;
}

/** Resolutions by name for as long as a catalogue lives: every request after the first is a look-up. */
const resolutions = new WeakMap<Catalogue, Map<string, Resolution>>();
const MAX_RESOLUTIONS = 10_000;

function resolutionOf(name: string, catalogue: Catalogue, services: Services): Resolution | GatewayError {
  let known = resolutions.get(catalogue);
  if (known === undefined) {
    known = new Map();
    resolutions.set(catalogue, known);
  }
  const cached = known.get(name);
  if (cached !== undefined) return cached;
  try {
    const resolution = resolveModel(name, catalogue, services.regions);
    if (known.size >= MAX_RESOLUTIONS) known.clear();
    known.set(name, resolution);
    return resolution;
  } catch (error) {
    // Held back until the key's access has been checked: who may not use it learns no more than that.
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

/** Every name that an allow-list may know the model by. */
function requestedModel(requested: string, name: string, resolution: Resolution | GatewayError): RequestedModel {
  const names = name === requested ? [requested] : [name];
  if (resolution instanceof GatewayError) return { names, accessGroups: [] };
  if (resolution.kind === 'direct') {
    const { modelId } = resolution.deployment;
    return { names: [modelId, `bedrock/${modelId}`], accessGroups: [] };
  }
  if (resolution.alias.name !== name) names.push(resolution.alias.name);
  return { names, accessGroups: resolution.alias.accessGroups };
}
