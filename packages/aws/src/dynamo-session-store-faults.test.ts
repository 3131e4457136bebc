import { hash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { FolderTurnBlobs, type SessionRef, type TurnBlobs } from '@genai-gateway/history';
import { sampleTurn } from '@genai-gateway/history/testing/sample-turn';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CredentialSource } from './credentials.ts';
import { createHistoryTable, DynamoSessionStore, type DynamoSessionStoreOptions } from './dynamo-session-store.ts';
import { S3TurnBlobs } from './s3-turn-blobs.ts';
import { type DynamodbRelay, dynamodbError, type Fate, startRelay } from './test-support/dynamodb-relay.ts';
import { anyCredentials, startDynalite } from './test-support/local-dynamodb.ts';
import type { LocalServer } from './test-support/local-process.ts';
import { bucket, findVersitygw, startVersitygw } from './test-support/local-s3.ts';
import { blobFolderOf } from './turn-blob-names.ts';

const DAY_MS = 86_400_000;
const signal = new AbortController().signal;
const table = { credentials: anyCredentials, region: 'us-east-1', tableName: 'sessions' };
let dynamodb: LocalServer;
let relay: DynamodbRelay;
/** Straight to DynamoDB. */
let items: DynamoDBDocumentClient;
let client: DynamoDBClient;
const stores: DynamoSessionStore[] = [];
let nowMs = Date.now();
let ref: SessionRef;
let count = 0;

beforeAll(async () => {
  dynamodb = await startDynalite();
  relay = await startRelay(dynamodb.endpoint);
  await createHistoryTable({ ...table, endpoint: dynamodb.endpoint }, AbortSignal.timeout(10_000));
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  client = new DynamoDBClient({ region: 'us-east-1', endpoint: dynamodb.endpoint, credentials });
  items = DynamoDBDocumentClient.from(client);
}, 60_000);
afterAll(async () => {
  client.destroy();
  await relay.close();
  await dynamodb.close();
});
beforeEach(() => {
  count += 1;
  nowMs += 60_000;
  ref = { owner: 'ann', sessionId: `session-${count}` };
});
afterEach(() => {
  for (const store of stores.splice(0)) store.close();
  relay.decide(() => 'pass');
  relay.calls();
});

function storeAt(about: Partial<DynamoSessionStoreOptions> = {}): DynamoSessionStore {
  const store = new DynamoSessionStore({
    ...{ ...table, endpoint: relay.endpoint, blobs: undefined, retentionDays: 30, now: () => nowMs },
    ...about,
  });
  stores.push(store);
  return store;
}
const newTurn = () => sampleTurn({ startedAtMs: nowMs });
const append = (store: DynamoSessionStore, turn = newTurn()) => store.append(ref, turn, signal);
const newest = async (store: DynamoSessionStore) =>
  (await store.newestTurns(ref, () => true, signal))?.map(({ turnId }) => turnId);
/** All turns, by pages of one. */
async function paged(store: DynamoSessionStore): Promise<readonly string[]> {
  const found: string[] = [];
  let after: number | undefined;
  do {
    const page = await store.turns(ref, { limit: 1, after }, signal);
    found.push(...(page?.turns ?? []).map(({ turnId }) => turnId));
    after = page?.next;
  } while (after !== undefined);
  return found;
}
/** A sweep to its end. */
async function swept(store: DynamoSessionStore) {
  const total = { expired: 0, late: 0, orphans: 0 };
  let after: string | undefined;
  do {
    const { next, expired, late, orphans } = await store.sweep(after, signal);
    total.expired += expired;
    total.late += late;
    total.orphans += orphans;
    after = next;
  } while (after !== undefined);
  return total;
}
const blobsOf = async (blobs: TurnBlobs) => (await blobs.list(blobFolderOf(ref), undefined, signal)).blobs;
const unavailable = { code: 'history-unavailable' };
const keyOf = (sk: string) => ({ TableName: table.tableName, Key: { pk: `${ref.owner}#${ref.sessionId}`, sk } });

