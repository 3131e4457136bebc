import { setTimeout as sleep } from 'node:timers/promises';
import { BatchWriteCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '@genai-gateway/core';
import {
  type DeletedSession,
  type SavedTurn,
  type SessionRef,
  type Turn,
  type TurnBlobs,
  turnFromBytes,
  turnToBytes,
} from '@genai-gateway/history';
import type { DynamoCalls } from './dynamo-calls.ts';
import { expiry, type Item, partitionOf, positionOf, turnKeyOf, turnSortKey } from './dynamo-session-items.ts';
import type { Place } from './dynamo-session-meta.ts';
import { historyUnavailable } from './history-failure.ts';
import { blobFolderOf, blobNameOf, positionOfBlob } from './turn-blob-names.ts';

export interface TurnItemsOptions {
  readonly calls: DynamoCalls;
  readonly tableName: string;
  readonly blobs: TurnBlobs | undefined;
  readonly now: Clock;
}

/**
 * An item of DynamoDB has 400 KB at most, with the names of its attributes and its keys.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html (as of 2026-11-23)
 */
const MAX_INLINE_BYTES = 350 * 1024;
/** The most that one BatchWriteItem takes; same source. */
const BATCH_ITEMS = 25;
const BATCH_TRIES = 6;
const BATCH_PAUSE_MS = 50;

/** The items of turns: each the bytes of one turn, or the name of the blob that has them. */
export class TurnItems {
  readonly #options: TurnItemsOptions;

  constructor(options: TurnItemsOptions) {
    this.#options = options;
  }

  /** Saves a turn in a place that was taken for it. Doing that twice is doing it once. */
  async put(ref: SessionRef, turn: Turn, place: Place, signal: AbortSignal): Promise<void> {
    const { calls, tableName, now } = this.#options;
    const bytes = turnToBytes(turn);
    const content =
      bytes.length <= MAX_INLINE_BYTES ? { bytes } : { blob: await this.#putBlob(ref, turn, place, bytes, signal) };
    const command = new PutCommand({
      TableName: tableName,
      Item: {
        ...turnKeyOf(ref, place.position),
        ...expiry(place.expiresAtMs),
        turnId: turn.turnId,
        size: bytes.length,
        ...content,
      },
      // The SDK may have saved it already, with an answer that was lost. What has expired is only not deleted yet.
      ConditionExpression: 'attribute_not_exists(pk) OR turnId = :turnId OR expiresAtMs <= :now',
      ExpressionAttributeValues: { ':turnId': turn.turnId, ':now': now() },
    });
    const done = await calls.writeIf(signal, (client, abortSignal) => client.send(command, { abortSignal }));
    if (done === undefined) throw historyUnavailable(new Error('the place of a turn is taken by another one'));
  }

  /** False: it has outlived its retention, and is only not deleted yet. */
  isKept(item: Item): boolean {
    return Number(item['expiresAtMs']) > this.#options.now();
  }

  /** Rejects with `history-unavailable` for a turn whose bytes are not there or are none of ours. */
  async read(item: Item, signal: AbortSignal): Promise<SavedTurn> {
    const position = positionOf(item);
    const { bytes, blob } = item;
    if (bytes instanceof Uint8Array) return { ...turnFromBytes(bytes), position };
    const found = await this.#blobsOr('a turn is in a blob, and no place for blobs is configured').get(
      String(blob),
      signal,
    );
    if (found === undefined) throw historyUnavailable(new Error(`the blob ${String(blob)} of a turn is not there`));
    return { ...turnFromBytes(found), position };
  }

  /**
   * Deletes all turns up to a position and their blobs, also those whose turn never came. What is left after a failure
   * goes with the next try.
   */
  async deleteTo(ref: SessionRef, position: number, signal: AbortSignal): Promise<DeletedSession> {
    const deleted = new Set<string>();
    let count = 0;
    for await (const items of this.#to(ref, position, signal)) {
      const named = items.flatMap((item) => (item['blob'] === undefined ? [] : String(item['blob'])));
      await this.#deleteBlobs(named, signal);
      for (const name of named) deleted.add(name);
      for (let at = 0; at < items.length; at += BATCH_ITEMS) {
        await this.#deleteItems(ref, items.slice(at, at + BATCH_ITEMS), signal);
      }
      count += items.length;
    }
    const unnamed = await this.#blobsTo(ref, position, signal);
    await this.#deleteBlobs(unnamed, signal);
    for (const name of unnamed) deleted.add(name);
    return { items: count, objects: deleted.size };
  }

  /** How many turns and blobs are left up to a position, as they are at this moment. */
  async leftTo(ref: SessionRef, position: number, signal: AbortSignal): Promise<number> {
    let left = (await this.#blobsTo(ref, position, signal)).length;
    for await (const items of this.#to(ref, position, signal)) left += items.length;
    return left;
  }

  async *#to(ref: SessionRef, position: number, signal: AbortSignal): AsyncGenerator<readonly Item[]> {
    const { calls, tableName } = this.#options;
    let from: Item | undefined;
    do {
      const query = new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': partitionOf(ref), ':from': turnSortKey(0), ':to': turnSortKey(position) },
        ProjectionExpression: 'sk, #blob',
        ExpressionAttributeNames: { '#blob': 'blob' },
        ConsistentRead: true,
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      });
      const page = await calls.read(signal, (client, abortSignal) => client.send(query, { abortSignal }));
      yield page.Items ?? [];
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
  }

  async #blobsTo(ref: SessionRef, position: number, signal: AbortSignal): Promise<readonly string[]> {
    const { blobs } = this.#options;
    const names: string[] = [];
    if (blobs === undefined) return names;
    let after: string | undefined;
    do {
      const page = await blobs.list(blobFolderOf(ref), after, signal);
      for (const { name } of page.blobs)
        if ((positionOfBlob(name) ?? Number.POSITIVE_INFINITY) <= position) names.push(name);
      after = page.next;
    } while (after !== undefined);
    return names;
  }

  async #deleteBlobs(names: readonly string[], signal: AbortSignal): Promise<void> {
    if (names.length === 0) return;
    await this.#blobsOr('turns are in blobs, and no place for blobs is configured').delete(names, signal);
  }

  async #deleteItems(ref: SessionRef, items: readonly Item[], signal: AbortSignal): Promise<void> {
    const { calls, tableName } = this.#options;
    let requests: Requests = items.map((item) => ({
      DeleteRequest: { Key: { pk: partitionOf(ref), sk: item['sk'] } },
    }));
    for (let tries = 0; tries < BATCH_TRIES; tries += 1) {
      if (tries > 0) await sleep(BATCH_PAUSE_MS * 2 ** tries, undefined, { signal });
      const command = new BatchWriteCommand({ RequestItems: { [tableName]: requests } });
      const done = await calls.write(signal, (client, abortSignal) => client.send(command, { abortSignal }));
      requests = done.UnprocessedItems?.[tableName] ?? [];
      if (requests.length === 0) return;
    }
    throw historyUnavailable(
      new Error(`DynamoDB has not deleted ${requests.length} turns, asked ${BATCH_TRIES} times`),
    );
  }

  async #putBlob(
    ref: SessionRef,
    turn: Turn,
    { position }: Place,
    bytes: Uint8Array,
    signal: AbortSignal,
  ): Promise<string> {
    const name = blobNameOf(ref, position, turn.turnId);
    const why = `a turn of ${bytes.length} bytes is larger than an item of DynamoDB, and no place for blobs is configured (HISTORY_BUCKET)`;
    await this.#blobsOr(why).put(name, bytes, signal);
    return name;
  }

  #blobsOr(why: string): TurnBlobs {
    const { blobs } = this.#options;
    if (blobs === undefined) throw historyUnavailable(new Error(why));
    return blobs;
  }
}

type Requests = NonNullable<NonNullable<BatchWriteCommand['input']['RequestItems']>[string]>;
