import * as z from 'zod';
import { addressProblems, databaseUrl, redisUrl } from './addresses.ts';
import { secretProblems, secretVariables } from './secret-variables.ts';
import { list, url } from './value-types.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const milliseconds = z.coerce.number().int().min(1).max(86_400_000);
const amount = z.coerce.number().min(0).max(1_000_000);
const count = z.coerce.number().int().min(1);
const duration = z.string().regex(/^[1-9]\d{0,4}(?:s|m|h|d|w|mo)$/, 'must be a number and one of s, m, h, d, w, mo');

/** Every variable the gateway reads, with its default; the table in docs/configuration.md is made from here. */
const schema = z.object({
  GATEWAY_HOST: z.string().min(1).default('0.0.0.0').describe('Address to listen on.'),
  GATEWAY_PORT: port.default(3000).describe('Cleartext port, HTTP/1.1 and h2c; 0 takes a free one.'),
  GATEWAY_TLS_PORT: port.optional().describe('TLS port, HTTP/1.1 and h2; unset: none.'),
  GATEWAY_TLS_CERT_FILE: z.string().optional().describe('PEM certificate chain of the TLS port.'),
  GATEWAY_TLS_KEY_FILE: z.string().optional().describe('PEM private key of the TLS port.'),
  GATEWAY_TLS_SELF_SIGNED: z
    .enum(['true', 'false'])
    .default('false')
    .describe(
      'true: the TLS port makes a key and a certificate of its own at every start, for a load balancer that checks none.',
    ),
  SECRETS_DIR: z
    .string()
    .optional()
    .describe('A folder whose files are variables too: the name of a file is the name, its text is the value.'),
  DATABASE_URL: url(['postgres:', 'postgresql:'])
    .optional()
    .describe("LiteLLM's Postgres database; needed, unless DATABASE_HOST and the variables that go with it are set."),
  DATABASE_HOST: z.string().optional().describe('In place of DATABASE_URL: the host of the database.'),
  DATABASE_PORT: port.optional().describe('Its port; unset: 5432.'),
  DATABASE_NAME: z.string().optional().describe('The name of the database.'),
  DATABASE_USER: z.string().optional().describe('Who the gateway is there.'),
  DATABASE_PASSWORD: z.string().optional().describe('Its password; any character may stand in it.'),
  DATABASE_CA_FILE: z
    .string()
    .optional()
    .describe(
      'PEM certificates of the authorities that the database is trusted by: TLS is demanded, and the name of its host has to be in its certificate.',
    ),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(100).default(5).describe('Connections to Postgres.'),
  REDIS_URL: url(['redis:', 'rediss:'])
    .optional()
    .describe("LiteLLM's Redis; unset, as REDIS_HOST too: keys revoked in LiteLLM are noticed by age alone."),
  REDIS_HOST: z.string().optional().describe('In place of REDIS_URL: the host of Redis.'),
  REDIS_PORT: port.optional().describe('Its port; unset: 6379.'),
  REDIS_USERNAME: z.string().optional().describe('Who the gateway is there; unset: the default user.'),
  REDIS_PASSWORD: z.string().optional().describe('Its password; any character may stand in it.'),
  REDIS_SSL: z
    .enum(['true', 'True', 'false', 'False'])
    .optional()
    .describe('Whether TLS is spoken to it; its certificate is checked.'),
  LITELLM_URL: url(['http:', 'https:'])
    .optional()
    .describe('Where LiteLLM serves, reached by the gateway only; unset: there is none, the hot path is alone.'),
  LITELLM_OPEN_PROVIDER_ROUTES: list
    .default([])
    .describe(
      "LiteLLM's raw routes to providers that every key may use, comma-separated, such as anthropic,gemini; the others take the master key.",
    ),
  LITELLM_MASTER_KEY: z
    .string()
    .startsWith('sk-', 'must start with "sk-"')
    .optional()
    .describe("LiteLLM's master key; unset: the one of the configuration file, else nobody is master."),
  LITELLM_SALT_KEY: z
    .string()
    .optional()
    .describe(
      "LiteLLM's salt key, by which models made in its Admin UI are read; unset: the master key, as in LiteLLM.",
    ),
  STORE_MODEL_IN_DB: z
    .enum(['true', 'True', 'TRUE', 'false', 'False', 'FALSE'])
    .optional()
    .describe("Whether LiteLLM keeps models in its database; the same variable as LiteLLM's own."),
  LITELLM_CONFIG_FILE: z
    .string()
    .optional()
    .describe("LiteLLM's config.yaml; unset, as the bucket too: no aliases, only Bedrock's own names."),
  LITELLM_CONFIG_BUCKET_NAME: z
    .string()
    .optional()
    .describe('In place of the file: the S3 bucket that holds config.yaml, as for LiteLLM; read once, at start.'),
  LITELLM_CONFIG_BUCKET_OBJECT_KEY: z.string().optional().describe('The key of config.yaml in that bucket.'),
  AWS_REGION: z.string().min(1).describe('Where a Bedrock model id without a region is called.'),
  BEDROCK_ALLOWED_REGIONS: list
    .default([])
    .describe('Further regions that a Bedrock ARN may lead to, comma-separated.'),
  BEDROCK_RUNTIME_ENDPOINT_URL: url(['http:', 'https:'])
    .optional()
    .describe('A Bedrock runtime to call instead of the region’s own, such as a VPC endpoint or a simulator.'),
  BEDROCK_ENDPOINT_URL: url(['http:', 'https:'])
    .optional()
    .describe(
      'A Bedrock control plane to ask what stands behind profiles and routers, such as a VPC endpoint or a simulator; unset: the region’s own.',
    ),
  BEDROCK_AGENT_ENDPOINT_URL: url(['http:', 'https:'])
    .optional()
    .describe(
      'Where managed prompts are read instead of the region’s own Bedrock, such as a VPC endpoint or a simulator.',
    ),
  PROMPT_CACHING: z
    .enum(['off', 'auto'])
    .default('off')
    .describe(
      'auto: cache points are set behind what stays the same, in requests that the gateway writes itself for models that take them.',
    ),
  BEDROCK_ATTRIBUTION: list
    .pipe(z.array(z.enum(['user', 'team', 'key'], 'takes user, team and key alone')))
    .default([])
    .describe(
      'Who a call is for, told to Bedrock as hashes in its request metadata: any of user, team, key, comma-separated; unset: nothing is told.',
    ),
  UNKNOWN_PRICE: z
    .enum(['refuse', 'ceiling'])
    .default('refuse')
    .describe('What becomes of a model whose price nobody knows: it is refused, or booked at the ceiling price.'),
  CEILING_PRICE_INPUT_PER_MILLION_TOKENS: amount
    .optional()
    .describe('The ceiling price of a million tokens of a prompt, in US dollars.'),
  CEILING_PRICE_OUTPUT_PER_MILLION_TOKENS: amount
    .optional()
    .describe('The ceiling price of a million tokens of an answer, in US dollars.'),
  BUDGETS_WITHOUT_REDIS: z
    .enum(['refuse', 'local'])
    .default('refuse')
    .describe(
      'While Redis cannot be asked, calls under a budget are refused, or each replica holds the budget for itself.',
    ),
  GATEWAY_SPOOL_DIR: z
    .string()
    .optional()
    .describe(
      'A folder that outlives the process: what is not booked or not in the request log yet is written there too; unset: Redis and the memory alone.',
    ),
  REQUEST_LOG_BUCKET: z
    .string()
    .optional()
    .describe(
      'The S3 bucket for the request log, one line of JSON per call (docs/operations.md); unset: there is none.',
    ),
  REQUEST_LOG_DIR: z.string().optional().describe('A folder in place of that bucket, for one machine.'),
  REQUEST_LOG_CONTENT: z
    .enum(['none', 'all'])
    .default('none')
    .describe('all: the request log holds prompts and answers too.'),
  HISTORY_TABLE: z
    .string()
    .optional()
    .describe('The DynamoDB table that keeps sessions; unset: there is no chat history.'),
  HISTORY_BUCKET: z.string().optional().describe('The S3 bucket for turns that are too large for an item of DynamoDB.'),
  HISTORY_BLOB_DIR: z.string().optional().describe('A folder in place of the bucket, for one machine.'),
  HISTORY_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3_650)
    .default(30)
    .describe('How many days a turn is kept; a session goes with its newest turn.'),
  HISTORY_OWNER: z
    .enum(['key', 'user', 'team'])
    .default('key')
    .describe(
      'Who shares sessions: those who call with the same key or login, all keys of a user, or all keys of a team.',
    ),
  DYNAMODB_ENDPOINT_URL: url(['http:', 'https:'])
    .optional()
    .describe('A DynamoDB other than the region’s own, such as a VPC endpoint or a local one.'),
  S3_ENDPOINT_URL: url(['http:', 'https:'])
    .optional()
    .describe('An S3 other than the region’s own, such as a VPC endpoint or a local one.'),
  CORS_ALLOWED_ORIGINS: list
    .default([])
    .describe(
      'Origins whose pages may call the models from a browser, comma-separated, such as https://chat.example.com; unset: none.',
    ),
  GATEWAY_SECRET: z
    .string()
    .min(32, 'must have 32 characters or more')
    .optional()
    .describe(
      'Where the keys of logins and the hashes told to Bedrock come from; unset: LITELLM_SALT_KEY, else the master key. A new one gives every login a new key.',
    ),
  ...secretVariables,
  OIDC_ISSUERS: z
    .string()
    .optional()
    .describe('Issuers whose tokens are taken in place of keys, a JSON array (docs/logins.md); unset: none.'),
  OIDC_ISSUERS_FILE: z.string().optional().describe('The same in a file.'),
  OKTA_ISSUER: z
    .string()
    .optional()
    .describe('The short form of one issuer whose users are known by the sub of their tokens, such as Okta.'),
  OKTA_AUDIENCE: list.default([]).describe('The audiences that its tokens may be for, comma-separated.'),
  OIDC_MISSING_TEAM: z
    .enum(['refuse', 'create'])
    .default('refuse')
    .describe('What becomes of a login of a team that LiteLLM does not know: it is refused, or the team is made.'),
  SELF_SERVICE_MAX_KEYS: z.coerce
    .number()
    .int()
    .min(0)
    .default(10)
    .describe('Keys that one person may hold who makes them with a login.'),
  SELF_SERVICE_MAX_BUDGET_USD: amount
    .optional()
    .describe('The most that such a key may spend; unset: its owner’s own.'),
  SELF_SERVICE_BUDGET_DURATION: duration
    .optional()
    .describe('The time within which it may spend that, such as 30d; unset: once.'),
  SELF_SERVICE_MAX_RPM: count.optional().describe('The most requests per minute of such a key.'),
  SELF_SERVICE_MAX_TPM: count.optional().describe('The most tokens per minute of such a key.'),
  SELF_SERVICE_MAX_PARALLEL_REQUESTS: count.optional().describe('The most requests at one time of such a key.'),
  SELF_SERVICE_MAX_KEY_DURATION: duration.optional().describe('The longest life of such a key, such as 90d.'),
  SELF_SERVICE_KEY_TYPE: z
    .enum(['llm_api', 'default'])
    .default('llm_api')
    .describe('What such keys are for: models alone, or LiteLLM’s management routes by its own rules too.'),
  UPSTREAM_CONNECT_TIMEOUT_MS: milliseconds.default(5_000).describe('Longest time to connect to Bedrock.'),
  UPSTREAM_FIRST_BYTE_TIMEOUT_MS: milliseconds
    .default(600_000)
    .describe('Longest wait for the first byte of an answer.'),
  UPSTREAM_SILENCE_TIMEOUT_MS: milliseconds.default(300_000).describe('Longest silence within an answer.'),
  GATEWAY_HEARTBEAT_MS: milliseconds.default(15_000).describe('A stream silent for this long gets a heartbeat.'),
  GATEWAY_MAX_IN_FLIGHT: z.coerce
    .number()
    .int()
    .min(1)
    .default(20_000)
    .describe('Requests served at the same time; more are answered 503 at once.'),
  GATEWAY_KEEP_ALIVE_TIMEOUT_MS: milliseconds
    .default(75_000)
    .describe('Idle time of a client connection; longer than that of the load balancer in front.'),
  GATEWAY_DRAIN_DELAY_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('After SIGTERM: how long to go on taking requests, until the load balancer has noticed.'),
  GATEWAY_DRAIN_TIMEOUT_MS: milliseconds.default(30_000).describe('After that: how long open streams may go on.'),
  GATEWAY_LOAD_LOG_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3_600_000)
    .default(15_000)
    .describe('How often a line says how much is going on; 0: never.'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Log level.'),
});

