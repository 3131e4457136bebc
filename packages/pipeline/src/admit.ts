import { type AdminSetting, GatewayError } from '@genai-gateway/core';
import { type CalledModel, checkModelAccess, mayUseModel, type RequestedModel } from '@genai-gateway/governance';
import type { Principal, VirtualKey } from '@genai-gateway/identity';
import {
  type Catalogue,
  type CatalogueDeployment,
  type Deployment,
  describeReasons,
  type Eligibility,
  eligibility,
  eligibilityWith,
  type ModelAlias,
  type ModelsBehind,
  matchesWildcard,
  modelsOfId,
  type Resolution,
  resolveBehind,
  resolveModel,
} from '@genai-gateway/routing';
import type { Call } from './call.ts';
import type { Services } from './services.ts';

/** Who is calling one of our own model routes. Throws or rejects as `identify`, or with `model-not-allowed`. */
export async function authenticate(call: Call, services: Services): Promise<Principal> {
  const found = identify(call, services);
  const principal = found instanceof Promise ? await found : found;
  checkRoutes(principal, call);
  return principal;
}

/** Who is calling, whatever they may do here. Throws or rejects as `Authenticator.authenticate` does. */
export function identify(call: Call, services: Services): Principal | Promise<Principal> {
  const found = services.authenticator.authenticate(call.credential());
  return found instanceof Promise ? found.then((principal) => noted(call, principal)) : noted(call, found);
}

function noted({ record }: Call, principal: Principal): Principal {
  record.principal = principal;
  return principal;
}

/** LiteLLM's `allowed_routes`: a key made for management calls only must not call models. These name groups of routes. */
const ROUTE_GROUPS: Readonly<Record<Call['dialect'], readonly string[]>> = {
  bedrock: ['llm_api_routes', '/bedrock'],
  openai: ['llm_api_routes', 'openai_routes'],
  anthropic: ['llm_api_routes', 'anthropic_routes'],
};
/** Who may call models may list them. */
const MODELS_ROUTES = ['/v1/models', '/models', '/v1/chat/completions', '/chat/completions'];

function checkRoutes(principal: Principal, call: Call): void {
  if (principal.kind === 'master' || principal.key.allowedRoutes.length === 0) return;
  const { endpoint } = call.record;
  const own = endpoint === undefined ? MODELS_ROUTES : [endpoint, endpoint.replace(/^\/v1(?=\/)/, '')];
  const groups = ROUTE_GROUPS[call.dialect];
  const isAllowed = (route: string): boolean =>
    route === '*' ||
    groups.includes(route) ||
    own.includes(route) ||
    (route.endsWith('/*') && own.some((each) => each.startsWith(route.slice(0, -1))));
  if (principal.key.allowedRoutes.some(isAllowed)) return;
  throw new GatewayError(
    'model-not-allowed',
    'This API key has no permission to call models on this route. Ask your administrator for a key whose allowed_routes include llm_api_routes.',
  );
}

/** What tells whether a principal may call a model. */
export type ModelAccess = Pick<Services, 'catalogue' | 'regions' | 'models'>;

/** Whether a principal may call a model by this name, by the rules of `admit`; whether anybody can serve it is left open. */
export async function mayCallModel(
  principal: Principal,
  requested: string,
  services: ModelAccess,
  signal: AbortSignal,
): Promise<boolean> {
  if (principal.kind === 'master' || principal.key.modelScopes.length === 0) return true;
  const { key } = principal;
  const catalogue = services.catalogue();
  if (isTeamModel(requested, key, catalogue)) {
    return mayUseModel(key.modelScopes, { names: [requested], accessGroups: [] });
  }
  const name = aliasFor(requested, key);
  const known = know(name, catalogue, services);
  const behind = await modelsBehind(known, services, signal);
  return mayUseModel(key.modelScopes, requestedModel(requested, key, name, known, behind));
}

/** Who serves a call: the hot path, or LiteLLM because of settings that only LiteLLM holds. */
export type Admission = HotPathAdmission | LitellmAdmission;

