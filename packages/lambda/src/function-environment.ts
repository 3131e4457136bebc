import type { CredentialSource } from '@genai-gateway/aws';
import type { GatewayConfig } from '@genai-gateway/config';
import type { Clock, Login, SecretSource } from '@genai-gateway/core';
import type { AuditLog } from '@genai-gateway/governance';
import type { connectPostgres } from '@genai-gateway/litellm';

/** A log of JSON lines. Fields never hold a credential, nor the text of a prompt or an answer. */
export interface FunctionLogger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** What every function has. */
export interface TaskEnvironment {
  /** The environment as it is, for the variables that are a function's own; an empty one counts as unset. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly region: string;
  readonly credentials: CredentialSource;
  readonly logger: FunctionLogger;
  readonly now: Clock;
}

/** What a function has that answers requests: it knows who is calling, so it knows LiteLLM's database too. */
export interface FunctionEnvironment extends TaskEnvironment {
  /** The variables that functions share with the gateway, by the same names. */
  readonly config: GatewayConfig;
  /** LiteLLM's database, two connections at most. */
  readonly pool: ReturnType<typeof connectPostgres>;
  readonly audit: AuditLog;
  /** Who a function is at Redis, where a secret says it and `config.REDIS_URL` does not. */
  readonly redisLogin: SecretSource<Login> | undefined;
  /** The master key where it is a secret that rotates; `config.LITELLM_MASTER_KEY` is the one that was newest at first. */
  readonly masterKey: SecretSource | undefined;
}
