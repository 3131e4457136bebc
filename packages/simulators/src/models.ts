import { type ClaudeTraits, claudeTraitsOf } from './claude/claude-traits.ts';
import { BedrockError, invalid } from './errors.ts';

/** Whose wire format InvokeModel speaks, and whose quirks Converse has. */
type ModelFamily =
  | 'claude'
  | 'nova'
  | 'llama'
  | 'mistral'
  | 'titan-text'
  | 'titan-embed'
  | 'cohere-command'
  | 'cohere-embed'
  | 'nova-embed'
  | 'other';

export interface SimulatedModel {
  /** As the request named it, percent-decoded. */
  readonly id: string;
  /** Without its region, as far as the id tells it: `anthropic.` for an ARN that hides its model. */
  readonly name: string;
  readonly family: ModelFamily;
  /** What this generation of Claude takes; undefined: it is no Claude. */
  readonly claude: ClaudeTraits | undefined;
  /** False where Converse refuses `toolChoice`. */
  readonly takesToolChoice: boolean;
  /** What a prompt router has chosen, an ARN; undefined: no router was asked. */
  readonly invokedModelId: string | undefined;
}

/**
 * The models this simulator hosts. Real ids, so that what works here also reads right against AWS.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html (as of 2026-11-22).
 */
export const knownModelIds: readonly string[] = [
  'anthropic.claude-3-haiku-20240307-v1:0',
  'anthropic.claude-3-5-haiku-20241022-v1:0',
  'anthropic.claude-3-5-sonnet-20241022-v2:0',
  'anthropic.claude-3-7-sonnet-20250219-v1:0',
  'anthropic.claude-sonnet-4-20250514-v1:0',
  'anthropic.claude-opus-4-1-20250805-v1:0',
  'anthropic.claude-sonnet-4-5-20250929-v1:0',
  'anthropic.claude-haiku-4-5-20251001-v1:0',
  'anthropic.claude-opus-4-5-20251101-v1:0',
  'anthropic.claude-opus-4-6-v1',
  'anthropic.claude-sonnet-4-6',
  'anthropic.claude-opus-4-7',
  'anthropic.claude-opus-4-8',
  'anthropic.claude-opus-5',
  'anthropic.claude-sonnet-5',
  'anthropic.claude-haiku-5-5',
  'anthropic.claude-opus-5-5',
  'anthropic.claude-sonnet-5-5',
  'amazon.nova-micro-v1:0',
  'amazon.nova-lite-v1:0',
  'amazon.nova-pro-v1:0',
  'amazon.nova-premier-v1:0',
  'amazon.nova-2-lite-v1:0',
  'meta.llama3-1-8b-instruct-v1:0',
  'meta.llama3-1-70b-instruct-v1:0',
  'meta.llama3-3-70b-instruct-v1:0',
  'meta.llama4-maverick-17b-instruct-v1:0',
  'mistral.mistral-7b-instruct-v0:2',
  'mistral.mistral-large-2402-v1:0',
  'mistral.pixtral-large-2502-v1:0',
  'amazon.titan-text-express-v1',
  'amazon.titan-embed-text-v1',
  'amazon.titan-embed-text-v2:0',
  'amazon.titan-embed-image-v1',
  'amazon.nova-2-multimodal-embeddings-v1:0',
  'cohere.command-r-v1:0',
  'cohere.command-r-plus-v1:0',
  'cohere.embed-english-v3',
  'cohere.embed-multilingual-v3',
  'cohere.embed-v4:0',
  'deepseek.r1-v1:0',
  'openai.gpt-oss-20b-1:0',
  'openai.gpt-oss-120b-1:0',
  'qwen.qwen3-32b-v1:0',
];

/** Prefixes of system-defined inference profiles: `us.anthropic.…` is `anthropic.…` in any region of that group. */
const PROFILE_PREFIX = /^(?:us|us-gov|eu|apac|jp|au|ca|global)\./;

const SHAPE_OF_ID = /^[a-zA-Z0-9.:/_-]{1,2048}$/;
const ARN =
  /^arn:aws[a-z-]*:bedrock:[a-z0-9-]*:\d{0,12}:(inference-profile|application-inference-profile|foundation-model|provisioned-model|custom-model|custom-model-deployment|imported-model|default-prompt-router|prompt-router)\/(.+)$/;

const FAMILY_BY_START: readonly (readonly [start: string, family: ModelFamily])[] = [
  ['anthropic.', 'claude'],
  ['amazon.nova-2-multimodal-embeddings', 'nova-embed'],
  ['amazon.nova', 'nova'],
  ['amazon.titan-embed', 'titan-embed'],
  ['amazon.titan', 'titan-text'],
  ['meta.', 'llama'],
  ['mistral.', 'mistral'],
  ['cohere.embed', 'cohere-embed'],
  ['cohere.', 'cohere-command'],
];

/**
 * The model behind a decoded id or ARN. An ARN that hides its model (application profile, router) counts as Claude.
 * Throws ValidationException for what is not an id or not hosted here, and for a prompt, which only Converse takes.
 */
export function resolveModel(id: string, extraModelIds: readonly string[] = []): SimulatedModel {
  if (!SHAPE_OF_ID.test(id)) throw invalid('The provided model identifier is invalid.');
  if (!id.startsWith('arn:')) {
    const base = id.replace(PROFILE_PREFIX, '');
    const hosted = knownModelIds.includes(base) || extraModelIds.includes(id);
    if (!hosted) throw invalid('The provided model identifier is invalid.');
    return describe(id, base);
  }
  const [, kind, resource = ''] = ARN.exec(id) ?? [];
  if (kind === undefined) throw invalid('The provided model identifier is invalid.');
  const base = resource.replace(PROFILE_PREFIX, '');
  const visible = ['foundation-model', 'inference-profile', 'custom-model'].includes(kind);
  return describe(id, visible ? base : 'anthropic.');
}

function describe(id: string, base: string): SimulatedModel {
  const family = FAMILY_BY_START.find(([start]) => base.startsWith(start))?.[1] ?? 'other';
  return {
    id,
    name: base,
    family,
    claude: family === 'claude' ? claudeTraitsOf(base) : undefined,
    takesToolChoice: !base.startsWith('meta.llama3-1'),
    invokedModelId: undefined,
  };
}

/** Whether a model makes vectors, and nothing else. */
export function isEmbeddingModel({ family }: SimulatedModel): boolean {
  return family.endsWith('-embed');
}

/**
 * Throws as Bedrock does where it cannot count the tokens of a model: it counts Claude's only, and takes no inference
 * profile in its place.
 * Source: https://docs.aws.amazon.com/bedrock/latest/userguide/count-tokens.html and
 * https://alchemy.run/providers/aws/bedrock/counttokens (read 2026-11-23).
 */
export function requireCountedModel({ id, family }: SimulatedModel): void {
  const isPlain = id.startsWith('arn:') ? id.includes(':foundation-model/') : !PROFILE_PREFIX.test(id);
  if (family !== 'claude' || !isPlain) throw invalid("The provided model doesn't support counting tokens.");
}

/** Throws as Bedrock does when a model that only embeds is asked for a conversation. */
export function requireChatModel(model: SimulatedModel): void {
  if (isEmbeddingModel(model)) {
    throw new BedrockError(
      'ValidationException',
      "The action doesn't support the model that you provided. Try again with a supported text or chat model.",
    );
  }
}