/** What the hot path serves. */
export interface HotPathAdmission {
  readonly eligible: true;
  readonly deployment: Deployment;
  /** The row of the model list behind the alias; undefined for a model called by its own id. */
  readonly row: CatalogueDeployment | undefined;
  /** Every name under which a limit or a budget per model may know what is called. */
  readonly models: readonly CalledModel[];
  /** Ids of the models that do the work, by which the call is priced; empty: nobody can tell. */
  readonly modelIds: readonly string[];
}

/** What LiteLLM serves, and why it is not the hot path. */
export interface LitellmAdmission {
  readonly eligible: false;
  /** The name by which LiteLLM knows the model. */
  readonly litellmModel: string;
  /** The alias that LiteLLM can also serve in Bedrock's own API, byte for byte; undefined: there is none. */
  readonly nativeAlias: string | undefined;
  /** Ids of the models that do the work, of those that Bedrock knows; empty: nobody can tell. */
  readonly modelIds: readonly string[];
  readonly reasons: readonly AdminSetting[];
}

/**
 * Decides who serves a name for a principal. `named`: what is set for what the call itself names. Rejects with
 * `model-not-allowed` before it says whether the model exists, `model-not-found`, `region-not-allowed`, or
 * `not-on-hot-path` when an administrator's setting asks for something that only LiteLLM does, and LiteLLM cannot
 * serve the call.
 */
export async function admit(
  call: Call,
  services: Services,
  principal: Principal,
  requested: string,
  named: readonly AdminSetting[],
): Promise<Admission> {
  call.record.requestedModel = requested;
  const catalogue = services.catalogue();
  const key = principal.kind === 'virtual-key' ? principal.key : undefined;
  if (key !== undefined && isTeamModel(requested, key, catalogue))
    return admitTeamModel(call, services, requested, key);
  const name = key === undefined ? requested : aliasFor(requested, key);
  const known = know(name, catalogue, services);
  const found = modelsBehind(known, services, call.signal);
  const behind = found instanceof Promise ? await found : found;
  if (key !== undefined && key.modelScopes.length > 0) {
    checkModelAccess(key.modelScopes, requestedModel(requested, key, name, known, behind));
  }
  if (known instanceof GatewayError) throw known;
  if (behind instanceof GatewayError) throw behind;

  const { resolution } = known;
  // What is set on a model holds for a profile or a router that leads to it.
  const others = leadsElsewhere(resolution)
    ? resolveBehind(resolution, behind?.modelIds ?? [], catalogue, services.regions)
    : [];
  const verdict =
    others.length === 0 && named.length === 0 && (key === undefined || key.settings.length === 0)
      ? known.plainVerdict
      : eligibilityWith(resolution, others, catalogue, [...(key?.settings ?? []), ...named]);
  if (verdict.eligible) {
    call.record.deployment = verdict.deployment;
    const { deployment, row } = verdict;
    const groups = key === undefined ? [] : bookedGroups(key, [resolution, ...others], catalogue);
    if (groups.length > 0) call.record.accessGroups = groups;
    return {
      eligible: true,
      deployment,
      row,
      models:
        others.length === 0 ? known.models : [known.models, ...others.map((each) => calledModels(name, each))].flat(),
      modelIds: behind?.modelIds ?? [],
    };
  }
  call.record.ineligible = describeReasons(verdict.reasons);
  const litellmModel = services.litellm === undefined ? undefined : nameForLitellm(requested, resolution, key);
  if (litellmModel !== undefined) {
    const { reasons } = verdict;
    return {
      eligible: false,
      litellmModel,
      nativeAlias: nativeAlias(litellmModel, resolution, reasons),
      modelIds: behind?.modelIds ?? [],
      reasons,
    };
  }
  throw notOnHotPath(requested, call.record.ineligible);
}

/**
 * What LiteLLM also holds for calls in Bedrock's own API. The rest it applies to its own requests only:
 * parameters, caches and fallbacks to other providers would be lost, and guardrails look for OpenAI's messages.
 * Source: LiteLLM 1.106.2, proxy/pass_through_endpoints/llm_passthrough_endpoints.py and router.py, and tried,
 * https://github.com/BerriAI/litellm (read 2026-11-23).
 */
const heldNatively: ReadonlySet<AdminSetting['kind']> = new Set([
  'budget',
  'model-budget',
  'rate-limit',
  'model-rate-limit',
  'parallel-limit',
  'several-deployments',
  'callbacks',
  'credentials',
]);