describe('what is asked of DynamoDB', () => {
  it('is two writes to add a turn, the first of a session too, and one query to read a session of some turns', async () => {
    const store = storeAt();
    for (let each = 0; each < 3; each += 1) {
      await append(store);
      expect(relay.calls()).toEqual(['UpdateItem', 'PutItem']);
    }
    await newest(store);
    expect(relay.calls()).toEqual(['Query']);
    await store.find(ref, signal);
    expect(relay.calls()).toEqual(['GetItem']);
    await store.turns(ref, { limit: 9, after: undefined }, signal);
    expect(relay.calls()).toEqual(['GetItem', 'Query']);
    await store.rename(ref, 'Trip', signal);
    expect(relay.calls()).toEqual(['UpdateItem']);
    await store.sessions(ref.owner, { limit: 9, cursor: undefined, fromMs: undefined, toMs: undefined }, signal);
    expect(relay.calls()).toEqual(['Query']);
    await store.delete(ref, signal);
    expect(relay.calls()).toEqual(['UpdateItem', 'Query', 'BatchWriteItem', 'Query']);
  });

  it('is no more of a long session than what is wanted', async () => {
    const store = storeAt();
    for (let each = 0; each < 90; each += 1) await append(store);
    relay.calls();
    let wanted = 30;
    await store.newestTurns(ref, () => wanted-- > 0, signal);
    expect(relay.calls()).toEqual(['Query']);
    expect(await newest(store)).toHaveLength(90);
    expect(relay.calls()).toEqual(['Query', 'Query', 'Query']);
  }, 30_000);

  it('is strongly consistent wherever a session is read', async () => {
    const store = storeAt();
    await append(store);
    const reads: unknown[] = [];
    relay.decide((operation, body) => {
      reads.push([operation, JSON.parse(body).ConsistentRead]);
      return 'pass';
    });
    await newest(store);
    await store.find(ref, signal);
    await store.turns(ref, { limit: 1, after: 1 }, signal);
    expect(reads.map((each) => (each as [string, boolean])[1])).toEqual(reads.map(() => true));
    expect(reads).toHaveLength(5);
  });
});

describe('a turn whose saving is cut short', () => {
  it('between its two writes leaves a gap, which nothing minds', async () => {
    const store = storeAt();
    const [before, lost, after] = [newTurn(), newTurn(), newTurn()];
    await append(store, before);
    relay.decide((operation) => (operation === 'PutItem' ? 'refuse' : 'pass'));
    await expect(append(store, lost)).rejects.toMatchObject(unavailable);
    expect(await newest(store)).toEqual([before.turnId]);
    relay.decide(() => 'pass');
    await append(store, after);
    expect(await newest(store)).toEqual([before.turnId, after.turnId]);
    expect(await paged(store)).toEqual([before.turnId, after.turnId]);
    expect(
      (await store.turns(ref, { limit: 9, after: undefined }, signal))?.turns.map((each) => each.position),
    ).toEqual([1, 3]);
    expect(await store.delete(ref, signal)).toEqual({ items: 2, objects: 0 });
  });

  it('before its first leaves a session without turns, which is there', async () => {
    const store = storeAt();
    relay.decide((operation) => (operation === 'PutItem' ? 'refuse' : 'pass'));
    await expect(append(store)).rejects.toMatchObject(unavailable);
    expect(await newest(store)).toEqual([]);
    expect(await paged(store)).toEqual([]);
  });

  it.each(['UpdateItem', 'PutItem'])('by one lost answer of %s is saved, once', async (lossy) => {
    const store = storeAt();
    const turn = newTurn();
    let losses = 0;
    relay.decide((operation) => (operation === lossy && losses++ === 0 ? 'lose-answer' : 'pass'));
    expect(await append(store, turn)).toBe(true);
    expect(losses).toBe(2);
    expect(await newest(store)).toEqual([turn.turnId]);
  });

  it('by all answers lost is given out once when it is added again, on whatever page', async () => {
    const store = storeAt();
    const [turn, other, last] = [newTurn(), newTurn(), newTurn()];
    relay.decide((operation) => (operation === 'PutItem' ? 'lose-answer' : 'pass'));
    await expect(append(store, turn)).rejects.toMatchObject(unavailable);
    relay.decide(() => 'pass');
    for (const each of [other, turn, last]) expect(await append(store, each)).toBe(true);
    expect((await newest(store))?.sort()).toEqual([turn, other, last].map(({ turnId }) => turnId).sort());
    expect(await paged(store)).toEqual([turn, other, last].map(({ turnId }) => turnId));
  });

  it('never takes the place of another one', async () => {
    const store = storeAt();
    const [kept, late] = [newTurn(), newTurn()];
    await append(store, kept);
    // As after a restore of the session's item from a backup.
    const { Item } = await items.send(new GetCommand(keyOf('~meta')));
    await items.send(new PutCommand({ TableName: table.tableName, Item: { ...Item, last: 0 } }));
    await expect(append(store, late)).rejects.toMatchObject(unavailable);
    expect(await newest(store)).toEqual([kept.turnId]);
  });
});

