import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { callersRegion, geographies, profileOf } from './geographies.ts';
import type { ListedModels } from './model-list.ts';

/** Where Bedrock is called, and whose account's resources it is about. */
export interface Place {
  readonly partition: string;
  readonly account: string;
  /** The deployment's own first. */
  readonly regions: readonly string[];
}

/** Converse and its stream are checked as these two. */
const invoke = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];
const countTokens = ['bedrock:CountTokens'];

/** An ARN of the account; `*` for the id stands for all of that kind. */
function ownArn({ partition, account }: Place, region: string, resource: string): string {
  return `arn:${partition}:bedrock:${region}:${account}:${resource}`;
}

function modelArn({ partition }: Place, region: string, modelId: string): string {
  return `arn:${partition}:bedrock:${region}::foundation-model/${modelId}`;
}

/**
 * What a role needs to call the models of a list: each model by its name, each inference profile by its name, and the
 * models behind profiles only when they are called through one of those profiles.
 * Throws where the list stands for every model, which has no names.
 */
export function callListedModels(models: ListedModels, place: Place): readonly PolicyStatement[] {
  const [wild] = models.everyModel;
  if (wild !== undefined) {
    throw new Error(
      `The model list has ${wild}, which stands for every model of Bedrock. Name its models, or set BEDROCK_MODEL_ACCESS=all-foundation-models.`,
    );
  }
  const called = models.bedrockIds.flatMap(({ id, region }) =>
    (region === undefined ? place.regions : [region]).map((from) => ({ id, from, profile: profileOf(id) })),
  );
  const direct = called.flatMap(({ id, from, profile }) => (profile === undefined ? [modelArn(place, from, id)] : []));
  const profiles = called.flatMap(({ id, from, profile }) =>
    profile === undefined
      ? []
      : [{ arn: ownArn(place, from, `inference-profile/${id}`), models: modelsBehind(place, from, profile) }],
  );
  const counted = called.map(({ id, from, profile }) => modelArn(place, from, profile?.modelId ?? id));
  return [
    ...allow(invoke, direct),
    ...allow(
      invoke,
      profiles.map(({ arn }) => arn),
    ),
    ...inParts(profiles, PROFILES_PER_STATEMENT).map((part) =>
      only(
        invoke,
        part.flatMap((each) => each.models),
        part.map(({ arn }) => arn),
      ),
    ),
    ...allow(countTokens, counted),
    ...callArns(models.bedrockArns, place),
  ];
}

function modelsBehind(
  place: Place,
  from: string,
  { geography, modelId }: { readonly geography: string; readonly modelId: string },
): readonly string[] {
  const regions = geographies[geography] ?? [];
  return regions.map((region) => modelArn(place, region === callersRegion ? from : region, modelId));
}

/**
 * ARNs of application profiles and prompt routers hide the models behind them, which are checked too: those are allowed
 * through that very ARN alone. Other ARNs are what is called.
 */
function callArns(arns: readonly string[], place: Place): readonly PolicyStatement[] {
  const anyModel = [`arn:${place.partition}:bedrock:*::foundation-model/*`];
  const hiding = (kind: string) => arns.filter((arn) => arn.includes(`:${kind}/`));
  const profiles = hiding('application-inference-profile');
  const routers = [...hiding('prompt-router'), ...hiding('default-prompt-router')];
  return [
    ...allow(
      invoke,
      arns.filter((arn) => !arn.includes(':prompt/')),
    ),
    ...(profiles.length === 0 ? [] : [only(invoke, anyModel, profiles)]),
    ...(routers.length === 0 ? [] : [only(invoke, anyModel, routers, 'bedrock:PromptRouterArn')]),
  ];
}

/** The switch: every foundation model of the place's regions, every profile and own model of the account in them. */
export function callAllModels(place: Place): readonly PolicyStatement[] {
  const own = (...kinds: readonly string[]) =>
    place.regions.flatMap((region) => kinds.map((kind) => ownArn(place, region, `${kind}/*`)));
  const models = place.regions.map((region) => modelArn(place, region, '*'));
  const profiles = own('inference-profile', 'application-inference-profile');
  const routers = own('prompt-router', 'default-prompt-router');
  const elsewhere = [modelArn(place, '*', '*')];
  return [
    ...allow(invoke, [
      ...models,
      ...profiles,
      ...routers,
      ...own('provisioned-model', 'custom-model-deployment', 'imported-model'),
    ]),
    only(invoke, elsewhere, profiles),
    only(invoke, elsewhere, routers, 'bedrock:PromptRouterArn'),
    ...allow(countTokens, models),
  ];
}

/** Guardrails of the account, which a call names. */
export function applyGuardrails(place: Place): readonly PolicyStatement[] {
  return allow(
    ['bedrock:ApplyGuardrail'],
    place.regions.flatMap((region) =>
      ['guardrail/*', 'guardrail-profile/*'].map((each) => ownArn(place, region, each)),
    ),
  );
}

/** Managed prompts of the account: read by the gateway, rendered by Bedrock, and listed by name in the own region. */
export function usePrompts(place: Place): readonly PolicyStatement[] {
  return [
    ...allow(
      ['bedrock:GetPrompt', 'bedrock:RenderPrompt'],
      place.regions.map((region) => ownArn(place, region, 'prompt/*')),
    ),
    // A list of all prompts names none of them.
    new PolicyStatement({
      actions: ['bedrock:ListPrompts'],
      resources: ['*'],
      conditions: { StringEquals: { 'aws:RequestedRegion': place.regions.slice(0, 1) } },
    }),
  ];
}

/** What stands behind the ARNs that callers name, for prices and model access. */
export function lookUpModels(place: Place): readonly PolicyStatement[] {
  const lookUps = {
    'bedrock:GetInferenceProfile': ['inference-profile/*', 'application-inference-profile/*'],
    'bedrock:GetPromptRouter': ['prompt-router/*', 'default-prompt-router/*'],
    'bedrock:GetProvisionedModelThroughput': ['provisioned-model/*'],
    'bedrock:GetCustomModelDeployment': ['custom-model-deployment/*'],
  };
  return Object.entries(lookUps).flatMap(([action, kinds]) =>
    allow(
      [action],
      place.regions.flatMap((region) => kinds.map((kind) => ownArn(place, region, kind))),
    ),
  );
}

/** A policy holds 6,144 characters, so that no statement may have too many ARNs. */
const ARNS_PER_STATEMENT = 25;
const PROFILES_PER_STATEMENT = 12;

/** None where there are no resources: a statement without any would be refused. */
export function allow(actions: readonly string[], resources: readonly string[]): readonly PolicyStatement[] {
  return inParts([...new Set(resources)], ARNS_PER_STATEMENT).map(
    (part) => new PolicyStatement({ actions: [...actions], resources: [...part] }),
  );
}

function only(
  actions: readonly string[],
  resources: readonly string[],
  through: readonly string[],
  key = 'bedrock:InferenceProfileArn',
): PolicyStatement {
  const operator = through.some((arn) => arn.includes('*')) ? 'StringLike' : 'StringEquals';
  return new PolicyStatement({
    actions: [...actions],
    resources: [...new Set(resources)],
    conditions: { [operator]: { [key]: [...new Set(through)] } },
  });
}

function inParts<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
  );
}
