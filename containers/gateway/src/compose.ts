import {
  BedrockAgentPrompts,
  BedrockModelResolver,
  CredentialSource,
  defaultCredentialProvider,
  readS3Text,
  UndiciBedrockRuntime,
} from '@genai-gateway/aws';
import { ConfigError, type GatewayConfig } from '@genai-gateway/config';
import { attributor, ceilingPrice, type Price } from '@genai-gateway/governance';
import {
  AccessGroups,
  Authenticator,
  EndUsers,
  KeyCache,
  type KeyStore,
  MasterKeys,
  Tags,
} from '@genai-gateway/identity';
import {
  type ConfigSource,
  checkReadTables,
  configObjects,
  HttpLitellmProxy,
  LitellmWatch,
  ManagementNews,
  MasterKeyProxy,
  PostgresAccessGroupStore,
  PostgresEndUserStore,
  PostgresKeyStore,
  PostgresTagStore,
  PriceBook,
  supportedLitellmVersion,
  TellingLitellmProxy,
  unknownMigrations,
  watchCatalogue,
  watchKeyInvalidation,
  watchPromptNews,
} from '@genai-gateway/litellm';
import { Heartbeats, type Services } from '@genai-gateway/pipeline';
import { PromptBook } from '@genai-gateway/prompts';
import { errorText, type Logger } from '@genai-gateway/telemetry';
import { composeAccounts } from './compose-accounts.ts';
import { composeHistory } from './compose-history.ts';
import { composeLogins } from './compose-logins.ts';
import { type ComposedRequestLog, composeRequestLog } from './compose-request-log.ts';
import { composeSecrets } from './compose-secrets.ts';
import { gatewaySecret } from './gateway-secret.ts';
import { postgresPool } from './postgres-pool.ts';
import type { WebSocketLitellm } from './web-socket.ts';

/** The composed data plane, and what has to be closed at its end. */
export interface Composition {
  readonly services: Services;
  /** LiteLLM beside the hot path; undefined: there is none. */
  readonly litellm: (WebSocketLitellm & { readonly watch: LitellmWatch }) | undefined;
  /** How many calls have ended and are not booked yet. */
  readonly bookingsWaiting: () => number;
  /** Undefined: there is none. */
  readonly requestLog: ComposedRequestLog | undefined;
  /** Resolves once a key can be looked up and a call can be signed; tries until then. */
  readonly whenReady: (signal: AbortSignal) => Promise<void>;
  readonly close: () => Promise<void>;
}

const READY_RETRY_MS = 1_000;
const CHECK_TIMEOUT_MS = 5_000;

/**
 * Wires adapters to ports; `env` is what LiteLLM's configuration refers to. Rejects when that cannot be read or used;
 * connects to nothing else yet.
 */
