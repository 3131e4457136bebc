/** What LiteLLM is told by its environment. */
export interface LitellmSettings {
  /** The caller's environment, with the AWS part and the providers' part already settled. */
  readonly base: NodeJS.ProcessEnv;
  readonly databaseUrl: string;
  /** Undefined: LiteLLM counts in its own process. */
  readonly redisUrl: string | undefined;
  readonly masterKey: string;
  readonly saltKey: string;
  readonly username: string;
  readonly password: string;
  /** Where browsers reach it: the gateway's address. */
  readonly publicUrl: string;
  /** What the Prisma client needs; `PATH` among it is put before the caller's. */
  readonly prisma: NodeJS.ProcessEnv;
}

/**
 * Settings of the caller's shell that LiteLLM would take for its own: options of its command line,
 * other databases and Redis servers, other Python packages.
 * Source: LiteLLM 1.106.2, proxy/proxy_cli.py, _redis.py, proxy/proxy_server.py (read 2026-11-23).
 */
const foreign = new RegExp(
  '^(?:DATABASE_.*|DIRECT_URL|REDIS_.*|PYTHON.*|UI_(?:USERNAME|PASSWORD)|npm_.*|HOST|PORT|NUM_WORKERS|DEBUG|DETAILED_DEBUG|' +
    'SSL_KEYFILE_PATH|SSL_CERTFILE_PATH|KEEPALIVE_TIMEOUT|TIMEOUT_WORKER_HEALTHCHECK|LIMIT_CONCURRENCY|' +
    'MAX_REQUESTS_BEFORE_RESTART.*|PROMETHEUS_METRICS_PORT|GRANIAN_RUNTIME_THREADS|USE_V2_MIGRATION_RESOLVER|' +
    'CONFIG_FILE_PATH|WORKER_CONFIG|SERVER_ROOT_PATH|IAM_TOKEN_DB_AUTH|AZURE_POSTGRESQL_AUTH)$',
);

/**
 * Makes LiteLLM read what comes with it in place of what it would fetch when it starts or when a page
 * of its Admin UI is opened: prices, news, header lists, templates, presets.
 * Source: LiteLLM 1.106.2, litellm_core_utils/get_model_cost_map.py, get_blog_posts.py, anthropic_beta_headers_manager.py,
 * proxy/management_endpoints/policy_endpoints, proxy/public_endpoints (read 2026-11-23).
 */
const nothingFetched = {
  LITELLM_LOCAL_MODEL_COST_MAP: 'True',
  LITELLM_LOCAL_BLOG_POSTS: 'True',
  LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS: 'True',
  LITELLM_LOCAL_POLICY_TEMPLATES: 'True',
  LITELLM_LOCAL_AUTOROUTER_PRESETS: 'True',
};

/** LiteLLM's whole environment. */
export function litellmEnvironment(settings: LitellmSettings): NodeJS.ProcessEnv {
  const { PATH: prismaPath, ...prisma } = settings.prisma;
  const kept = Object.entries(settings.base).filter(([name]) => !foreign.test(name));
  const env: NodeJS.ProcessEnv = Object.fromEntries(kept);
  const path = [prismaPath, env['PATH']].filter((each) => each !== undefined && each !== '').join(':');
  const region = env['AWS_REGION'];
  const bedrock = env['BEDROCK_RUNTIME_ENDPOINT_URL'];
  return {
    ...env,
    ...nothingFetched,
    ...prisma,
    PATH: path,
    // Otherwise it reads a file `.env` of the folder it is started in.
    LITELLM_MODE: 'PRODUCTION',
    DATABASE_URL: settings.databaseUrl,
    // Its tables were made by the launcher, which applies the same migrations.
    DISABLE_SCHEMA_UPDATE: 'true',
    STORE_MODEL_IN_DB: 'True',
    ...(settings.redisUrl === undefined ? {} : { REDIS_URL: settings.redisUrl }),
    LITELLM_MASTER_KEY: settings.masterKey,
    LITELLM_SALT_KEY: settings.saltKey,
    UI_USERNAME: settings.username,
    UI_PASSWORD: settings.password,
    PROXY_BASE_URL: settings.publicUrl,
    // Its own names for the region and for the Bedrock runtime: llms/bedrock/base_aws_llm.py.
    ...(region === undefined ? {} : { AWS_REGION_NAME: region }),
    ...(bedrock === undefined ? {} : { AWS_BEDROCK_RUNTIME_ENDPOINT: bedrock }),
    PYTHONUNBUFFERED: '1',
    PYTHONNOUSERSITE: '1',
  };
}

/**
 * An environment without the credentials of anything but AWS: those of other model providers are
 * for LiteLLM, and the gateway has no use for them.
 */
export function withoutProviderKeys(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const credential = /(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL|JWT)S?$/;
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => name.startsWith('AWS_') || !credential.test(name.toUpperCase())),
  );
}