describe('a session that is deleted', () => {
  it('stays so when a turn that had its place comes late, for the next of its name too', async () => {
    const store = storeAt();
    const [before, late, next] = [newTurn(), newTurn(), newTurn()];
    await append(store, before);
    let goOn = () => {};
    const isHeld = new Promise<void>((held) => {
      relay.decide((operation) => {
        if (operation !== 'PutItem') return 'pass';
        held();
        return new Promise<Fate>((resolve) => {
          goOn = () => resolve('pass');
        });
      });
    });
    const appended = append(store, late);
    await isHeld;
    relay.decide(() => 'pass');
    nowMs += 1_000;
    expect(await store.delete(ref, signal)).toEqual({ items: 1, objects: 0 });
    goOn();
    await appended;
    expect(await newest(store)).toBeUndefined();
    const lateKey = keyOf('turn#000000000002');
    expect((await items.send(new GetCommand(lateKey))).Item).toBeDefined();
    expect(await swept(store)).toMatchObject({ late: 1 });
    expect((await items.send(new GetCommand(lateKey))).Item).toBeUndefined();
    nowMs += 1_000;
    await store.append(ref, { ...next, startedAtMs: nowMs }, signal);
    expect(await newest(store)).toEqual([next.turnId]);
    expect(await paged(store)).toEqual([next.turnId]);
  });

  it('keeps its mark for longer than any turn from before', async () => {
    const store = storeAt();
    await append(store);
    nowMs += 1_000;
    await store.delete(ref, signal);
    const { Item } = await items.send(new GetCommand(keyOf('~meta')));
    expect(Item?.['expiresAt']).toBeGreaterThan((nowMs + 30 * DAY_MS) / 1_000);
    expect(Object.keys(Item ?? {})).not.toEqual(expect.arrayContaining(['owner']));
  });

  it('is deleted to the end by a second call when the first was cut short', async () => {
    const store = storeAt();
    await append(store);
    nowMs += 1_000;
    relay.decide((operation) => (operation === 'BatchWriteItem' ? 'refuse' : 'pass'));
    await expect(store.delete(ref, signal)).rejects.toMatchObject(unavailable);
    expect(await newest(store)).toBeUndefined();
    expect((await items.send(new GetCommand(keyOf('turn#000000000001')))).Item).toBeDefined();
    relay.decide(() => 'pass');
    expect(await store.delete(ref, signal)).toEqual({ items: 1, objects: 0 });
    expect(await store.delete(ref, signal)).toBeUndefined();
    expect((await items.send(new GetCommand(keyOf('turn#000000000001')))).Item).toBeUndefined();
  });

  it('is deleted whole by as many calls as DynamoDB needs', async () => {
    const store = storeAt();
    await append(store);
    let refused = 0;
    relay.decide((operation, body) => {
      if (operation !== 'BatchWriteItem' || refused++ > 1) return 'pass';
      return { status: 200, body: { UnprocessedItems: JSON.parse(body).RequestItems } };
    });
    expect(await store.delete(ref, signal)).toEqual({ items: 1, objects: 0 });
    expect(refused).toBe(3);
    expect((await items.send(new GetCommand(keyOf('turn#000000000001')))).Item).toBeUndefined();
  });

  it('begins anew once for twenty at once', async () => {
    const store = storeAt();
    await append(store);
    nowMs += 1_000;
    await store.delete(ref, signal);
    nowMs += 1_000;
    const turns = Array.from({ length: 20 }, newTurn);
    expect(await Promise.all(turns.map((turn) => append(store, turn)))).toEqual(turns.map(() => true));
    expect((await newest(store))?.toSorted()).toEqual(turns.map(({ turnId }) => turnId).sort());
  }, 30_000);
});