export async function compose(
  given: GatewayConfig,
  givenEnv: Readonly<Record<string, string | undefined>>,
  logger: Logger,
): Promise<Composition> {
  const now = Date.now;
  const credentials = new CredentialSource(defaultCredentialProvider(), now);
  const secrets = await composeSecrets(given, givenEnv, credentials, now, logger);
  const { config, env, databaseLogin, redis } = secrets;
  const postgres = postgresPool(config, databaseLogin, config.DATABASE_POOL_SIZE, logger);
  const requestLog = composeRequestLog(config, credentials, now, logger);
  const configured = await watchCatalogue({
    logsRequests: requestLog !== undefined,
    pool: postgres,
    configFile: config.LITELLM_CONFIG_FILE ?? configInBucket(config, credentials),
    env,
    defaultRegion: config.AWS_REGION,
    log: { info: (message) => logger.info(message), warn: (message) => logger.warn(message) },
  });
  const keyStore = new PostgresKeyStore(postgres);
  const keys = new KeyCache(keyStore, now);
  const onInvalidate = (keyHash: string | undefined): void =>
    keyHash === undefined ? keys.invalidateAll() : keys.invalidate(keyHash);
  const log = (message: string): void => logger.warn(message);
  const invalidation = redis === undefined ? undefined : watchKeyInvalidation({ ...redis, onInvalidate, log });

  const bedrock = new UndiciBedrockRuntime({
    credentials,
    now,
    endpoint: config.BEDROCK_RUNTIME_ENDPOINT_URL,
    connectTimeoutMs: config.UPSTREAM_CONNECT_TIMEOUT_MS,
    firstByteTimeoutMs: config.UPSTREAM_FIRST_BYTE_TIMEOUT_MS,
    silenceTimeoutMs: config.UPSTREAM_SILENCE_TIMEOUT_MS,
  });
  const litellm = config.LITELLM_URL === undefined ? undefined : besides(config.LITELLM_URL, config, logger);
  const masterKeys = secrets.masterKeys ?? fixedMasterKey(config.LITELLM_MASTER_KEY ?? configured.current().masterKey);
  const news = new ManagementNews({ redis, onInvalidate, log });
  // One that stays as it is needs nobody who tells it from another.
  const masterKey =
    litellm === undefined || secrets.masterKeys === undefined
      ? undefined
      : new MasterKeyProxy(litellm.proxy, secrets.masterKeys);
  const plain = masterKey ?? litellm?.proxy;
  const telling = plain === undefined ? undefined : new TellingLitellmProxy(plain, news.tell);
  const management = plain === undefined || telling === undefined ? undefined : { telling, plain };
  const { logins, selfService } = composeLogins(config, management, masterKeys, now);
  const {
    accounts,
    waiting: bookingsWaiting,
    check: checkAccounts,
    close: closeAccounts,
  } = composeAccounts(secrets, logger, masterKeys);
  const models = new BedrockModelResolver({
    credentials,
    endpoint: config.BEDROCK_ENDPOINT_URL,
    now,
    timeoutMs: config.UPSTREAM_CONNECT_TIMEOUT_MS,
    onFailure: (modelId, error) =>
      logger.warn({ modelId, error: errorText(error) }, 'Bedrock does not say what stands behind a model'),
  });
  const promptSource = new BedrockAgentPrompts({
    credentials,
    ownRegion: config.AWS_REGION,
    endpoint: config.BEDROCK_AGENT_ENDPOINT_URL,
  });
  const prompts = new PromptBook({
    source: promptSource,
    now,
    timeoutMs: config.UPSTREAM_CONNECT_TIMEOUT_MS,
    onFailure: (prompt, error) => logger.warn({ prompt, error: errorText(error) }, 'a managed prompt cannot be read'),
  });
  const promptNews =
    redis === undefined ? undefined : watchPromptNews({ ...redis, onChange: (arn) => prompts.forget(arn), log });
  const { history, check: checkHistory, close: closeHistory } = composeHistory(config, credentials, now);
  const heartbeats = new Heartbeats(config.GATEWAY_HEARTBEAT_MS, now);
  const services: Services = {
    authenticator: new Authenticator({
      keys,
      masterKey: masterKeys,
      ...(logins === undefined ? {} : { logins }),
      now,
    }),
    endUsers: new EndUsers(new PostgresEndUserStore(postgres), now),
    tags: new Tags(new PostgresTagStore(postgres), now),
    accessGroups: new AccessGroups(new PostgresAccessGroupStore(postgres), now),
    catalogue: () => configured.current().catalogue,
    regions: { defaultRegion: config.AWS_REGION, allowedRegions: config.BEDROCK_ALLOWED_REGIONS },
    bedrock,
    litellm: telling,
    selfService,
    history,
    prompts,
    promptCaching: config.PROMPT_CACHING === 'auto',
    logsContent: requestLog !== undefined && config.REQUEST_LOG_CONTENT === 'all',
    models,
    prices: PriceBook.load(),
    ceilingPrice: ceilingOf(config),
    accounts,
    attribute: attributionOf(config, masterKeys?.newest()),
    heartbeats,
    now,
  };
  return {
    services,
    litellm: litellm && { ...litellm, masterKey },
    bookingsWaiting,
    requestLog,
    whenReady: async (signal) => {
      await retried('Postgres', async () => void (await postgres.query('SELECT 1')), logger, signal);
      await retried('LiteLLM’s tables', () => checkTables(postgres, signal), logger, signal);
      await retried('A look-up of a key', () => probe(keyStore), logger, signal);
      await retried('The tables for spend', () => checkAccounts(signal), logger, signal);
      await configured.loaded.catch(() => {}); // it rejects only when it is closed, and then nobody is served
      await retried('AWS credentials', async () => void (await credentials.get()), logger, signal);
      // Sessions are one thing among others: who asks for none is served without them.
      await checkHistory(signal).catch((error: unknown) =>
        logger.error({ error: errorText(error) }, 'Chat history cannot be kept or read'),
      );
    },
    close: async () => {
      heartbeats.close();
      litellm?.watch.close();
      models.close();
      promptSource.close();
      closeHistory();
      await Promise.allSettled([
        closeAccounts(),
        requestLog?.close(),
        bedrock.close(),
        litellm?.proxy.close(),
        invalidation?.close(),
        promptNews?.close(),
        news.close(),
        configured.close(),
      ]);
      await postgres.end();
      secrets.close();
    },
  };
}

