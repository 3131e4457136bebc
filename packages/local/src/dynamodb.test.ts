import { readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { CredentialSource, DynamoSessionStore } from '@genai-gateway/aws';
import { sampleTurn } from '@genai-gateway/history/testing/sample-turn';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunningDynamodb, startDynamodb } from './dynamodb.ts';
import { temporaryState } from './testing/temporary-state.ts';

const signal = new AbortController().signal;
const ref = { owner: 'ann', sessionId: 'trip' };
let kept: ReturnType<typeof temporaryState>;
let running: RunningDynamodb | undefined;

beforeEach(() => {
  kept = temporaryState();
});
afterEach(async () => {
  await running?.daemon.stop(5_000);
  running = undefined;
  kept.remove();
});

async function start(): Promise<RunningDynamodb> {
  const found = await startDynamodb({ state: kept.state, region: 'us-east-1', signal });
  if ('missing' in found) throw new Error(found.missing);
  running = found;
  return found;
}

async function withStore<T>(at: RunningDynamodb, use: (store: DynamoSessionStore) => Promise<T>): Promise<T> {
  const store = new DynamoSessionStore({
    credentials: new CredentialSource(async () => ({ accessKeyId: 'any', secretAccessKey: 'any' }), Date.now),
    region: 'eu-central-1',
    endpoint: at.environment['DYNAMODB_ENDPOINT_URL'],
    tableName: at.environment['HISTORY_TABLE'] ?? '',
    blobs: undefined,
    retentionDays: 1,
    now: Date.now,
  });
  try {
    return await use(store);
  } finally {
    store.close();
  }
}

const turnsOf = (at: RunningDynamodb) => withStore(at, (store) => store.newestTurns(ref, () => true, signal));

describe('startDynamodb', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'has what was saved before its process got %s, at the same address',
    async (end) => {
      const first = await start();
      await withStore(first, (store) => store.checkTable(signal));
      const turn = sampleTurn();
      expect(await withStore(first, (store) => store.append(ref, turn, signal))).toBe(true);
      first.daemon.child.kill(end);
      await first.daemon.exited;
      const second = await start();
      expect(second.url).toBe(first.url);
      expect(await turnsOf(second)).toMatchObject([turn]);
    },
  );

  it('ends with the process that has started it', async () => {
    const { daemon } = await start();
    daemon.child.disconnect();
    expect(await daemon.exited).toEqual({ code: 0, signal: null });
  });

  it('outlives a caller who leaves in the middle of a request', async () => {
    const { url } = await start();
    const { port } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nX-Amz-Target: DynamoDB_20120810.Query\r\n\r\n{';
    await new Promise<void>((resolve) => socket.write(head, () => resolve()));
    // What comes after it on another connection is answered after it was read.
    if (running !== undefined) await turnsOf(running);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.resetAndDestroy();
    await closed;
    if (running !== undefined) expect(await turnsOf(running)).toBeUndefined();
  });

  it('says --reset when its data cannot be read', async () => {
    const { daemon } = await start();
    await daemon.stop(5_000);
    for (const name of readdirSync(kept.state.file('dynamodb'))) {
      if (name !== 'LOCK') writeFileSync(kept.state.file('dynamodb', name), 'broken');
    }
    await expect(start()).rejects.toMatchObject({ name: 'LaunchFailure', mend: expect.stringMatching(/--reset/) });
  });
});