describe('what DynamoDB deletes by its TTL', () => {
  it('is no session before its turns where retention was made shorter', async () => {
    await append(storeAt({ retentionDays: 90 }));
    const store = storeAt();
    nowMs += DAY_MS;
    await append(store);
    nowMs += 32 * DAY_MS;
    for (let after: string | undefined, isFirst = true; isFirst || after !== undefined; isFirst = false) {
      after = (await store.sweep(after, signal)).next;
    }
    const turn = newTurn();
    expect(await append(store, turn)).toBe(true);
    expect(await paged(store)).toHaveLength(2);
    nowMs += 58 * DAY_MS;
    expect(await newest(store)).toBeUndefined();
    const next = newTurn();
    expect(await append(store, next)).toBe(true);
    expect(await newest(store)).toEqual([next.turnId]);
  });

  it('may be a session before its turns', async () => {
    const store = storeAt();
    await append(store);
    await append(store);
    await items.send(new DeleteCommand(keyOf('~meta')));
    expect(await newest(store)).toBeUndefined();
    expect(await store.find(ref, signal)).toBeUndefined();
    nowMs += 31 * DAY_MS;
    const turn = newTurn();
    expect(await append(store, turn)).toBe(true);
    expect(await newest(store)).toEqual([turn.turnId]);
    expect(await paged(store)).toEqual([turn.turnId]);
  });

  it('has its time in whole seconds, not before the turn has outlived its retention', async () => {
    nowMs = Math.floor(nowMs / 1_000) * 1_000 + 1;
    await append(storeAt());
    for (const sk of ['~meta', 'turn#000000000001']) {
      const { Item } = await items.send(new GetCommand(keyOf(sk)));
      expect(Item).toMatchObject({
        expiresAtMs: nowMs + 30 * DAY_MS,
        expiresAt: (nowMs - 1 + 30 * DAY_MS) / 1_000 + 1,
      });
    }
  });
});

describe('large turns', () => {
  const largeTurn = () => ({
    ...newTurn(),
    answer: { api: 'openai' as const, message: { role: 'assistant' as const, content: 'x'.repeat(400_000) } },
  });
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'turn-blobs-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const folderBlobs = (): TurnBlobs => new FolderTurnBlobs({ folder, now: () => nowMs, retentionDays: 30 });

  it('are not saved without a place for them, and operators hear why', async () => {
    await expect(append(storeAt(), largeTurn())).rejects.toMatchObject({
      ...unavailable,
      cause: { message: expect.stringMatching(/larger than an item of DynamoDB.*HISTORY_BUCKET/) },
    });
  });

  it('have names that do not say whose they are, the same for the same turn in its place', async () => {
    const names: string[] = [];
    const blobs: TurnBlobs = { ...methodsOf(folderBlobs()), put: async (name) => void names.push(name) };
    const store = storeAt({ blobs });
    const turn = largeTurn();
    await append(store, turn);
    await append(store, turn);
    const folder = `^[0-9a-f]{64}/${ref.sessionId}`;
    expect(names[0]).toMatch(new RegExp(`${folder}/000000000001-${turn.turnId}$`));
    expect(names[1]).toMatch(new RegExp(`${folder}/000000000002-${turn.turnId}$`));
  });

  it('whose bytes are gone make no answer with a hole in it', async () => {
    const blobs: TurnBlobs = { ...methodsOf(folderBlobs()), get: async () => undefined };
    const store = storeAt({ blobs });
    await append(store, largeTurn());
    await expect(newest(store)).rejects.toMatchObject(unavailable);
    await expect(newest(storeAt())).rejects.toMatchObject(unavailable);
  });

  it('go with their session, and so do those whose turn never came', async () => {
    const blobs = folderBlobs();
    const store = storeAt({ blobs });
    await append(store, largeTurn());
    relay.decide((operation) => (operation === 'PutItem' ? 'refuse' : 'pass'));
    await expect(append(store, largeTurn())).rejects.toMatchObject(unavailable);
    relay.decide(() => 'pass');
    await append(store);
    nowMs += 1_000;
    expect(await store.delete(ref, signal)).toEqual({ items: 2, objects: 2 });
    expect(await blobsOf(blobs)).toEqual([]);
  });

  it('of a session that began anew stay when the one before is deleted to its end', async () => {
    const blobs = folderBlobs();
    const store = storeAt({ blobs });
    await append(store, largeTurn());
    nowMs += 1_000;
    relay.decide((operation) => (operation === 'BatchWriteItem' ? 'refuse' : 'pass'));
    await expect(store.delete(ref, signal)).rejects.toMatchObject(unavailable);
    relay.decide(() => 'pass');
    nowMs += 1_000;
    const turn = largeTurn();
    await append(store, turn);
    await swept(store);
    expect(await newest(store)).toEqual([turn.turnId]);
    expect(await blobsOf(blobs)).toHaveLength(1);
  });

  it('that are not gone after all are told, and the next call goes on', async () => {
    const blobs = folderBlobs();
    const store = storeAt({ blobs: { ...methodsOf(blobs), delete: async () => {} } });
    await append(store, largeTurn());
    nowMs += 1_000;
    await expect(store.delete(ref, signal)).rejects.toMatchObject({
      ...unavailable,
      cause: { message: expect.stringMatching(/still there/) },
    });
    expect(await storeAt({ blobs }).delete(ref, signal)).toEqual({ items: 0, objects: 1 });
  });
});

