import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Deployment } from '@genai-gateway/config';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { readSecrets } from '../access/read-secrets.ts';
import { arnsOf, cacheAddress, databaseAddress, secretsOfGateway } from '../compute/service-settings.ts';
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
  // What the gateway reads, but for the login to the cache, which not every function has.
  const { REDIS_SECRET_ARN: _ofCache, ...secrets } = secretsOfGateway(data);
  return {
    environment: {
      ...handedThrough,
      ...(issuersFile === undefined ? {} : { OIDC_ISSUERS_FILE: issuersFile }),
      ...databaseAddress(data),
      DATABASE_CA_FILE: databaseCaFile,
      ...arnsOf(secrets),
    },
    files: [databaseCaFile, ...(issuersFile === undefined ? [] : [issuersFile])],
    statements: readSecrets(deployment, foundation, Object.values(secrets)),
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

/** The same issuers have the same file, so that the function's code changes with them alone. */
function fileOfIssuers(issuers: string): string {
  const folder = `.cache/oidc-issuers/${createHash('sha256').update(issuers).digest('hex').slice(0, 16)}`;
  mkdirSync(inRepository(folder), { recursive: true });
  const file = `${folder}/issuers.json`;
  writeFileSync(inRepository(file), issuers);
  return file;
}
