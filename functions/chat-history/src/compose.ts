import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DynamoSessionStore, LambdaTasks, S3Objects, S3TurnBlobs } from '@genai-gateway/aws';
import { FolderObjects, type ObjectStore } from '@genai-gateway/core';
import { FolderTurnBlobs, type TurnBlobs } from '@genai-gateway/history';
import type { FunctionEnvironment, TaskContext } from '@genai-gateway/lambda';
import { PostgresKeyStore } from '@genai-gateway/litellm';
import type { History } from '@genai-gateway/pipeline';
import type { ChatHistoryServices } from './services.ts';
import type { ChatHistoryTask } from './task.ts';
import { doTask } from './tasks.ts';

/** DynamoDB's indexes follow within moments. */
const LIST_DELAY_MS = 2_000;
const LOCAL_TRIES = 3;

/** The function as it is configured. */
export async function compose(env: FunctionEnvironment): Promise<ChatHistoryServices> {
  const { config, pool, audit, logger, now } = env;
  const keys = new PostgresKeyStore(pool);
  const services: ChatHistoryServices = {
    history: historyAt(env),
    objects: objectsAt(env),
    audit,
    findKey: (keyHash, signal) => keys.findByHash(keyHash, signal),
    start: tasksAt(env, (task) => doTask(task, services, noLimit)),
    listDelayMs: LIST_DELAY_MS,
    logger,
    now,
  };
  if (config.HISTORY_TABLE === undefined) logger.warn('no history is kept: HISTORY_TABLE is not set');
  return services;
}

function historyAt(env: FunctionEnvironment): History | undefined {
  const { config, credentials, region, now } = env;
  const { HISTORY_TABLE: tableName, HISTORY_RETENTION_DAYS: retentionDays } = config;
  if (tableName === undefined) return undefined;
  const store = new DynamoSessionStore({
    credentials,
    region,
    endpoint: config.DYNAMODB_ENDPOINT_URL,
    tableName,
    blobs: blobsAt(env),
    retentionDays,
    now,
  });
  return { store, sharedBy: config.HISTORY_OWNER };
}

function blobsAt({ config, credentials, region, now }: FunctionEnvironment): TurnBlobs | undefined {
  const { HISTORY_BUCKET: bucket, HISTORY_BLOB_DIR: folder, HISTORY_RETENTION_DAYS: retentionDays } = config;
  if (bucket !== undefined) return new S3TurnBlobs({ credentials, region, endpoint: config.S3_ENDPOINT_URL, bucket });
  return folder === undefined ? undefined : new FolderTurnBlobs({ folder, now, retentionDays });
}

/** The bucket of exports, else that of the history. */
function objectsAt({ env, config, credentials, region }: FunctionEnvironment): ObjectStore | undefined {
  const folder = env['EXPORT_DIR'];
  if (folder !== undefined) return new FolderObjects(folder, async (key) => pathToFileURL(join(folder, key)).href);
  const bucket = env['EXPORT_BUCKET'] ?? config.HISTORY_BUCKET;
  if (bucket === undefined) return undefined;
  return new S3Objects({ credentials, region, endpoint: config.S3_ENDPOINT_URL, bucket });
}

/** By Lambda, or on one machine in this process, which tries as often as Lambda does. */
function tasksAt(
  { env, credentials, region, logger }: FunctionEnvironment,
  runHere: (task: ChatHistoryTask) => Promise<unknown>,
): ChatHistoryServices['start'] {
  const functionName = env['AWS_LAMBDA_FUNCTION_NAME'];
  if (functionName !== undefined) {
    const tasks = new LambdaTasks({ credentials, region, endpoint: env['LAMBDA_ENDPOINT_URL'], functionName });
    return (task, signal) => tasks.start(task, signal);
  }
  const run = async (task: ChatHistoryTask): Promise<void> => {
    for (let tries = 0; tries < LOCAL_TRIES; tries += 1) {
      try {
        await runHere(task);
        return;
      } catch (error) {
        logger.error('a task failed', { task: task.task, error: String(error) });
      }
    }
  };
  return async (task) => void run(task);
}

/** On one machine nobody ends a task. */
const noLimit: TaskContext = {
  requestId: 'local',
  signal: new AbortController().signal,
  remainingMs: () => Number.POSITIVE_INFINITY,
};
