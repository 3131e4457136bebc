import { parse } from 'yaml';

/** What a model list calls in AWS, as far as roles have to allow it. Each list has no value twice. */
export interface ListedModels {
  /** Models and inference profiles of Bedrock by id, without a region or with the one that the list fixes. */
  readonly bedrockIds: readonly { readonly id: string; readonly region: string | undefined }[];
  /** ARNs of Bedrock: application profiles, prompt routers, provisioned and own models. */
  readonly bedrockArns: readonly string[];
  /** SageMaker endpoints, by name. */
  readonly sagemakerEndpoints: readonly { readonly name: string; readonly region: string | undefined }[];
  /** Roles that LiteLLM takes for single models (`aws_role_name`), by ARN; such a model needs nothing of ours. */
  readonly assumedRoles: readonly string[];
  /** Names with a `*` that stand for every model of Bedrock. */
  readonly everyModel: readonly string[];
}

type Params = Readonly<Record<string, unknown>>;

const regionName = /^[a-z]{2}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/;
/** What LiteLLM takes for a model of Bedrock where no provider is named: `anthropic.claude-…`. */
const bareBedrockId = /^[a-z0-9-]{2,24}\.[a-z][A-Za-z0-9._:-]+$/;
/** Parts of a name that say how LiteLLM calls the model that follows; others, such as `agent/`, are no models. */
const waysToCall = new Set([
  'converse',
  'invoke',
  'nova',
  'nova-2',
  'llama',
  'deepseek_r1',
  'qwen2',
  'qwen3',
  'openai',
  'mantle',
]);
/** Whoever brings credentials of their own is not called by our roles. */
const ownCredentials = [
  'api_key',
  'aws_access_key_id',
  'aws_profile_name',
  'aws_web_identity_token',
  'litellm_credential_name',
];

/**
 * Reads what LiteLLM's config.yaml calls in AWS. Values that stand for environment variables (`os.environ/…`) are not
 * known before the deployment, and are left out; so are models of Bedrock's marketplace, which are SageMaker endpoints.
 * Source: LiteLLM 1.106.2, llms/bedrock/common_utils.py and llms/sagemaker (read 2026-11-23).
 */
export function listedModels(configYaml: string): ListedModels {
  const document: unknown = parse(configYaml);
  const list = isRecord(document) && Array.isArray(document['model_list']) ? document['model_list'] : [];
  const found = list.flatMap((entry: unknown) => {
    const params = isRecord(entry) ? entry['litellm_params'] : undefined;
    return isRecord(params) ? [readEntry(params)] : [];
  });
  return {
    bedrockIds: distinct(found.flatMap((each) => each.bedrockIds ?? [])),
    bedrockArns: distinct(found.flatMap((each) => each.bedrockArns ?? [])),
    sagemakerEndpoints: distinct(found.flatMap((each) => each.sagemakerEndpoints ?? [])),
    assumedRoles: distinct(found.flatMap((each) => each.assumedRoles ?? [])),
    everyModel: distinct(found.flatMap((each) => each.everyModel ?? [])),
  };
}

function readEntry(params: Params): Partial<ListedModels> {
  const model = known(params['model']);
  if (model === undefined) return {};
  const written = known(params['custom_llm_provider']);
  const provider = written ?? model.split('/')[0] ?? '';
  const isSagemaker = provider.startsWith('sagemaker');
  const isBedrock = provider.startsWith('bedrock') || (written === undefined && bareBedrockId.test(model));
  if (!isSagemaker && !isBedrock) return {};
  const role = known(params['aws_role_name']);
  if (role !== undefined) return { assumedRoles: [role] };
  if (ownCredentials.some((name) => params[name] !== undefined)) return {};

  const region = known(params['aws_region_name']);
  if (isSagemaker) return { sagemakerEndpoints: [{ name: model.slice(model.indexOf('/') + 1), region }] };
  if (model.includes('*')) return { everyModel: [model] };
  const named = readBedrockName(model, region);
  const override = known(params['model_id']);
  if (override === undefined) return named;
  const called = readBedrockName(override, region);
  // An application profile hides its model; the name says which one it is, for whoever may call that too.
  return { ...named, bedrockArns: [...(named.bedrockArns ?? []), ...(called.bedrockArns ?? [])] };
}

function readBedrockName(written: string, fixedRegion: string | undefined): Partial<ListedModels> {
  let rest = decodeURIComponent(written).replace(/^bedrock(?:_converse)?\//, '');
  let region = fixedRegion;
  while (!rest.startsWith('arn:') && rest.includes('/')) {
    const [first = ''] = rest.split('/', 1);
    if (regionName.test(first)) region ??= first;
    else if (!waysToCall.has(first)) return {};
    rest = rest.slice(first.length + 1);
  }
  if (!rest.startsWith('arn:')) return { bedrockIds: [{ id: rest, region }] };
  return rest.split(':')[2] === 'bedrock' ? { bedrockArns: [rest] } : {};
}

function known(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && !value.startsWith('os.environ/') ? value : undefined;
}

function distinct<Value>(values: readonly Value[]): readonly Value[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function isRecord(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
