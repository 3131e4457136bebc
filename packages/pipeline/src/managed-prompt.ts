import { GatewayError, noAllowance } from '@genai-gateway/core';
import { type CalledModel, checkModelAccess } from '@genai-gateway/governance';
import type { Principal } from '@genai-gateway/identity';
import {
  chooseByWeight,
  chooseVariant,
  modelOfVariant,
  type Prompt,
  type PromptName,
  parsePromptName,
  parsePromptVariables,
  promptNames,
  type RenderedPrompt,
  renderPrompt,
} from '@genai-gateway/prompts';
import { type Catalogue, describeReasons, eligibility, isAllowedRegion, type ModelAlias } from '@genai-gateway/routing';
import { type Admission, aliasFor, bookedGroups, isTeamModel, notOnHotPath } from './admit.ts';
import type { Call, Named } from './call.ts';
import type { GatewayFields } from './gateway-fields.ts';
import { mayNamePrompts, scopesOf } from './prompt-access.ts';
import type { Services } from './services.ts';
import type { SessionOfCall } from './session-of-call.ts';

/** A managed prompt that a call goes by: the variant that was chosen, with its variables filled in. */
export interface PromptOfCall {
  readonly rendered: RenderedPrompt;
  /** What the variant is made for, by a name that `admit` takes. */
  readonly model: string;
  /** Every name under which a limit or a budget per model may know the prompt. */
  readonly names: readonly CalledModel[];
  /** Access groups that let the call to the prompt through and that it is booked on. */
  readonly accessGroups: readonly string[];
  /** By which Bedrock itself makes the same of it; undefined: it does not know the model, or would take another variant. */
  readonly bedrocksOwn: { readonly modelId: string; readonly region: string } | undefined;
}

/** What a prompt is called with. */
export interface PromptCall {
  readonly requested: string;
  readonly fields: GatewayFields;
  readonly session: Pick<SessionOfCall, 'sessionId'>;
  readonly named: Named;
}

/**
 * The managed prompt that a name stands for, ready to be called; undefined for the name of a model, which costs a
 * look-up. Rejects with `model-not-allowed` before it says whether there is such a prompt, `prompt-not-found`,
 * `prompts-unavailable`, `region-not-allowed`, `not-on-hot-path` for an alias with settings that are not held for
 * prompts, or `invalid-request` for variables that are not those of the prompt.
 */
export function promptOf(
  call: Call,
  services: Services,
  principal: Principal,
  asked: PromptCall,
): PromptOfCall | undefined | Promise<PromptOfCall> {
  const found = named(services.catalogue(), principal, asked.requested);
  if (found !== undefined) return load(call, services, principal, asked, found);
  if (asked.fields.promptVariables === undefined || isEmpty(asked.fields.promptVariables)) return undefined;
  throw new GatewayError(
    'invalid-request',
    '`promptVariables` fill in a managed prompt, and this model is none. Leave them out, or name a prompt as the model.',
    { param: 'promptVariables' },
  );
}

/** A name of a prompt, or of several of which each call gets one, and the alias that leads there. */
interface NamedPrompt {
  /** As lists of models know it. */
  readonly shown: string;
  readonly prompts: readonly WeightedPrompt[];
  readonly alias: ModelAlias | undefined;
}

interface WeightedPrompt {
  readonly name: PromptName;
  /** As it is written in the list of models. */
  readonly target: string;
  readonly weight: number;
}

function named(catalogue: Catalogue, principal: Principal, requested: string): NamedPrompt | undefined {
  const key = principal.kind === 'virtual-key' ? principal.key : undefined;
  if (key !== undefined && isTeamModel(requested, key, catalogue)) return undefined;
  const shown = key === undefined ? requested : aliasFor(requested, key);
  const alias = catalogue.aliases.get(catalogue.groupAliases.get(shown) ?? shown);
  const targets =
    alias === undefined
      ? [{ target: shown, weight: 1 }]
      : alias.deployments.map(({ deployment, weight = 1 }) => ({ target: deployment?.modelId ?? '', weight }));
  const prompts = targets.map((each) => ({ ...each, name: promptNameIn(each.target) }));
  return prompts.every(isPrompt) && prompts.length > 0 ? { shown, prompts, alias } : undefined;
}

function promptNameIn(target: string): PromptName | undefined {
  // Nearly every call names a model.
  if (!target.includes('prompt')) return undefined;
  return parsePromptName(target);
}

function isPrompt(each: { readonly name: PromptName | undefined }): each is WeightedPrompt {
  return each.name !== undefined;
}

