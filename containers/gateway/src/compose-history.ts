import { type CredentialSource, DynamoSessionStore, S3TurnBlobs } from '@genai-gateway/aws';
import type { GatewayConfig } from '@genai-gateway/config';
import type { Clock } from '@genai-gateway/core';
import { FolderTurnBlobs } from '@genai-gateway/history';
import type { History } from '@genai-gateway/pipeline';

/** Chat history as it is configured. */
export interface ComposedHistory {
  /** Undefined: none is kept. */
  readonly history: History | undefined;
  /** Rejects with what operators have to mend. */
  readonly check: (signal: AbortSignal) => Promise<void>;
  readonly close: () => void;
}

const none: ComposedHistory = { history: undefined, check: async () => {}, close: () => {} };

/** Sessions in DynamoDB, and in S3 or a folder what is too large for it. */
export function composeHistory(config: GatewayConfig, credentials: CredentialSource, now: Clock): ComposedHistory {
  const { HISTORY_TABLE: tableName, HISTORY_BUCKET: bucket, HISTORY_BLOB_DIR: folder, AWS_REGION: region } = config;
  if (tableName === undefined) return none;
  const s3 =
    bucket === undefined
      ? undefined
      : new S3TurnBlobs({ credentials, region, endpoint: config.S3_ENDPOINT_URL, bucket });
  const { HISTORY_RETENTION_DAYS: retentionDays } = config;
  const store = new DynamoSessionStore({
    credentials,
    region,
    endpoint: config.DYNAMODB_ENDPOINT_URL,
    tableName,
    blobs: s3 ?? (folder === undefined ? undefined : new FolderTurnBlobs({ folder, now, retentionDays })),
    retentionDays,
    now,
  });
  return {
    history: { store, sharedBy: config.HISTORY_OWNER },
    check: (signal) => store.checkTable(signal),
    close: () => {
      store.close();
      s3?.close();
    },
  };
}