function nativeAlias(
  litellmModel: string,
  resolution: Resolution,
  reasons: readonly AdminSetting[],
): string | undefined {
  const aliases = resolution.kind === 'alias' ? [resolution.alias] : resolution.aliases;
  const alias = aliases.find(({ name }) => resolution.kind === 'alias' || name === litellmModel);
  if (alias === undefined || !/^[A-Za-z0-9._-]+$/.test(alias.name)) return undefined;
  const isBedrock = alias.deployments.every(({ deployment }) => deployment !== undefined);
  return isBedrock && reasons.every(({ kind }) => heldNatively.has(kind)) ? alias.name : undefined;
}

/** A team's own model goes before an alias of the same name, and only LiteLLM knows what is behind it. */
export function isTeamModel(requested: string, { teamId }: VirtualKey, catalogue: Catalogue): boolean {
  const models = teamId === undefined ? undefined : catalogue.teamModels.get(teamId);
  if (models === undefined) return false;
  return models.has(requested) || [...models].some((pattern) => matchesWildcard(pattern, requested));
}

function admitTeamModel(call: Call, services: Services, requested: string, key: VirtualKey): Admission {
  checkModelAccess(key.modelScopes, { names: [requested], accessGroups: [] });
  const reasons: readonly AdminSetting[] = [{ scope: 'team', kind: 'team-model', name: 'a model of its own' }];
  call.record.ineligible = describeReasons(reasons);
  if (services.litellm === undefined) throw notOnHotPath(requested, call.record.ineligible);
  return { eligible: false, litellmModel: requested, nativeAlias: undefined, modelIds: [], reasons };
}

/** The refusal of a call that nobody here can serve as an administrator wants it; `reasons` in words. */
export function notOnHotPath(requested: string, reasons: string): GatewayError {
  return new GatewayError(
    'not-on-hot-path',
    `The model '${requested.slice(0, 200)}' cannot be served here for this key, because what an administrator has set would not be held: ${reasons}. Remove the setting, or use a key or model without it.`,
    { param: 'model' },
  );
}

/**
 * LiteLLM resolves the names of teams, keys and aliases by itself, so it gets the caller's own; a model
 * id of Bedrock's it knows only by an alias for that very id, which the key must be allowed, or by a
 * wildcard. Undefined: not at all.
 */
function nameForLitellm(requested: string, resolution: Resolution, key: VirtualKey | undefined): string | undefined {
  if (resolution.kind === 'alias') return requested;
  const { modelId } = resolution.deployment;
  const isSame = (alias: ModelAlias): boolean =>
    alias.deployments.some(({ deployment }) => deployment?.modelId === modelId);
  const isAllowed = ({ name, accessGroups }: ModelAlias): boolean =>
    mayUseModel(key?.modelScopes ?? [], { names: [name], accessGroups });
  const alias = resolution.aliases.find((each) => isSame(each) && isAllowed(each));
  if (alias !== undefined) return alias.name;
  return resolution.aliases.some(({ name }) => name.includes('*')) ? `bedrock/${modelId}` : undefined;
}

/** The name by which LiteLLM knows a model that the hot path could serve as well; undefined: it knows none. */
export function litellmNameOf(requested: string, principal: Principal, services: Services): string | undefined {
  const key = principal.kind === 'virtual-key' ? principal.key : undefined;
  const name = key === undefined ? requested : aliasFor(requested, key);
  return nameForLitellm(requested, resolveModel(name, services.catalogue(), services.regions), key);
}

/** LiteLLM applies the team's own names first, then the key's. */
export function aliasFor(requested: string, key: VirtualKey): string {
  const byTeam = Object.hasOwn(key.teamAliases, requested) ? key.teamAliases[requested] : undefined;
  const name = byTeam ?? requested;
  const byKey = Object.hasOwn(key.keyAliases, name) ? key.keyAliases[name] : undefined;
  return byKey ?? name;
}

/** What a name stands for, the verdict on it for a caller without settings of its own, and how limits know it. */
interface Known {
  readonly resolution: Resolution;
  readonly plainVerdict: Eligibility;
  readonly models: readonly CalledModel[];
}

/** By name, for as long as a catalogue lives: every request after the first is a look-up. */
const knownNames = new WeakMap<Catalogue, Map<string, Known>>();
const MAX_KNOWN_NAMES = 10_000;