const versitygw = await findVersitygw();
const places = ['a folder', ...('folder' in versitygw ? ['a bucket'] : [])];

describe.each(places)('a sweep with blobs in %s', (place) => {
  let owner = '';
  let folder = '';
  let blobs: TurnBlobs;
  let bucketOf: LocalServer | undefined;
  beforeAll(async () => {
    if (place === 'a bucket' && 'folder' in versitygw) bucketOf = await startVersitygw(versitygw.folder);
  }, 60_000);
  afterAll(async () => bucketOf?.close());
  beforeEach(async () => {
    owner = hash('sha256', `${place} ${count}`, 'hex');
    folder = await mkdtemp(join(tmpdir(), 'turn-blobs-'));
    blobs =
      bucketOf === undefined
        ? new FolderTurnBlobs({ folder, now: () => nowMs, retentionDays: 365 })
        : new S3TurnBlobs({ credentials: anyCredentials, region: 'us-east-1', endpoint: bucketOf.endpoint, bucket });
    ref = { ...ref, owner };
    nowMs = Date.now();
  });
  afterEach(() => rm(folder, { recursive: true }));
  const largeTurn = () => ({
    ...newTurn(),
    answer: { api: 'openai' as const, message: { role: 'assistant' as const, content: 'x'.repeat(400_000) } },
  });

  it('takes blobs that no turn names once they are a day old, and no others', async () => {
    const store = storeAt({ blobs });
    const turn = largeTurn();
    await append(store, turn);
    relay.decide((operation) => (operation === 'PutItem' ? 'refuse' : 'pass'));
    await expect(append(store, largeTurn())).rejects.toMatchObject(unavailable);
    relay.decide(() => 'pass');
    await blobs.put('elsewhere/1', Buffer.from('x'), signal);
    expect(await swept(store)).toMatchObject({ orphans: 0 });
    nowMs += 2 * DAY_MS;
    expect(await swept(store)).toMatchObject({ orphans: 1 });
    expect(await swept(store)).toMatchObject({ orphans: 0 });
    expect(await newest(store)).toEqual([turn.turnId]);
    expect((await blobs.list('elsewhere', undefined, signal)).blobs).toHaveLength(1);
  });

  it('can be cut short at every call and done again, and nothing is lost that can be read', async () => {
    const store = storeAt({ blobs });
    await append(store, largeTurn());
    const gone = ref;
    nowMs += 31 * DAY_MS;
    ref = { owner, sessionId: `${ref.sessionId}-b` };
    await append(store);
    nowMs += 1_000;
    relay.decide((operation) => (operation === 'BatchWriteItem' ? 'refuse' : 'pass'));
    await expect(store.delete(ref, signal)).rejects.toMatchObject(unavailable);
    relay.decide(() => 'pass');
    const kept = { owner, sessionId: `${ref.sessionId}-c` };
    const turn = largeTurn();
    await store.append(kept, turn, signal);
    let failures = 0;
    for (let failing = 0; ; failing += 1) {
      let calls = 0;
      relay.decide(() => (calls++ >= failing && calls <= failing + 2 ? 'refuse' : 'pass'));
      const done = await swept(store).catch(() => undefined);
      if (done !== undefined && calls <= failing) break;
      if (done === undefined) failures += 1;
    }
    relay.decide(() => 'pass');
    expect(failures).toBeGreaterThan(3);
    expect(await store.newestTurns(kept, () => true, signal)).toMatchObject([{ turnId: turn.turnId }]);
    for (const { sessionId } of [gone, ref]) {
      for (const sk of ['turn#000000000001']) {
        const key = { TableName: table.tableName, Key: { pk: `${owner}#${sessionId}`, sk } };
        expect((await items.send(new GetCommand(key))).Item).toBeUndefined();
      }
      expect((await blobs.list(`turns/${owner}/${sessionId}`, undefined, signal)).blobs).toEqual([]);
    }
  }, 60_000);

  it('leaves a session that is used while it is swept', async () => {
    const store = storeAt({ blobs });
    await append(store);
    nowMs += 31 * DAY_MS;
    const turn = newTurn();
    relay.decide(async (operation): Promise<Fate> => {
      if (operation === 'DeleteItem') {
        relay.decide(() => 'pass');
        await append(store, turn);
      }
      return 'pass';
    });
    await swept(store);
    expect(await newest(store)).toEqual([turn.turnId]);
  });
});

