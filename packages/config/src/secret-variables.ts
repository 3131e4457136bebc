import * as z from 'zod';
import { url } from './value-types.ts';

const id = z.string().optional();

/** Variables that name a secret of Secrets Manager in place of its value. */
export const secretVariables = {
  DATABASE_SECRET_ARN: id.describe(
    'In place of DATABASE_USER and DATABASE_PASSWORD: the secret of Secrets Manager that holds them, {"username":"…","password":"…"}; new values are used without a restart.',
  ),
  REDIS_SECRET_ARN: id.describe('The same in place of REDIS_USERNAME and REDIS_PASSWORD.'),
  LITELLM_MASTER_KEY_SECRET_ARN: id.describe(
    'The secret that holds the master key as it is, in place of LITELLM_MASTER_KEY; new values are used without a restart. The salt key has to be set too.',
  ),
  LITELLM_SALT_KEY_SECRET_ARN: id.describe(
    'The secret that holds the salt key as it is, in place of LITELLM_SALT_KEY; read once, at start.',
  ),
  GATEWAY_SECRET_ARN: id.describe('The same in place of GATEWAY_SECRET; read once, at start.'),
  SECRETS_MANAGER_ENDPOINT_URL: url(['http:', 'https:'])
    .optional()
    .describe('A Secrets Manager other than the region’s own, such as a VPC endpoint or a local one.'),
  SECRETS_REFRESH_MS: z.coerce
    .number()
    .int()
    .min(1_000)
    .max(3_600_000)
    .default(60_000)
    .describe('How often secrets are read again; besides, whenever a value of one was refused.'),
  MASTER_KEY_GRACE_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(604_800_000)
    .default(3_600_000)
    .describe('How long the master key before the newest is taken from callers, once there is a newer one.'),
};

/** Each with the variables whose place it takes. */
const instead: Readonly<Record<string, readonly string[]>> = {
  DATABASE_SECRET_ARN: ['DATABASE_USER', 'DATABASE_PASSWORD'],
  REDIS_SECRET_ARN: ['REDIS_USERNAME', 'REDIS_PASSWORD'],
  LITELLM_MASTER_KEY_SECRET_ARN: ['LITELLM_MASTER_KEY'],
  LITELLM_SALT_KEY_SECRET_ARN: ['LITELLM_SALT_KEY'],
  GATEWAY_SECRET_ARN: ['GATEWAY_SECRET'],
};

/** What is wrong with the choice between values and the secrets that hold them, seen by which variables are set at all. */
export function secretProblems(given: Readonly<Record<string, string>>): string[] {
  const problems: string[] = [];
  for (const [name, others] of Object.entries(instead)) {
    const twice = others.filter((each) => given[each] !== undefined);
    if (given[name] === undefined || twice.length === 0) continue;
    problems.push(`${name} and ${twice.join(', ')} are both set. Unset one or the others.`);
  }
  const saltKeys = ['LITELLM_SALT_KEY', 'LITELLM_SALT_KEY_SECRET_ARN'];
  if (given['LITELLM_MASTER_KEY_SECRET_ARN'] !== undefined && saltKeys.every((each) => given[each] === undefined)) {
    problems.push(
      'LITELLM_MASTER_KEY_SECRET_ARN is set, so LITELLM_SALT_KEY or LITELLM_SALT_KEY_SECRET_ARN must be too: without a salt key LiteLLM encrypts by the master key, which then could not rotate.',
    );
  }
  return problems;
}

interface SecretConfig {
  readonly DATABASE_SECRET_ARN?: string | undefined;
  readonly REDIS_SECRET_ARN?: string | undefined;
  readonly LITELLM_MASTER_KEY_SECRET_ARN?: string | undefined;
  readonly LITELLM_SALT_KEY_SECRET_ARN?: string | undefined;
  readonly GATEWAY_SECRET_ARN?: string | undefined;
}

/** The secrets to read, by what they are for. */
export function secretIdsOf(config: SecretConfig): {
  readonly database: string | undefined;
  readonly redis: string | undefined;
  readonly masterKey: string | undefined;
  readonly saltKey: string | undefined;
  readonly gatewaySecret: string | undefined;
} {
  return {
    database: config.DATABASE_SECRET_ARN,
    redis: config.REDIS_SECRET_ARN,
    masterKey: config.LITELLM_MASTER_KEY_SECRET_ARN,
    saltKey: config.LITELLM_SALT_KEY_SECRET_ARN,
    gatewaySecret: config.GATEWAY_SECRET_ARN,
  };
}

/** The variables that hold what was read of the secrets, for those that were named. */
export function secretValuesAsVariables(values: {
  readonly masterKey: string | undefined;
  readonly saltKey: string | undefined;
  readonly gatewaySecret: string | undefined;
}): { readonly LITELLM_MASTER_KEY?: string; readonly LITELLM_SALT_KEY?: string; readonly GATEWAY_SECRET?: string } {
  const { masterKey, saltKey, gatewaySecret } = values;
  return {
    ...(masterKey === undefined ? {} : { LITELLM_MASTER_KEY: masterKey }),
    ...(saltKey === undefined ? {} : { LITELLM_SALT_KEY: saltKey }),
    ...(gatewaySecret === undefined ? {} : { GATEWAY_SECRET: gatewaySecret }),
  };
}