function know(name: string, catalogue: Catalogue, services: ModelAccess): Known | GatewayError {
  let names = knownNames.get(catalogue);
  if (names === undefined) {
    names = new Map();
    knownNames.set(catalogue, names);
  }
  const known = names.get(name);
  if (known !== undefined) return known;
  try {
    const resolution = resolveModel(name, catalogue, services.regions);
    const plainVerdict = eligibility(resolution, catalogue, []);
    const made: Known = { resolution, plainVerdict, models: calledModels(name, resolution) };
    if (names.size >= MAX_KNOWN_NAMES) names.clear();
    names.set(name, made);
    return made;
  } catch (error) {
    // Held back until the key's access has been checked: who may not use it learns no more than that.
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

/** What does the work behind a name: Bedrock is asked where an ARN does not say it. An error is held back as in `know`. */
function modelsBehind(
  known: Known | GatewayError,
  services: ModelAccess,
  signal: AbortSignal,
): ModelsBehind | GatewayError | undefined | Promise<ModelsBehind | GatewayError | undefined> {
  if (known instanceof GatewayError) return undefined;
  const { resolution } = known;
  const deployment = resolution.kind === 'direct' ? resolution.deployment : resolution.alias.deployments[0]?.deployment;
  if (deployment === undefined) return undefined;
  try {
    const found = services.models.resolve(deployment.modelId, signal);
    return found instanceof Promise ? found.catch(heldBack) : found;
  } catch (error) {
    return heldBack(error);
  }
}

function heldBack(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  throw error;
}

/** Whether it is called by an ARN that only Bedrock can say the models of. */
function leadsElsewhere(resolution: Resolution): boolean {
  return resolution.kind === 'direct' && modelsOfId(resolution.deployment.modelId) === undefined;
}

/**
 * The access groups that a call is booked on: those of the model that lists of models behind the key name. A model that
 * is called by its own id counts as every alias that leads to it too, so that the id dodges no budget.
 * Source: LiteLLM 1.106.2, proxy/auth/auth_checks.py (collect_matched_model_access_groups),
 * https://github.com/BerriAI/litellm (read 2026-11-23).
 */
export function bookedGroups(
  { grantedNames }: VirtualKey,
  resolutions: readonly Resolution[],
  catalogue: Catalogue,
): readonly string[] {
  if (catalogue.bookedGroups.size === 0) return [];
  const aliases = resolutions.flatMap((each) => (each.kind === 'alias' ? [each.alias] : each.aliases));
  const groups = new Set(aliases.flatMap(({ accessGroups }) => accessGroups));
  return [...groups].filter((group) => catalogue.bookedGroups.has(group) && grantedNames.includes(group)).toSorted();
}

function calledModels(name: string, resolution: Resolution): readonly CalledModel[] {
  if (resolution.kind === 'alias') return [{ requested: name, group: resolution.alias.name }];
  const { modelId } = resolution.deployment;
  return [
    { requested: modelId, group: modelId },
    ...resolution.aliases.map((alias) => ({ requested: alias.name, group: alias.name })),
  ];
}

function namesOfId(modelId: string): readonly string[] {
  return [modelId, `bedrock/${modelId}`];
}

/**
 * Every name that an allow-list may know the model by. A team's own name counts beside what it stands
 * for; a key's own name does not, as in LiteLLM.
 */
function requestedModel(
  requested: string,
  key: VirtualKey,
  name: string,
  known: Known | GatewayError,
  behind: ModelsBehind | GatewayError | undefined,
): RequestedModel {
  const names = [name];
  if (requested !== name && Object.hasOwn(key.teamAliases, requested)) names.push(requested);
  if (known instanceof GatewayError) return { names, accessGroups: [] };
  const { resolution } = known;
  if (resolution.kind === 'direct') {
    const model = { names: namesOfId(resolution.deployment.modelId), accessGroups: [] };
    if (behind === undefined || behind instanceof GatewayError || !leadsElsewhere(resolution)) return model;
    return { ...model, behind: behind.modelIds.map(namesOfId) };
  }
  if (resolution.alias.name !== name) names.push(resolution.alias.name);
  return { names, accessGroups: resolution.alias.accessGroups };
}