type Variables = Readonly<z.infer<typeof schema>>;

/**
 * The variables, read. `DATABASE_URL` and `REDIS_URL` hold what their parts say, where those were set instead; where a
 * secret holds the login, they are without one.
 */
export type GatewayConfig = Omit<Variables, 'DATABASE_URL'> & { readonly DATABASE_URL: string };

/** The configuration is wrong; `message` names each variable and how to mend it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** Each by itself. */
  readonly problems: readonly string[];

  constructor(message: string, options: ErrorOptions & { readonly problems?: readonly string[] } = {}) {
    super(message, options);
    this.problems = options.problems ?? [message];
  }
}

/** All that is wrong, in one error. */
export function unusable(what: 'configuration' | 'deployment', problems: readonly string[]): ConfigError {
  const lines = problems.map((each) => `  - ${each}`);
  return new ConfigError(`The ${what} is not usable:\n${lines.join('\n')}`, { problems });
}

/**
 * Reads the gateway's configuration. An empty variable counts as unset. Throws `ConfigError` that
 * names every variable at fault, never its value: it may be a secret.
 */
export function readGatewayConfig(env: Readonly<Record<string, string | undefined>>): GatewayConfig {
  const given: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = env[name];
    if (value !== undefined && value !== '') given[name] = value;
  }
  const parsed = schema.safeParse(given);
  const problems = [...addressProblems(given), ...secretProblems(given)];
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0]);
      const meaning = (schema.shape as Record<string, z.ZodType>)[name]?.description ?? '';
      problems.push(`${name} ${given[name] === undefined ? 'is not set' : issue.message}. ${meaning}`);
    }
  } else {
    problems.push(...contradictions(parsed.data));
    if (problems.length === 0) {
      return { ...parsed.data, DATABASE_URL: databaseUrl(parsed.data), REDIS_URL: redisUrl(parsed.data) };
    }
  }
  throw unusable('configuration', problems);
}

