import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderTurnBlobs } from '@genai-gateway/history';
import { sessionStoreSuite } from '@genai-gateway/history/testing/session-store-suite';
import { describe } from 'vitest';
import { createHistoryTable, DynamoSessionStore } from './dynamo-session-store.ts';
import { anyCredentials, findDynamodbLocal, startDynalite, startDynamodbLocal } from './test-support/local-dynamodb.ts';
import type { LocalServer } from './test-support/local-process.ts';
import { suiteName } from './test-support/tool-folder.ts';

const table = { credentials: anyCredentials, region: 'us-east-1', tableName: 'sessions' };
const dynamodbLocal = await findDynamodbLocal();
const suite = suiteName('DynamoSessionStore on DynamoDB Local', dynamodbLocal);

storeSuite('DynamoSessionStore on dynalite', startDynalite);

describe.skipIf(suite.isSkipped)(suite.name, () => {
  storeSuite('as every store', () => startDynamodbLocal('folder' in dynamodbLocal ? dynamodbLocal.folder : ''));
});

function storeSuite(name: string, startDynamodb: () => Promise<LocalServer>): void {
  sessionStoreSuite(name, async ({ now, retentionDays }) => {
    const dynamodb = await startDynamodb();
    const folder = await mkdtemp(join(tmpdir(), 'turn-blobs-'));
    const options = { ...table, endpoint: dynamodb.endpoint };
    try {
      await createHistoryTable(options, AbortSignal.timeout(10_000));
    } catch (error) {
      await dynamodb.close();
      throw error;
    }
    const blobs = new FolderTurnBlobs({ folder, now, retentionDays });
    const store = new DynamoSessionStore({ ...options, now, retentionDays, blobs });
    return {
      store,
      async close() {
        store.close();
        await dynamodb.close();
        await rm(folder, { recursive: true });
      },
    };
  });
}
