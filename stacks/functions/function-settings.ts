import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Deployment } from '@genai-gateway/config';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { allow } from '../access/bedrock-access.ts';
import { through } from '../access/key-through.ts';
import { cacheAddress, databaseAddress } from '../compute/service-settings.ts';
import type { Data } from '../data/data.ts';
import type { Foundation } from '../foundation/foundation.ts';
import { inRepository } from '../repository.ts';

/**
 * RDS's certificate authorities. Functions have their files by the paths of the repository, in the folder that they are
 * run in: on AWS as by `sst dev`.
 */
export const databaseCaFile = 'containers/litellm/rds-ca.pem';

/** What a function needs to know who is calling. */
export interface CallerSettings {
  readonly environment: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly statements: readonly PolicyStatement[];
}

/**
 * Of functions that answer requests: LiteLLM's database, the master key and the issuers of tokens, as the gateway has
 * them. Issuers with their keys can be longer than the 4 KB that an environment may have, so they are in a file.
 */
export function callerSettings(
  deployment: Deployment,
  { foundation, data }: { readonly foundation: Foundation; readonly data: Data },
): CallerSettings {
  const { OIDC_ISSUERS: issuers, ...handedThrough } = deployment.gateway.environment;
  const issuersFile = issuers === undefined ? undefined : fileOfIssuers(issuers);
  const { gatewaySecret: databaseLogin } = data.database;
  const { masterKey, saltKey, gatewaySecret } = data.secrets;
  return {
    environment: {
      ...handedThrough,
      ...(issuersFile === undefined ? {} : { OIDC_ISSUERS_FILE: issuersFile }),
      ...databaseAddress(data),
      DATABASE_CA_FILE: databaseCaFile,
      DATABASE_SECRET_ARN: databaseLogin.secretArn,
      LITELLM_MASTER_KEY_SECRET_ARN: masterKey.secretArn,
      LITELLM_SALT_KEY_SECRET_ARN: saltKey.secretArn,
      GATEWAY_SECRET_ARN: gatewaySecret.secretArn,
    },
    files: [databaseCaFile, ...(issuersFile === undefined ? [] : [issuersFile])],
    statements: readSecrets(deployment, foundation, [databaseLogin, masterKey, saltKey, gatewaySecret]),
  };
}

/** The cache, for news to the gateways. */
export function cacheSettings(
  deployment: Deployment,
  { foundation, data }: { readonly foundation: Foundation; readonly data: Data },
): CallerSettings {
  return {
    environment: { ...cacheAddress(data), REDIS_SECRET_ARN: data.cache.secret.secretArn },
    files: [],
    statements: readSecrets(deployment, foundation, [data.cache.secret]),
  };
}

/** Reading secrets, all versions of them, while they rotate. */
export function readSecrets(
  deployment: Deployment,
  { keys }: Foundation,
  secrets: readonly ISecret[],
): readonly PolicyStatement[] {
  return [
    ...allow(
      ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
      secrets.map(({ secretArn }) => secretArn),
    ),
    through(keys.secrets, deployment, 'secretsmanager', ['kms:Decrypt']),
  ];
}

/** The same issuers have the same file, so that the function's code changes with them alone. */
function fileOfIssuers(issuers: string): string {
  const folder = `.cache/oidc-issuers/${createHash('sha256').update(issuers).digest('hex').slice(0, 16)}`;
  mkdirSync(inRepository(folder), { recursive: true });
  const file = `${folder}/issuers.json`;
  writeFileSync(inRepository(file), issuers);
  return file;
}
