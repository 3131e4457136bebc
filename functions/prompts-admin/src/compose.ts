import { BedrockAgentPromptAdmin, BedrockModelResolver, readS3Text } from '@genai-gateway/aws';
import type { FunctionEnvironment } from '@genai-gateway/lambda';
import { AdvisoryLocks, configObjects, PromptNews, watchCatalogue } from '@genai-gateway/litellm';
import { PromptAdministration, PromptReading } from '@genai-gateway/prompts';
import type { PromptServices } from './services.ts';

/** As old as the model list may be by which it is decided who may read a prompt, milliseconds. */
const CATALOGUE_AGE_MS = 2_000;
/** Between two looks that nobody asked for: a function stands still between its requests. */
const CATALOGUE_POLL_MS = 60_000;

/** Wires the adapters of one process. Rejects when LiteLLM's configuration cannot be read. */
export async function compose(environment: FunctionEnvironment): Promise<PromptServices> {
  const { config, env, region, pool, credentials, logger, audit, now } = environment;
  const admin = new BedrockAgentPromptAdmin({
    credentials,
    ownRegion: region,
    endpoint: config.BEDROCK_AGENT_ENDPOINT_URL,
  });
  const models = new BedrockModelResolver({
    credentials,
    endpoint: config.BEDROCK_ENDPOINT_URL,
    now,
    timeoutMs: config.UPSTREAM_CONNECT_TIMEOUT_MS,
    onFailure: (modelId, error) =>
      logger.warn('Bedrock does not say what stands behind a model', { modelId, error: String(error) }),
  });
  const configured = await watchCatalogue({
    pool,
    configFile: config.LITELLM_CONFIG_FILE ?? configInBucket(environment),
    env: { ...env, LITELLM_SALT_KEY: config.LITELLM_SALT_KEY, LITELLM_MASTER_KEY: config.LITELLM_MASTER_KEY },
    defaultRegion: region,
    // What is odd about the model list, the gateway tells.
    log: { info: (message) => logger.debug(message), warn: (message) => logger.debug(message) },
    pollMs: CATALOGUE_POLL_MS,
  });
  const regions = { defaultRegion: region, allowedRegions: config.BEDROCK_ALLOWED_REGIONS };
  return {
    reading: new PromptReading(admin),
    administration: new PromptAdministration({
      admin,
      locks: new AdvisoryLocks({ pool, scope: 'genai-gateway prompt' }),
    }),
    access: async () => {
      const { catalogue } = await configured.notOlderThan(CATALOGUE_AGE_MS);
      return { catalogue: () => catalogue, regions, models };
    },
    audit,
    tell: telling(environment),
    logger,
    now,
  };
}

/** Where Redis cannot be reached the change holds, and the replicas' caches end by age. */
function telling({ config: { REDIS_URL: url }, redisLogin, logger }: FunctionEnvironment): PromptServices['tell'] {
  if (url === undefined) return async () => {};
  const news = new PromptNews({
    url,
    login: redisLogin,
    onFailure: ({ message }) =>
      logger.warn('replicas could not be told of a changed prompt; they see it when their caches end', {
        error: message,
      }),
  });
  return (arn) => news.tell(arn);
}

function configInBucket({ config, credentials, region }: FunctionEnvironment) {
  const { LITELLM_CONFIG_BUCKET_NAME: bucket, LITELLM_CONFIG_BUCKET_OBJECT_KEY: key } = config;
  if (bucket === undefined || key === undefined) return undefined;
  const at = { credentials, region, endpoint: config.S3_ENDPOINT_URL, bucket };
  return configObjects(bucket, key, (name) => readS3Text(at, name));
}
