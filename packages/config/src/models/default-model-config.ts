import { modelsOf, type RegionalModel, type Way } from './bedrock-models.ts';
import { otherProviders } from './other-providers.ts';
import { type SupportedRegion, supportedRegions } from './regions.ts';

/**
 * LiteLLM's whole `config.yaml` for a region: its models of Bedrock, and every model of each provider whose key was given.
 * Throws for a region without a list: the reader of deployments has refused it before.
 */
export function defaultModelConfig(region: string, givenKeys: readonly string[] = []): string {
  if (!isSupported(region)) {
    throw new Error(`There is no list of models for ${region}. MODEL_CONFIG_FILE has to name one.`);
  }
  const models = modelsOf(region);
  return `# The models of ${region}, in LiteLLM's own configuration syntax: https://docs.litellm.ai/docs/proxy/configs
# Made from packages/config/src/models. To change it, copy it into a file, and name that in MODEL_CONFIG_FILE.
# The account has to have access to the models: \`npm run doctor\` tells.
${waysOf(models)}
model_list:
${[...models.map(bedrockRow), ...providerRows(givenKeys)].join('\n')}
${settings}`;
}

function isSupported(region: string): region is SupportedRegion {
  return (supportedRegions as readonly string[]).includes(region);
}

const meaning: Readonly<Record<Way, string>> = {
  own: 'no prefix: answered in the region itself',
  us: 'us.: answered in a region of the United States, or of Canada where it is called from there',
  eu: 'eu.: answered in a region of Europe',
  global: 'global.: answered in any commercial region of the world',
};

function waysOf(models: readonly RegionalModel[]): string {
  const found = new Set(models.map(({ way }) => way));
  return [...found].map((way) => `# ${meaning[way]}\n`).join('');
}

function bedrockRow({ name, id, mode }: RegionalModel): string {
  const info = mode === 'chat' ? '' : `    model_info:\n      mode: ${mode}\n`;
  return `  - model_name: ${name}\n    litellm_params:\n      model: bedrock/${id}\n${info}`;
}

function providerRows(givenKeys: readonly string[]): string[] {
  const byPrefix = new Map<string, string>();
  for (const { key, prefix } of otherProviders) {
    if (givenKeys.includes(key) && !byPrefix.has(prefix)) byPrefix.set(prefix, key);
  }
  return [...byPrefix].map(
    ([prefix, key]) =>
      `  - model_name: ${prefix}/*\n    litellm_params:\n      model: ${prefix}/*\n      api_key: os.environ/${key}\n`,
  );
}

/**
 * Redis is named outright: LiteLLM would also take it from its environment, but then goes on without it, each task counting
 * for itself, when it is not there at the start.
 * Source: LiteLLM 1.106.2, proxy/proxy_server.py `_init_coordination_redis_env_fallback` (read 2026-11-23).
 */
const settings = `litellm_settings:
  # Parameters that a model does not know are left out.
  drop_params: true
  # Nobody keeps a call out of the logs by a field of the request.
  global_disable_no_log_param: true

general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
  # A client that leaves ends its call at the provider, streamed or not.
  cancel_on_disconnect: true
  # Agents and knowledge bases of the account are not for every key.
  disable_bedrock_agent_runtime_passthrough: true
  # Counters of limits and budgets, for all tasks and for the gateway.
  coordination_redis:
    host: os.environ/REDIS_HOST
    port: os.environ/REDIS_PORT
    username: os.environ/REDIS_USERNAME
    password: os.environ/REDIS_PASSWORD
    ssl: os.environ/REDIS_SSL
`;
