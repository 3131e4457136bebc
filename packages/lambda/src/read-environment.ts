import { CredentialSource, defaultCredentialProvider, readServiceSecrets } from '@genai-gateway/aws';
import { ConfigError, readGatewayConfig, secretIdsOf, secretValuesAsVariables } from '@genai-gateway/config';
import { connectPostgres, PostgresAuditLog } from '@genai-gateway/litellm';
import { errorText } from '@genai-gateway/telemetry';
import type { FunctionEnvironment, TaskEnvironment } from './function-environment.ts';
import { functionLogger } from './function-logger.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Connections to LiteLLM's database that a process of a function holds at most. */
const MAX_CONNECTIONS = 2;
/** The load balancer waits no longer than a minute for the first answer. */
const SECRETS_TIMEOUT_MS = 10_000;

/** Throws `ConfigError` without a region. */
export function readTaskEnvironment(name: string, env: Environment): TaskEnvironment {
  const region = env['AWS_REGION'];
  if (region === undefined || region === '') throw new ConfigError('AWS_REGION is not set.');
  const now = Date.now;
  return {
    env: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')),
    region,
    credentials: new CredentialSource(defaultCredentialProvider(), now),
    logger: functionLogger(name, env['LOG_LEVEL']),
    now,
  };
}

/**
 * Throws `ConfigError` that names every variable at fault; rejects where a secret that it names cannot be read. Connects to
 * nothing else yet.
 */
export async function readFunctionEnvironment(name: string, env: Environment): Promise<FunctionEnvironment> {
  const task = readTaskEnvironment(name, env);
  const { region, credentials, logger, now } = task;
  const written = readGatewayConfig(env);
  const secrets = await readServiceSecrets(
    secretIdsOf(written),
    {
      ...{ region, credentials, now },
      endpoint: written.SECRETS_MANAGER_ENDPOINT_URL,
      refreshMs: written.SECRETS_REFRESH_MS,
      log: (message) => logger.warn(message),
    },
    AbortSignal.timeout(SECRETS_TIMEOUT_MS),
  );
  const { saltKey, gatewaySecret, masterKey } = secrets;
  const values = { saltKey, gatewaySecret, masterKey: masterKey?.versions()[0].value };
  const config = { ...written, ...secretValuesAsVariables(values) };
  const pool = connectPostgres({
    url: config.DATABASE_URL,
    login: secrets.database,
    max: MAX_CONNECTIONS,
    onIdleError: (error) => logger.warn('a connection to Postgres was lost', { error: errorText(error) }),
  });
  return { ...task, config, pool, audit: new PostgresAuditLog(pool), masterKey, redisLogin: secrets.redis };
}