describe('when DynamoDB fails', () => {
  const calls: readonly [string, (store: DynamoSessionStore, until: AbortSignal) => Promise<unknown>][] = [
    ['find', (store, until) => store.find(ref, until)],
    ['newestTurns', (store, until) => store.newestTurns(ref, () => true, until)],
    ['turns', (store, until) => store.turns(ref, { limit: 1, after: undefined }, until)],
    ['append', (store, until) => store.append(ref, newTurn(), until)],
    ['sessions', (store, until) => store.sessions('ann', { limit: 1, cursor: undefined, fromMs: 0, toMs: 9 }, until)],
    ['rename', (store, until) => store.rename(ref, 'New', until)],
    ['delete', (store, until) => store.delete(ref, until)],
    ['sweep', (store, until) => store.sweep(undefined, until)],
    ['checkTable', (store, until) => store.checkTable(until)],
  ];
  const all = (store: DynamoSessionStore) =>
    Promise.all(calls.map(([, call]) => call(store, signal).catch((error: unknown) => error)));
  const allUnavailable = calls.map(() => expect.objectContaining(unavailable));

  it.each<[string, Fate]>([
    ['never answers', 'silence'],
    [
      'stops in the middle of an answer',
      (response) => void response.writeHead(200, { 'content-length': '9' }).write('{'),
    ],
    ['breaks off', 'refuse'],
    ['fails', { status: 500, body: { __type: 'InternalServerError' } }],
    ['throttles', dynamodbError('ProvisionedThroughputExceededException')],
    ['throttles the account', dynamodbError('ThrottlingException')],
    ['refuses', dynamodbError('AccessDeniedException')],
    ['does not understand', dynamodbError('ValidationException')],
    ['answers with something else', (response) => void response.end('<html>')],
  ])(
    'because it %s, every call says so in time',
    async (_what, fate) => {
      relay.decide(() => fate);
      expect(await all(storeAt())).toEqual(allUnavailable);
    },
    20_000,
  );

  it('because nobody listens, every call says so', async () => {
    expect(await all(storeAt({ endpoint: 'http://127.0.0.1:1' }))).toEqual(allUnavailable);
  });

  it('because there are no credentials, every call says so', async () => {
    const credentials = new CredentialSource(
      () => Promise.reject(new Error('none')),
      () => nowMs,
    );
    expect(await all(storeAt({ credentials }))).toEqual(allUnavailable);
  });

  it('because its table is gone, callers hear nothing of the table', async () => {
    const [error] = await all(storeAt({ tableName: 'no-such-table' }));
    expect(error).toMatchObject({ ...unavailable, cause: { name: 'ResourceNotFoundException' } });
    expect(String(error)).not.toMatch(/table/);
  });

  it.each(calls)('a caller who leaves %s gets the reason at once', async (_name, call) => {
    const gone = new Error('the client is gone');
    const leaving = new AbortController();
    relay.decide(() => {
      leaving.abort(gone);
      return 'silence';
    });
    await expect(call(storeAt(), leaving.signal)).rejects.toBe(gone);
  });

  it('for a moment, it is asked once more', async () => {
    let failures = 0;
    relay.decide(() => (failures++ === 0 ? { status: 500, body: {} } : 'pass'));
    expect(await storeAt().find(ref, signal)).toBeUndefined();
  });
});