function fixedMasterKey(value: string | undefined): MasterKeys | undefined {
  return value === undefined ? undefined : MasterKeys.fixed(value);
}

function configInBucket(config: GatewayConfig, credentials: CredentialSource): ConfigSource | undefined {
  const { LITELLM_CONFIG_BUCKET_NAME: bucket, LITELLM_CONFIG_BUCKET_OBJECT_KEY: key } = config;
  if (bucket === undefined || key === undefined) return undefined;
  const at = { credentials, region: config.AWS_REGION, endpoint: config.S3_ENDPOINT_URL, bucket };
  return configObjects(bucket, key, (name) => readS3Text(at, name));
}

function ceilingOf(config: GatewayConfig): Price | undefined {
  const { CEILING_PRICE_INPUT_PER_MILLION_TOKENS: input, CEILING_PRICE_OUTPUT_PER_MILLION_TOKENS: output } = config;
  if (config.UNKNOWN_PRICE !== 'ceiling' || input === undefined || output === undefined) return undefined;
  return ceilingPrice({ inputPerMillionUsd: input, outputPerMillionUsd: output });
}

/** Throws `ConfigError` where hashes are asked for and there is nothing secret to make them with. */
function attributionOf(config: GatewayConfig, masterKey: string | undefined): Services['attribute'] {
  const fields = config.BEDROCK_ATTRIBUTION;
  if (fields.length === 0) return undefined;
  const secret = gatewaySecret(config, masterKey);
  if (secret === undefined) throw new ConfigError('BEDROCK_ATTRIBUTION is set, so GATEWAY_SECRET has to be set too.');
  return attributor({ fields, secret });
}

function besides(url: string, config: GatewayConfig, logger: Logger) {
  const watch = new LitellmWatch({ url, log: (message) => logger.info(message) });
  const proxy = new HttpLitellmProxy({
    url,
    watch,
    connectTimeoutMs: config.UPSTREAM_CONNECT_TIMEOUT_MS,
    firstByteTimeoutMs: config.UPSTREAM_FIRST_BYTE_TIMEOUT_MS,
    silenceTimeoutMs: config.UPSTREAM_SILENCE_TIMEOUT_MS,
  });
  return { proxy, watch };
}

/** Rejects when a LiteLLM newer than the one this gateway knows has changed the tables, or an older one has made them. */
async function checkTables(postgres: Parameters<typeof checkReadTables>[0], signal: AbortSignal): Promise<void> {
  const unknown = await unknownMigrations(postgres);
  if (unknown.length === 0) {
    return checkReadTables(postgres, AbortSignal.any([signal, AbortSignal.timeout(CHECK_TIMEOUT_MS)]));
  }
  throw new Error(
    `the database was migrated by a LiteLLM newer than ${supportedLitellmVersion} (${unknown.slice(0, 3).join(', ')}), and what its tables mean now is not known here. Use a gateway made for it.`,
  );
}

/** No key has this hash, so asking for it costs next to nothing and proves the way to the tables. */
async function probe(keyStore: KeyStore): Promise<void> {
  await keyStore.findByHash('0'.repeat(64), AbortSignal.timeout(5_000));
}

async function retried(what: string, attempt: () => Promise<void>, logger: Logger, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (failures % 30 === 0) logger.warn({ error: errorText(error) }, `${what}: not there yet, trying on`);
      await new Promise((resolve) => setTimeout(resolve, READY_RETRY_MS));
    }
  }
}
