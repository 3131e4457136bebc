import { type CredentialSource, readServiceSecrets } from '@genai-gateway/aws';
import { type GatewayConfig, secretIdsOf, secretValuesAsVariables } from '@genai-gateway/config';
import type { Clock, Login, SecretSource } from '@genai-gateway/core';
import { MasterKeys } from '@genai-gateway/identity';
import type { RedisAddress } from '@genai-gateway/litellm';
import type { Logger } from '@genai-gateway/telemetry';

type Environment = Readonly<Record<string, string | undefined>>;

/** The configuration with its secrets, those that rotate as sources. */
export interface ComposedSecrets {
  /** With the values of those that do not rotate while this process runs. */
  readonly config: GatewayConfig;
  /** The same as variables, with the master key of the start. */
  readonly env: Environment;
  /** Undefined: the URL says who logs in. */
  readonly databaseLogin: SecretSource<Login> | undefined;
  /** Undefined: there is no Redis. */
  readonly redis: RedisAddress | undefined;
  /** Undefined: the master key is no secret of Secrets Manager. */
  readonly masterKeys: MasterKeys | undefined;
  readonly close: () => void;
}

const none = { database: undefined, redis: undefined, masterKey: undefined, close: (): void => {} };

/** Reads the secrets that are named, and follows them. Rejects with what is to be mended where one cannot be read. */
export async function composeSecrets(
  config: GatewayConfig,
  env: Environment,
  credentials: CredentialSource,
  now: Clock,
  logger: Logger,
): Promise<ComposedSecrets> {
  const ids = secretIdsOf(config);
  if (Object.values(ids).every((id) => id === undefined)) return composed(config, env, none, now);
  const options = {
    ...{ credentials, region: config.AWS_REGION, endpoint: config.SECRETS_MANAGER_ENDPOINT_URL },
    ...{ refreshMs: config.SECRETS_REFRESH_MS, now, log: (message: string) => logger.warn(message) },
  };
  const secrets = await readServiceSecrets(ids, options, new AbortController().signal);
  const { saltKey, gatewaySecret } = secrets;
  const masterKey = secrets.masterKey?.versions()[0].value;
  const variables = secretValuesAsVariables({ masterKey, saltKey, gatewaySecret });
  return composed({ ...config, ...variables }, { ...env, ...variables }, secrets, now);
}

function composed(
  config: GatewayConfig,
  env: Environment,
  { database, redis, masterKey, close }: Pick<Awaited<ReturnType<typeof readServiceSecrets>>, keyof typeof none>,
  now: Clock,
): ComposedSecrets {
  const { REDIS_URL: url, MASTER_KEY_GRACE_MS: graceMs } = config;
  return {
    ...{ config, env, close, databaseLogin: database },
    redis: url === undefined ? undefined : { url, login: redis },
    masterKeys: masterKey === undefined ? undefined : new MasterKeys({ source: masterKey, graceMs, now }),
  };
}