describe('checkTable', () => {
  const S = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
  const N = (AttributeName: string) => ({ AttributeName, AttributeType: 'N' as const });
  const key = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  const index = (name: string, keys: ReturnType<typeof key>, projection: 'ALL' | 'KEYS_ONLY' = 'ALL') => [
    { IndexName: name, KeySchema: keys, Projection: { ProjectionType: projection } },
  ];
  const good = [S('pk'), S('sk'), S('owner'), N('updatedAtMs')];

  it.each([
    ['is right', key('pk', 'sk'), good, index('by-owner', key('owner', 'updatedAtMs')), undefined],
    [
      'has another key',
      key('id', 'sk'),
      [S('id'), S('sk'), S('owner'), N('updatedAtMs')],
      index('by-owner', key('owner', 'updatedAtMs')),
      /not the key.*pk and sk.*HISTORY_TABLE/,
    ],
    [
      'has a key of another type',
      key('pk', 'sk'),
      [S('pk'), N('sk'), S('owner'), N('updatedAtMs')],
      index('by-owner', key('owner', 'updatedAtMs')),
      /not the key/,
    ],
    ['has no index', key('pk', 'sk'), [S('pk'), S('sk')], undefined, /no index by-owner/],
    [
      'has an index of another name',
      key('pk', 'sk'),
      good,
      index('owners', key('owner', 'updatedAtMs')),
      /no index by-owner/,
    ],
    [
      'has an index of another key',
      key('pk', 'sk'),
      [...good.slice(0, 3), S('updatedAtMs')],
      index('by-owner', key('owner', 'updatedAtMs')),
      /no index by-owner/,
    ],
    [
      'has an index of keys alone',
      key('pk', 'sk'),
      good,
      index('by-owner', key('owner', 'updatedAtMs'), 'KEYS_ONLY'),
      /that holds all attributes/,
    ],
  ])('of a table that %s', async (what, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, says) => {
    const tableName = what.replaceAll(' ', '-');
    const BillingMode = 'PAY_PER_REQUEST';
    await client.send(
      new CreateTableCommand({
        ...{ TableName: tableName, BillingMode, KeySchema, AttributeDefinitions },
        ...(GlobalSecondaryIndexes === undefined ? {} : { GlobalSecondaryIndexes }),
      }),
    );
    // Waits until it is there, and leaves it as it is.
    await createHistoryTable({ ...table, tableName, endpoint: dynamodb.endpoint }, AbortSignal.timeout(10_000));
    const checked = storeAt({ tableName }).checkTable(signal);
    if (says === undefined) await checked;
    else await expect(checked).rejects.toThrow(says);
  });

  it('of a table that is made on a server that takes its time', async () => {
    let asked = 0;
    relay.decide((operation) => (operation === 'CreateTable' && asked++ < 2 ? 'silence' : 'pass'));
    const slow = { ...table, tableName: 'slowly', endpoint: relay.endpoint };
    await createHistoryTable(slow, AbortSignal.timeout(10_000));
    await storeAt({ tableName: 'slowly' }).checkTable(signal);
  });

  it('of a table that is not there', async () => {
    await expect(storeAt({ tableName: 'missing' }).checkTable(signal)).rejects.toThrow(
      /no table missing.*HISTORY_TABLE/,
    );
  });
});

/** The methods of an object of a class, for one of them to be another. */
function methodsOf(blobs: TurnBlobs): TurnBlobs {
  return {
    put: (...args) => blobs.put(...args),
    get: (...args) => blobs.get(...args),
    delete: (...args) => blobs.delete(...args),
    list: (...args) => blobs.list(...args),
  };
}
