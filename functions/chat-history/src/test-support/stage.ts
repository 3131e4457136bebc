import { hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createHistoryTable, DynamoSessionStore } from '@genai-gateway/aws';
import { FolderTurnBlobs, type Turn } from '@genai-gateway/history';
import { sampleTurn } from '@genai-gateway/history/testing/sample-turn';
import { httpFunction } from '@genai-gateway/lambda';
import { type AskedRequest, albEvent, type SeenAnswer, seenAnswer } from '@genai-gateway/lambda/testing/alb';
import { testDatabase } from '@genai-gateway/local/testing/test-database';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { startRelay } from '../../../../packages/aws/src/test-support/dynamodb-relay.ts';
import { anyCredentials, startDynalite } from '../../../../packages/aws/src/test-support/local-dynamodb.ts';
import { compose } from '../compose.ts';
import { routes } from '../routes.ts';
import { handleTask } from '../tasks.ts';

export const masterKey = 'sk-master-of-the-tests';
const tableName = 'sessions';
const signal = new AbortController().signal;

/** What a client sends, with the key that it has. */
export interface Asked extends Omit<AskedRequest, 'headers'> {
  readonly key?: string;
}

export const sha256 = (text: string): string => hash('sha256', text, 'hex');
/** The owner of what a name has: `key:<hash>`, `user:ann`. */
export const ownerNamed = (name: string): string => sha256(name);
export const ownerOfKey = (key: string): string => ownerNamed(`key:${sha256(key)}`);

/**
 * The function with real stores around it: LiteLLM's Postgres, a DynamoDB behind a relay that can fail, and folders in
 * place of buckets. `settings` gives the function another environment, and with it another process.
 */
export function chatHistoryStage() {
  // Many small calls of real servers: on a busy machine they take their time.
  vi.setConfig({ testTimeout: 30_000 });
  const database = testDatabase({ max: 2 });
  let folder = '';
  let dynamodb: Awaited<ReturnType<typeof startDynalite>>;
  let relay: Awaited<ReturnType<typeof startRelay>>;
  let store: DynamoSessionStore;
  const lines: Record<string, unknown>[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chat-history-'));
    dynamodb = await startDynalite();
    relay = await startRelay(dynamodb.endpoint);
    const table = { credentials: anyCredentials, region: 'us-east-1', endpoint: dynamodb.endpoint, tableName };
    await createHistoryTable(table, AbortSignal.timeout(10_000));
    const blobs = new FolderTurnBlobs({ folder: join(folder, 'blobs'), now: Date.now, retentionDays: 30 });
    store = new DynamoSessionStore({ ...table, blobs, retentionDays: 30, now: Date.now });
  }, 180_000);
  afterAll(async () => {
    store.close();
    await relay.close();
    await dynamodb.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    lines.length = 0;
    settings();
    await database.pool.query('TRUNCATE "LiteLLM_AuditLog"');
    for (const name of ['info', 'warn', 'error'] as const) {
      vi.spyOn(console, name).mockImplementation((line: string) => void lines.push(JSON.parse(line)));
    }
  });
  afterEach(() => {
    relay.decide(() => 'pass');
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  const handlers = new Map<string, ReturnType<typeof httpFunction>>();
  let handler: ReturnType<typeof httpFunction>;

  /** The process of another environment; undefined: not set. */
  function settings(env: Readonly<Record<string, string | undefined>> = {}): void {
    const all = {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local-secret',
      DATABASE_URL: database.postgres.url,
      LITELLM_MASTER_KEY: masterKey,
      POWERTOOLS_DEV: 'true',
      HISTORY_TABLE: tableName,
      HISTORY_RETENTION_DAYS: '30',
      HISTORY_BLOB_DIR: join(folder, 'blobs'),
      EXPORT_DIR: join(folder, 'exports'),
      DYNAMODB_ENDPOINT_URL: relay.endpoint,
      ...env,
    };
    for (const [name, value] of Object.entries(all)) vi.stubEnv(name, value);
    const known = handlers.get(JSON.stringify(all));
    handler = known ?? httpFunction({ name: 'chat-history', routes, compose, handleTask });
    handlers.set(JSON.stringify(all), handler);
  }

  async function ask({ key = masterKey, ...request }: Asked): Promise<SeenAnswer> {
    const headers = key === '' ? {} : { authorization: `Bearer ${key}` };
    const result = await handler(albEvent({ headers, ...request }), { getRemainingTimeInMillis: () => 29_000 });
    const bytes = Buffer.byteLength(JSON.stringify(result));
    if (bytes > 1024 * 1024) throw new Error(`the load balancer refuses an answer of ${bytes} bytes`);
    return seenAnswer(result);
  }

  const invoke = (event: object, remainingMs = 300_000): Promise<unknown> =>
    handler(event, { awsRequestId: 'task', getRemainingTimeInMillis: () => remainingMs });

  /** What is there stays: the function remembers keys for seconds, and one that was away for a moment would be unknown. */
  const added = new Set<string>();

  async function addKey(key: string, values: Readonly<Record<string, unknown>> = {}): Promise<void> {
    if (added.has(key)) return;
    added.add(key);
    await database.insert('LiteLLM_VerificationToken', { token: sha256(key), ...values });
  }

  async function addUser(user_id: string, user_role: string): Promise<void> {
    if (added.has(user_id)) return;
    added.add(user_id);
    await database.insert('LiteLLM_UserTable', { user_id, user_role });
  }

  async function append(owner: string, sessionId: string, about: Partial<Turn> = {}): Promise<void> {
    await store.append({ owner, sessionId }, sampleTurn(about), signal);
  }

  async function audited(): Promise<readonly Record<string, unknown>[]> {
    const { rows } = await database.pool.query(
      'SELECT action, changed_by, object_id, updated_values FROM "LiteLLM_AuditLog" ORDER BY updated_at',
    );
    return rows;
  }

  return {
    database,
    lines,
    relay: () => relay,
    folder: () => folder,
    settings,
    ask,
    invoke,
    addKey,
    addUser,
    append,
    audited,
    store: () => store,
  };
}

/** A Lambda that takes what it is handed, or refuses. */
export async function standInLambda() {
  const events: Record<string, unknown>[] = [];
  let status = 202;
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      if (status === 202) events.push(JSON.parse(body.toString()));
      response.writeHead(status, { 'content-type': 'application/json' }).end(status === 202 ? '' : '{"message":"no"}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    events,
    answerWith(next: number) {
      status = next;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
