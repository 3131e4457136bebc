import { describeGatewayConfig } from '../gateway-config.ts';
import { variableNames } from './variables.ts';

const DATABASE = 'the database of the deployment is the one';
const CACHE = 'the cache of the deployment is the one';
const GENERATED = 'it is made once, and kept in Secrets Manager';
const PORTS = 'the load balancer and the security groups go by the ports of the image';
const ENDPOINTS = 'in a VPC the names of AWS lead to its VPC endpoints';
const DRAIN = 'it follows from LONGEST_STREAM_SECONDS and the load balancer';
const HISTORY = 'sessions are kept in the table and bucket of the deployment';
const REQUEST_LOG = 'request logs are kept in the bucket of the deployment';

/**
 * Variables of the gateway (docs/configuration.md) that a deployment sets itself, by the reason why nobody else may:
 * everything else of it is handed through.
 */
export const setByTheStacks: Readonly<Record<string, string>> = {
  GATEWAY_HOST: PORTS,
  GATEWAY_PORT: PORTS,
  GATEWAY_TLS_PORT: PORTS,
  GATEWAY_TLS_CERT_FILE: 'each task makes a certificate of its own for the way from the load balancer',
  GATEWAY_TLS_KEY_FILE: 'each task makes a certificate of its own for the way from the load balancer',
  GATEWAY_TLS_SELF_SIGNED: 'each task makes a certificate of its own for the way from the load balancer',
  DATABASE_URL: DATABASE,
  DATABASE_HOST: DATABASE,
  DATABASE_PORT: DATABASE,
  DATABASE_NAME: DATABASE,
  DATABASE_USER: DATABASE,
  DATABASE_PASSWORD: GENERATED,
  DATABASE_CA_FILE: DATABASE,
  REDIS_URL: CACHE,
  REDIS_HOST: CACHE,
  REDIS_PORT: CACHE,
  REDIS_USERNAME: CACHE,
  REDIS_PASSWORD: GENERATED,
  REDIS_SSL: CACHE,
  LITELLM_URL: 'LiteLLM is deployed beside the gateway, which alone reaches it',
  LITELLM_MASTER_KEY: GENERATED,
  LITELLM_SALT_KEY: GENERATED,
  GATEWAY_SECRET: GENERATED,
  STORE_MODEL_IN_DB: 'models can always be made in the Admin UI',
  LITELLM_CONFIG_FILE: 'MODEL_CONFIG_FILE names the file, which is put into a bucket',
  LITELLM_CONFIG_BUCKET_NAME: 'MODEL_CONFIG_FILE names the file, which is put into a bucket',
  LITELLM_CONFIG_BUCKET_OBJECT_KEY: 'MODEL_CONFIG_FILE names the file, which is put into a bucket',
  SECRETS_DIR: GENERATED,
  DATABASE_SECRET_ARN: GENERATED,
  REDIS_SECRET_ARN: GENERATED,
  LITELLM_MASTER_KEY_SECRET_ARN: GENERATED,
  LITELLM_SALT_KEY_SECRET_ARN: GENERATED,
  GATEWAY_SECRET_ARN: GENERATED,
  SECRETS_MANAGER_ENDPOINT_URL: ENDPOINTS,
  BEDROCK_ALLOWED_REGIONS: 'BEDROCK_REGIONS names the regions, and the roles go by them too',
  BEDROCK_RUNTIME_ENDPOINT_URL: ENDPOINTS,
  BEDROCK_ENDPOINT_URL: ENDPOINTS,
  BEDROCK_AGENT_ENDPOINT_URL: ENDPOINTS,
  DYNAMODB_ENDPOINT_URL: ENDPOINTS,
  S3_ENDPOINT_URL: ENDPOINTS,
  HISTORY_TABLE: HISTORY,
  HISTORY_BUCKET: HISTORY,
  HISTORY_BLOB_DIR: HISTORY,
  REQUEST_LOG_BUCKET: REQUEST_LOG,
  REQUEST_LOG_DIR: REQUEST_LOG,
  GATEWAY_SPOOL_DIR: 'no folder of a task outlives it',
  OIDC_ISSUERS_FILE: 'the file is not in the container; put what is in it into OIDC_ISSUERS, on one line',
  GATEWAY_KEEP_ALIVE_TIMEOUT_MS: DRAIN,
  GATEWAY_DRAIN_DELAY_MS: DRAIN,
  GATEWAY_DRAIN_TIMEOUT_MS: DRAIN,
};

/** Variables of the gateway that are handed through as they are. The region is the deployment's. */
export function handedThrough(): readonly string[] {
  const own = new Set<string>([...variableNames, 'AWS_REGION']);
  return describeGatewayConfig()
    .map(({ name }) => name)
    .filter((name) => setByTheStacks[name] === undefined && !own.has(name));
}
