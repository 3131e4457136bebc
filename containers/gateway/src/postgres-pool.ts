import type { GatewayConfig } from '@genai-gateway/config';
import type { Login, SecretSource } from '@genai-gateway/core';
import { connectPostgres } from '@genai-gateway/litellm';
import { errorText, type Logger } from '@genai-gateway/telemetry';

/** So many connections to LiteLLM's database at most; one that is lost while idle is logged. Connects to nothing yet. */
export function postgresPool(
  config: GatewayConfig,
  login: SecretSource<Login> | undefined,
  max: number,
  logger: Logger,
): ReturnType<typeof connectPostgres> {
  return connectPostgres({
    ...{ url: config.DATABASE_URL, login, max },
    onIdleError: (error) => logger.warn({ error: errorText(error) }, 'a connection to Postgres was lost'),
  });
}
