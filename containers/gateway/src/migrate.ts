import { ConfigError, readMigrationConfig, withSecretFiles } from '@genai-gateway/config';
import { MigrationFailure, prepareLitellmDatabase } from '@genai-gateway/litellm';
import { createLogger, errorText } from '@genai-gateway/telemetry';

/** How long the database, or another migration, is waited for; a new database of RDS takes minutes to be there. */
const PATIENCE_MS = 10 * 60_000;

/**
 * The one migration of a deployment, before LiteLLM and the gateway: LiteLLM's tables, and the logins of both. Exit code
 * 0 when the database is ready, also when it was before; else 1, and the last line says why.
 */
const { logger, close } = createLogger('info');
try {
  const { databaseUrl, logins } = readMigrationConfig(withSecretFiles(process.env));
  await prepareLitellmDatabase({
    url: databaseUrl,
    logins,
    log: (message) => logger.info(message),
    patienceMs: PATIENCE_MS,
  });
  logger.info('The database is ready.');
} catch (error) {
  if (error instanceof MigrationFailure) logger.fatal({ mend: error.mend }, errorText(error));
  else logger.fatal(error instanceof ConfigError ? error.message : errorText(error));
  process.exitCode = 1;
}
await close();
