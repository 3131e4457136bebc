import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderTurnBlobs } from '@genai-gateway/history';
import { sessionStoreSuite } from '@genai-gateway/history/testing/session-store-suite';
import { createHistoryTable, DynamoSessionStore } from './dynamo-session-store.ts';
import { anyCredentials, startDynalite } from './test-support/local-dynamodb.ts';

const table = { credentials: anyCredentials, region: 'us-east-1', tableName: 'sessions' };

sessionStoreSuite('DynamoSessionStore on dynalite', async ({ now, retentionDays }) => {
  const dynamodb = await startDynalite();
  const folder = await mkdtemp(join(tmpdir(), 'turn-blobs-'));
  const options = { ...table, endpoint: dynamodb.endpoint };
  await createHistoryTable(options, AbortSignal.timeout(10_000));
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
