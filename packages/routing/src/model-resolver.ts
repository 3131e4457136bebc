/** What a Bedrock id or ARN names. */
export type ModelKind =
  | 'foundation-model'
  | 'inference-profile'
  | 'application-inference-profile'
  | 'prompt-router'
  | 'provisioned-model'
  | 'custom-model'
  | 'custom-model-deployment'
  | 'imported-model'
  | 'prompt'
  | 'endpoint';

/** What stands behind a Bedrock id or ARN: what a call of it is priced by, and what a key must be allowed. */
export interface ModelsBehind {
  readonly kind: ModelKind;
  /**
   * As one would call them, so with the geography that calls are spread over: `us.anthropic.claude-…-v1:0`. Several
   * for a prompt router, its fallback last. Empty: nobody can tell, and `unknownBecause` says why.
   */
  readonly modelIds: readonly string[];
  /**
   * `no-foundation-model`: what is called is not one of Bedrock's own models (imported, SageMaker), or only shows
   * when it is called (a managed prompt). `not-permitted`: the gateway's role may not look. `unavailable`: Bedrock's
   * control plane did not answer, later it may.
   */
  readonly unknownBecause: 'no-foundation-model' | 'not-permitted' | 'unavailable' | undefined;
}

/** Port: Bedrock's control plane, for the ARNs that do not say what they lead to. */
export interface ModelResolver {
  /**
   * Answers without a promise when it can. Throws or rejects with `model-not-found` for an ARN that Bedrock does not
   * know, or with the signal's reason.
   */
  resolve(modelId: string, signal: AbortSignal): ModelsBehind | Promise<ModelsBehind>;
}

const ARN = /^arn:[^:]*:(?:bedrock|sagemaker):[^:]*:[^:]*:([a-z-]+)\/(.+)$/;

const kinds: Readonly<Record<string, ModelKind>> = {
  'foundation-model': 'foundation-model',
  'inference-profile': 'inference-profile',
  'application-inference-profile': 'application-inference-profile',
  'prompt-router': 'prompt-router',
  'default-prompt-router': 'prompt-router',
  'provisioned-model': 'provisioned-model',
  'custom-model': 'custom-model',
  'custom-model-deployment': 'custom-model-deployment',
  'imported-model': 'imported-model',
  prompt: 'prompt',
  endpoint: 'endpoint',
};

/** What a name names that `parseBedrockId` has accepted. */
export function modelKind(modelId: string): ModelKind {
  const resourceType = ARN.exec(modelId)?.[1];
  if (resourceType !== undefined) return kinds[resourceType] ?? 'endpoint';
  return GEOGRAPHY.test(modelId) ? 'inference-profile' : 'foundation-model';
}

/**
 * What an id or ARN says by itself about the models behind it; undefined: Bedrock has to be asked. The ARN of a custom
 * model has its base model in it.
 * Source: pattern of `CustomModelArn`, botocore 1.43.126, bedrock/2023-04-20 (read 2026-11-23).
 */
export function modelsOfId(modelId: string): ModelsBehind | undefined {
  const known = remembered.get(modelId);
  if (known !== undefined) return known;
  const models = readId(modelId);
  if (models === undefined || modelId.length > MAX_ID_LENGTH) return models;
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(modelId, models);
  return models;
}

/** Asked for every call, of the same few models. */
const remembered = new Map<string, ModelsBehind>();
const MAX_REMEMBERED = 1_000;
const MAX_ID_LENGTH = 256;

function readId(modelId: string): ModelsBehind | undefined {
  const kind = modelKind(modelId);
  const resource = ARN.exec(modelId)?.[2] ?? modelId;
  switch (kind) {
    case 'foundation-model':
    case 'inference-profile':
      return known(kind, resource);
    case 'custom-model': {
      const base = resource.split('/', 1)[0] ?? '';
      return base.includes('.') ? known(kind, base) : unknownModels(kind, 'no-foundation-model');
    }
    case 'imported-model':
    case 'prompt':
    case 'endpoint':
      return unknownModels(kind, 'no-foundation-model');
    case 'application-inference-profile':
    case 'prompt-router':
    case 'provisioned-model':
    case 'custom-model-deployment':
      return undefined;
  }
}

/** The answer of who cannot tell. */
export function unknownModels(kind: ModelKind, because: NonNullable<ModelsBehind['unknownBecause']>): ModelsBehind {
  return { kind, modelIds: [], unknownBecause: because };
}

function known(kind: ModelKind, modelId: string): ModelsBehind {
  return { kind, modelIds: [withoutContextLength(modelId)], unknownBecause: undefined };
}

/** A geography in front of a vendor's name; `openai.gpt-5.4` has none, because no vendor's name follows. */
const GEOGRAPHY = /^[a-z]{2,6}(?:-[a-z]{3,4})?\.(?=[a-z0-9-]{2,}\.[a-z])/;

/** The foundation model behind an id, a system inference profile or an ARN of either; another ARN stands for itself. */
export function foundationModel(modelId: string): string {
  const id = modelId.replace(/^arn:[^/]*:(?:foundation-model|inference-profile)\//, '');
  return id.startsWith('arn:') ? id : withoutContextLength(id.replace(GEOGRAPHY, ''));
}

/** `amazon.nova-lite-v1:0:300k` is how provisioned and customised models name the variant they are made of. */
function withoutContextLength(modelId: string): string {
  return modelId.replace(/(:\d+):\d+k$/, '$1');
}

/**
 * The models of an application inference profile, as one would call them, from the ARNs of the foundation models that
 * Bedrock lists for it: one per region that calls may go to. One region: the plain id; several: the geography that
 * has them all in front; an ARN without a region stands for every region there is.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html (as of 2026-11-23).
 */
export function modelsOfProfile(modelArns: readonly string[]): readonly string[] {
  const regionsOf = new Map<string, Set<string>>();
  for (const arn of modelArns) {
    const model = foundationModel(arn);
    if (model.startsWith('arn:')) continue;
    const regions = regionsOf.get(model) ?? new Set();
    regionsOf.set(model, regions.add(arn.split(':')[3] ?? ''));
  }
  return [...regionsOf].map(([model, regions]) => {
    const geography = geographyOf([...regions]);
    return geography === undefined ? model : `${geography}.${model}`;
  });
}

/** Regions by the geography that has them, the narrowest first. */
const geographies: readonly (readonly [geography: string, regions: RegExp])[] = [
  ['us-gov', /^us-gov-/],
  ['us', /^(?:us-(?!gov)|ca-)/],
  ['eu', /^eu-/],
  ['jp', /^ap-northeast-[13]$/],
  ['au', /^ap-southeast-[24]$/],
  ['apac', /^ap-/],
];

function geographyOf(regions: readonly string[]): string | undefined {
  if (regions.includes('')) return 'global';
  if (regions.length < 2) return undefined;
  return geographies.find(([, pattern]) => regions.every((region) => pattern.test(region)))?.[0] ?? 'global';
}
