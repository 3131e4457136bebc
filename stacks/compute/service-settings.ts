import type { Deployment } from '@genai-gateway/config';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Data } from '../data/data.ts';
import type { Edge } from '../edge/edge.ts';
import { ports } from '../network/network.ts';
import { type Timeouts, timeoutsOf } from '../timeouts.ts';

/** A value out of Secrets Manager. */
export interface SecretValue {
  readonly secret: ISecret;
  /** A field of the JSON in it; undefined: the whole text. */
  readonly field: string | undefined;
}

/** What a container finds in its environment, by name of variable; the same on ECS and EKS. */
export interface ContainerSettings {
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretValue>>;
}

export interface SettingsParts {
  readonly data: Data;
  readonly edge: Edge;
}

/** How a gateway ends after SIGTERM, in seconds (docs/operations.md, "The end"). */
export type Drain = Pick<Timeouts, 'drainDelay' | 'drain'>;

/** RDS's certificate authorities, which both images carry. */
const databaseCaFile = '/app/rds-ca.pem';

/**
 * Requests in flight per MiB of a task's memory: 10 000 open streams fit into 1 GiB (bench/results), and what is not
 * streamed holds its body too. Beyond that the gateway answers 503 at once, in place of running out of memory.
 */
const inFlightPerMib = 6;

/** Requests that a replica of the gateway serves at one time; more are answered 503 at once. */
export function maxInFlight({ gateway }: Pick<Deployment, 'gateway'>): number {
  return Number(gateway.environment['GATEWAY_MAX_IN_FLIGHT'] ?? gateway.memoryMib * inFlightPerMib);
}

/** What the gateway reads itself, and reads again when it rotates: a value in its environment would be one of its start. */
export function secretsOfGateway({ database, cache, secrets }: Data): Readonly<Record<string, ISecret>> {
  return {
    DATABASE_SECRET_ARN: database.gatewaySecret,
    REDIS_SECRET_ARN: cache.secret,
    LITELLM_MASTER_KEY_SECRET_ARN: secrets.masterKey,
    LITELLM_SALT_KEY_SECRET_ARN: secrets.saltKey,
    GATEWAY_SECRET_ARN: secrets.gatewaySecret,
  };
}

/** Of the gateway. `drain` is the platform's: how long there is between SIGTERM and SIGKILL. */
export function gatewaySettings(deployment: Deployment, { data }: SettingsParts, drain: Drain): ContainerSettings {
  const { gateway, history, models, region } = deployment;
  return {
    environment: {
      ...gateway.environment,
      GATEWAY_MAX_IN_FLIGHT: String(maxInFlight(deployment)),
      GATEWAY_PORT: String(ports.gatewayHttp),
      GATEWAY_TLS_PORT: String(ports.gatewayTls),
      GATEWAY_TLS_SELF_SIGNED: 'true',
      GATEWAY_KEEP_ALIVE_TIMEOUT_MS: milliseconds(timeoutsOf(deployment).gatewayKeepAlive),
      GATEWAY_DRAIN_DELAY_MS: milliseconds(drain.drainDelay),
      GATEWAY_DRAIN_TIMEOUT_MS: milliseconds(drain.drain),
      AWS_REGION: region,
      BEDROCK_ALLOWED_REGIONS: models.regions.join(','),
      ...databaseAddress(data),
      DATABASE_POOL_SIZE: String(gateway.databasePoolSize),
      ...cacheAddress(data),
      ...modelList(data),
      LITELLM_URL: `http://litellm:${ports.litellm}`,
      HISTORY_TABLE: data.sessions.tableName,
      HISTORY_BUCKET: data.buckets.history.bucketName,
      HISTORY_RETENTION_DAYS: String(history.retentionDays),
      ...requestLog(deployment, data),
      ...arnsOf(secretsOfGateway(data)),
    },
    secrets: {},
  };
}

/** Of LiteLLM, which finds no schema to change: that is the migration's. */
export function litellmSettings(deployment: Deployment, { data, edge }: SettingsParts): ContainerSettings {
  return {
    environment: {
      ...deployment.litellm.environment,
      AWS_REGION: deployment.region,
      ...databaseAddress(data),
      DATABASE_POOL_SIZE: String(deployment.litellm.databasePoolSize),
      DISABLE_SCHEMA_UPDATE: 'true',
      ...cacheAddress(data),
      ...modelList(data),
      ...requestLog(deployment, data),
      // The prices that it was released with, as the gateway has them too: the newest would come from a web page.
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
      PROXY_BASE_URL: edge.url,
    },
    secrets: {
      ...login('DATABASE', data.database.litellmSecret),
      ...cacheLogin(data),
      ...litellmKeys(data),
      PROVIDER_KEYS: whole(data.secrets.providerKeys),
    },
  };
}

/** Of the migration, which makes the two other logins what their secrets say. */
export function migrationSettings({ data }: Pick<SettingsParts, 'data'>): ContainerSettings {
  return {
    environment: databaseAddress(data),
    secrets: {
      ...login('DATABASE', data.database.ownerSecret),
      ...login('GATEWAY_DATABASE', data.database.gatewaySecret),
      ...login('LITELLM_DATABASE', data.database.litellmSecret),
    },
  };
}

/** Both services log into one bucket, each in a folder of its own. */
function requestLog({ requestLog: { content } }: Pick<Deployment, 'requestLog'>, { buckets }: Data) {
  return { REQUEST_LOG_BUCKET: buckets.requestLogs.bucketName, REQUEST_LOG_CONTENT: content };
}

/** The same names with the ARNs of the secrets. */
export function arnsOf(secrets: Readonly<Record<string, ISecret>>): Record<string, string> {
  return Object.fromEntries(Object.entries(secrets).map(([name, { secretArn }]) => [name, secretArn]));
}

export function databaseAddress({ database }: Data): Record<string, string> {
  return {
    DATABASE_HOST: database.host,
    DATABASE_PORT: String(database.port),
    DATABASE_NAME: database.name,
    DATABASE_CA_FILE: databaseCaFile,
  };
}

export function cacheAddress({ cache }: Data): Record<string, string> {
  return { REDIS_HOST: cache.host, REDIS_PORT: String(cache.port), REDIS_SSL: 'true' };
}

function modelList({ buckets, configKey }: Data): Record<string, string> {
  return {
    LITELLM_CONFIG_BUCKET_NAME: buckets.config.bucketName,
    LITELLM_CONFIG_BUCKET_OBJECT_KEY: configKey,
    STORE_MODEL_IN_DB: 'true',
  };
}

function cacheLogin({ cache }: Data): Record<string, SecretValue> {
  return {
    REDIS_USERNAME: { secret: cache.secret, field: 'username' },
    REDIS_PASSWORD: { secret: cache.secret, field: 'password' },
  };
}

function litellmKeys({ secrets }: Data): Record<string, SecretValue> {
  return { LITELLM_MASTER_KEY: whole(secrets.masterKey), LITELLM_SALT_KEY: whole(secrets.saltKey) };
}

function login(prefix: string, secret: ISecret): Record<string, SecretValue> {
  return {
    [`${prefix}_USER`]: { secret, field: 'username' },
    [`${prefix}_PASSWORD`]: { secret, field: 'password' },
  };
}

function whole(secret: ISecret): SecretValue {
  return { secret, field: undefined };
}

function milliseconds(seconds: number): string {
  return String(seconds * 1000);
}