async function load(
  call: Call,
  services: Services,
  principal: Principal,
  asked: PromptCall,
  found: NamedPrompt,
): Promise<PromptOfCall> {
  const { shown, prompts, alias } = found;
  const { record, reply, signal } = call;
  record.requestedModel = asked.requested;
  const caller = stickTo(asked, principal);
  const name = prompts.length === 1 ? prompts[0]?.name : chooseByWeight(prompts, ({ target }) => target, caller)?.name;
  if (name === undefined) throw nothingToChoose(asked.requested);
  const region = name.kind === 'arn' ? name.region : services.regions.defaultRegion;
  if (alias === undefined && !mayNamePrompts(principal))
    checkModelAccess(scopesOf(principal), { names: [shown], accessGroups: [] });
  const prompt = regionRefused(region, services) ?? (await promptNamed(name, services, signal));
  const names =
    prompt instanceof GatewayError ? [shown] : [shown, ...promptNames(prompt, services.regions.defaultRegion)];
  const known = names.flatMap((each) => [each, `bedrock/${each}`]);
  checkModelAccess(scopesOf(principal), { names: known, accessGroups: alias?.accessGroups ?? [] });
  if (prompt instanceof GatewayError) throw prompt;
  checkAlias(alias, asked.requested, services, call);
  const { fields } = asked;
  const { variant, how } = chooseVariant(prompt, { name: fields.promptVariant, stickTo: caller });
  record.prompt = { promptId: prompt.promptId, version: prompt.version, variant: variant.name };
  reply.announce({ 'x-gateway-prompt': `${prompt.name}:${prompt.version}`, 'x-gateway-prompt-variant': variant.name });
  const variables = parsePromptVariables(fields.promptVariables, 'promptVariables');
  return {
    rendered: renderPrompt(prompt, variant, variables),
    model: modelOfVariant(variant),
    names: [
      { requested: shown, group: alias?.name ?? shown },
      ...names.slice(1).map((each) => ({ requested: each, group: each })),
    ],
    accessGroups:
      alias === undefined || principal.kind !== 'virtual-key'
        ? []
        : bookedGroups(principal.key, [{ kind: 'alias', alias }], services.catalogue()),
    bedrocksOwn: how === 'default' && !variant.isRedirected ? { modelId: arnOf(prompt), region } : undefined,
  };
}

/**
 * The admission of a call that goes by a prompt: limits and budgets that name the prompt hold beside those of the model
 * behind it. LiteLLM knows no prompts, so throws `not-on-hot-path` where it serves the model and would not hold them.
 */
export function admittedBy(call: Call, principal: Principal, prompt: PromptOfCall, admission: Admission): Admission {
  if (!admission.eligible) {
    checkHeldByLitellm(call, principal, prompt);
    return admission;
  }
  const { record } = call;
  if (prompt.accessGroups.length > 0) {
    record.accessGroups = [...new Set([...(record.accessGroups ?? []), ...prompt.accessGroups])];
  }
  return { ...admission, models: [...admission.models, ...prompt.names] };
}

/** LiteLLM knows no prompts. Throws `not-on-hot-path` where it would not hold what is set for this one. */
function checkHeldByLitellm(call: Call, principal: Principal, { names, accessGroups }: PromptOfCall): void {
  const { limits, budgets } = principal.kind === 'virtual-key' ? principal.key.allowance : noAllowance;
  const isOfPrompt = ({ model }: { readonly model: string | undefined }): boolean =>
    names.some(({ requested, group }) => requested === model || group === model);
  const unheld = [...limits, ...budgets].find(isOfPrompt);
  if (unheld === undefined && accessGroups.length === 0) return;
  const [{ requested } = { requested: '' }] = names;
  call.record.ineligible = `${unheld?.scope ?? 'access group'} limit or budget of the prompt`;
  throw notOnHotPath(requested, call.record.ineligible);
}

/** As Bedrock takes it: the draft has no version in its ARN. */
function arnOf({ arn, version }: Prompt): string {
  return version === 'DRAFT' ? arn : `${arn}:${version}`;
}

/** Callers of one session, else of one end user, user or key, get the same variant for as long as the shares are the same. */
function stickTo({ fields, session, named }: PromptCall, principal: Principal): string {
  if (fields.sessionId !== undefined || fields.enableHistory) return session.sessionId;
  const key = principal.kind === 'virtual-key' ? principal.key : undefined;
  return named.endUserId ?? key?.userId ?? key?.keyHash ?? 'master';
}

/** Held back like other errors; nothing is asked of a region that may not be called. */
function regionRefused(region: string, { regions }: Services): GatewayError | undefined {
  if (isAllowedRegion(region, regions)) return undefined;
  return new GatewayError(
    'region-not-allowed',
    `Prompts in the region '${region}' cannot be called here. An administrator can add it to BEDROCK_ALLOWED_REGIONS.`,
    { param: 'model' },
  );
}

/** LiteLLM cannot call prompts, so what only LiteLLM holds would be lost on an alias of one. */
function checkAlias(alias: ModelAlias | undefined, requested: string, services: Services, call: Call): void {
  if (alias === undefined) return;
  const catalogue = { ...services.catalogue(), settings: [] };
  const reasons = alias.deployments.flatMap((each) => {
    const verdict = eligibility({ kind: 'alias', alias: { ...alias, deployments: [each] } }, catalogue, []);
    return verdict.eligible ? [] : verdict.reasons;
  });
  if (reasons.length === 0) return;
  call.record.ineligible = describeReasons(reasons);
  throw notOnHotPath(requested, call.record.ineligible);
}

function nothingToChoose(requested: string): GatewayError {
  return new GatewayError(
    'model-not-found',
    `None of the prompts behind '${requested.slice(0, 200)}' has a share of the calls. An administrator can give one a weight above 0.`,
    { param: 'model' },
  );
}

function isEmpty(value: unknown): boolean {
  return value !== null && typeof value === 'object' && Object.keys(value).length === 0;
}

/** An error is held back until the key's access has been checked. */
async function promptNamed(
  name: PromptName,
  { prompts }: Services,
  signal: AbortSignal,
): Promise<Prompt | GatewayError> {
  try {
    return await prompts.find(name, signal);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}
