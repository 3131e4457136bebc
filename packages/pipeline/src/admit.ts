import { GatewayError } from '@genai-gateway/core';
import { checkModelAccess, type RequestedModel } from '@genai-gateway/governance';
import type { Principal, VirtualKey } from '@genai-gateway/identity';
import {
  type Catalogue,
  type Deployment,
  describeReasons,
  type Eligibility,
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
  const known = know(name, catalogue, services);
  if (key !== undefined && key.modelScopes.length > 0) {
    checkModelAccess(key.modelScopes, requestedModel(requested, key, name, known));
  }
  if (known instanceof GatewayError) throw known;

  const verdict =
    key === undefined || key.settings.length === 0
      ? known.plainVerdict
      : eligibility(known.resolution, catalogue, key.settings);
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

/** What a name stands for, and the verdict on it for a caller without settings of its own. */
interface Known {
  readonly resolution: Resolution;
  readonly plainVerdict: Eligibility;
}

/** By name, for as long as a catalogue lives: every request after the first is a look-up. */
const knownNames = new WeakMap<Catalogue, Map<string, Known>>();
const MAX_KNOWN_NAMES = 10_000;

function know(name: string, catalogue: Catalogue, services: Services): Known | GatewayError {
  let names = knownNames.get(catalogue);
  if (names === undefined) {
    names = new Map();
    knownNames.set(catalogue, names);
  }
  const known = names.get(name);
  if (known !== undefined) return known;
  try {
    const resolution = resolveModel(name, catalogue, services.regions);
    const made: Known = { resolution, plainVerdict: eligibility(resolution, catalogue, []) };
    if (names.size >= MAX_KNOWN_NAMES) names.clear();
    names.set(name, made);
    return made;
  } catch (error) {
    // Held back until the key's access has been checked: who may not use it learns no more than that.
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

/**
 * Every name that an allow-list may know the model by. A team's own name counts beside what it stands
 * for; a key's own name does not, as in LiteLLM.
 */
function requestedModel(requested: string, key: VirtualKey, name: string, known: Known | GatewayError): RequestedModel {
  const names = [name];
  if (requested !== name && Object.hasOwn(key.teamAliases, requested)) names.push(requested);
  if (known instanceof GatewayError) return { names, accessGroups: [] };
  const { resolution } = known;
  if (resolution.kind === 'direct') {
    const { modelId } = resolution.deployment;
    return { names: [modelId, `bedrock/${modelId}`], accessGroups: [] };
  }
  if (resolution.alias.name !== name) names.push(resolution.alias.name);
  return { names, accessGroups: resolution.alias.accessGroups };
}
