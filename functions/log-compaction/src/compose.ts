import { randomUUID } from 'node:crypto';
import { S3Objects } from '@genai-gateway/aws';
import { ConfigError } from '@genai-gateway/config';
import { FolderObjects, type ObjectStore } from '@genai-gateway/core';
import type { TaskEnvironment } from '@genai-gateway/lambda';
import type { CompactServices } from './handle.ts';

/** The two buckets, or folders in place of them. Throws `ConfigError`; connects to nothing yet. */
export async function compose(environment: TaskEnvironment): Promise<CompactServices> {
  const { logger, now } = environment;
  const raw = storeOf(environment, 'REQUEST_LOG');
  const archive = storeOf(environment, 'ARCHIVE');
  return { raw, archive, logger, now, newOwner: randomUUID };
}

function storeOf({ env, credentials, region }: TaskEnvironment, name: 'REQUEST_LOG' | 'ARCHIVE'): ObjectStore {
  const [bucket, folder] = [env[`${name}_BUCKET`], env[`${name}_DIR`]];
  if (bucket !== undefined) return new S3Objects({ credentials, region, endpoint: env['S3_ENDPOINT_URL'], bucket });
  if (folder === undefined) {
    throw new ConfigError(`Neither ${name}_BUCKET nor ${name}_DIR is set: log-compaction needs one of them.`);
  }
  return new FolderObjects(folder, () => Promise.reject(new Error('Nothing links to request logs.')));
}
