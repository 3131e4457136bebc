import { CredentialSource, defaultCredentialProvider } from '@genai-gateway/aws';
import { ConfigError, readGatewayConfig } from '@genai-gateway/config';
import { connectPostgres, PostgresAuditLog } from '@genai-gateway/litellm';
import { errorText } from '@genai-gateway/telemetry';
import type { FunctionEnvironment, TaskEnvironment } from './function-environment.ts';
import { functionLogger } from './function-logger.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Connections to LiteLLM's database that a process of a function holds at most. */
const MAX_CONNECTIONS = 2;

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

/** Throws `ConfigError` that names every variable at fault. Connects to nothing yet. */
export async function readFunctionEnvironment(name: string, env: Environment): Promise<FunctionEnvironment> {
  const task = readTaskEnvironment(name, env);
  const config = readGatewayConfig(env);
  const pool = connectPostgres({
    url: config.DATABASE_URL,
    max: MAX_CONNECTIONS,
    onIdleError: (error) => task.logger.warn('a connection to Postgres was lost', { error: errorText(error) }),
  });
  return { ...task, config, pool, audit: new PostgresAuditLog(pool) };
}