function contradictions(config: Variables): string[] {
  const missing = <Name extends keyof Variables>(names: readonly Name[]) =>
    names.filter((name) => config[name] === undefined);
  const problems: string[] = [];
  const tlsFiles = ['GATEWAY_TLS_CERT_FILE', 'GATEWAY_TLS_KEY_FILE'] as const;
  if (config.GATEWAY_TLS_SELF_SIGNED === 'true') {
    for (const name of tlsFiles.filter((each) => config[each] !== undefined)) {
      problems.push(`GATEWAY_TLS_SELF_SIGNED is true, so ${name} must not be set. Unset one of them.`);
    }
  } else if (config.GATEWAY_TLS_PORT !== undefined) {
    for (const name of missing(tlsFiles)) {
      problems.push(`GATEWAY_TLS_PORT is set, so ${name} has to name a PEM file, or GATEWAY_TLS_SELF_SIGNED be true.`);
    }
  }
  if (config.REQUEST_LOG_BUCKET !== undefined && config.REQUEST_LOG_DIR !== undefined) {
    problems.push('REQUEST_LOG_BUCKET is set, so REQUEST_LOG_DIR must not be. Unset one of them.');
  }
  if (config.UNKNOWN_PRICE === 'ceiling') {
    for (const name of missing(['CEILING_PRICE_INPUT_PER_MILLION_TOKENS', 'CEILING_PRICE_OUTPUT_PER_MILLION_TOKENS'])) {
      problems.push(`UNKNOWN_PRICE is ceiling, so ${name} has to be an amount.`);
    }
  }
  return problems;
}

/** The table of variables for the documentation: name, default, meaning. */
export function describeGatewayConfig(): { name: string; default: string; meaning: string }[] {
  return Object.entries(schema.shape).map(([name, type]) => {
    const unset = (type as z.ZodType).safeParse(undefined);
    const value = unset.success && unset.data !== undefined ? String(unset.data) : '';
    return { name, default: unset.success ? value : '(required)', meaning: (type as z.ZodType).description ?? '' };
  });
}
