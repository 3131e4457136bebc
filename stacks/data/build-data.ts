import type { Deployment } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import type { Foundation } from '../foundation/foundation.ts';
import type { Network } from '../network/network.ts';
import { makeBuckets } from './buckets.ts';
import { makeCache } from './cache.ts';
import type { Data } from './data.ts';
import { makeDatabase } from './database.ts';
import { putModelConfig } from './model-config.ts';
import { makeRequestLogQueries } from './request-log-queries.ts';
import { makeSecrets } from './secrets.ts';
import { makeSessionsTable } from './sessions-table.ts';

const configKey = 'config.yaml';

/** Database, cache, table, buckets and secrets, the model list in its bucket, and SQL over the archive. */
export function buildData(
  stack: Stack,
  deployment: Deployment,
  { foundation, network }: { readonly foundation: Foundation; readonly network: Network },
): Data {
  const buckets = makeBuckets(stack, deployment, { foundation });
  putModelConfig(stack, deployment, { foundation, bucket: buckets.config, key: configKey });
  return {
    database: makeDatabase(stack, deployment, { foundation, network }),
    cache: makeCache(stack, deployment, { foundation, network }),
    sessions: makeSessionsTable(stack, deployment, { foundation }),
    buckets,
    requestLogQueries: makeRequestLogQueries(stack, deployment, { foundation, buckets }),
    configKey,
    secrets: makeSecrets(stack, deployment, { foundation }),
  };
}
