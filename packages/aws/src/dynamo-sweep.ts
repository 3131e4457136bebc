import { DeleteCommand, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '@genai-gateway/core';
import { noSweepStep, type SessionRef, type SweepStep, type TurnBlobs } from '@genai-gateway/history';
import type { DynamoCalls } from './dynamo-calls.ts';
import {
  type Item,
  isMeta,
  MAX_POSITION,
  metaOf,
  partitionOf,
  refOfPartition,
  turnSortKey,
} from './dynamo-session-items.ts';
import type { TurnItems } from './dynamo-turn-items.ts';
import { refOfBlob, SWEPT_FOLDER } from './turn-blob-names.ts';

export interface DynamoSweepOptions {
  readonly calls: DynamoCalls;
  readonly tableName: string;
  readonly blobs: TurnBlobs | undefined;
  readonly turns: TurnItems;
  readonly now: Clock;
}

/** What one step looks at: DynamoDB stops at 1 MB before that, where turns are large. */
const SCANNED = 500;
/** A blob is saved some seconds before the item that names it. */
const ORPHAN_AGE_MS = 86_400_000;
const ITEMS = 'items:';
const BLOBS = 'blobs:';
const none = { expired: 0, late: 0, orphans: 0 };

/**
 * What TTL has not taken yet, what came late, and what TTL leaves in the bucket. First a scan of the table in steps, then
 * the names of all blobs. Every step can be cut short anywhere and done again: a blob goes before the item that names it,
 * and an item only under the condition that it is still the one that was seen.
 */
export class DynamoSweep {
  readonly #options: DynamoSweepOptions;

  constructor(options: DynamoSweepOptions) {
    this.#options = options;
  }

  async step(after: string | undefined, signal: AbortSignal): Promise<SweepStep> {
    signal.throwIfAborted();
    if (after === undefined) return this.#items(undefined, signal);
    if (after.startsWith(ITEMS)) return this.#items(keyIn(after.slice(ITEMS.length)), signal);
    if (after.startsWith(BLOBS)) return this.#orphans(after.slice(BLOBS.length) || undefined, signal);
    throw noSweepStep();
  }

  async #items(from: Item | undefined, signal: AbortSignal): Promise<SweepStep> {
    const { calls, tableName, now } = this.#options;
    const nowMs = now();
    const command = new ScanCommand({
      TableName: tableName,
      FilterExpression: 'expiresAtMs <= :now OR hiddenTo > :zero',
      ExpressionAttributeValues: { ':now': nowMs, ':zero': 0 },
      Limit: SCANNED,
      ...(from === undefined ? {} : { ExclusiveStartKey: from }),
    });
    const page = await calls.read(signal, (client, abortSignal) => client.send(command, { abortSignal }));
    const counts = { ...none };
    for (const item of page.Items ?? []) {
      if (isMeta(item) && metaOf(item).hiddenTo > 0) counts.late += await this.#late(item, signal);
      if (Number(item['expiresAtMs']) <= nowMs) counts.expired += await this.#expired(item, nowMs, signal);
    }
    const { LastEvaluatedKey: last } = page;
    return { ...counts, next: last === undefined ? BLOBS : `${ITEMS}${textOf(last)}` };
  }

  async #late(item: Item, signal: AbortSignal): Promise<number> {
    const { items } = await this.#options.turns.deleteTo(refOf(item), metaOf(item).hiddenTo, signal);
    return items;
  }

  async #expired(item: Item, nowMs: number, signal: AbortSignal): Promise<number> {
    const { calls, tableName, blobs } = this.#options;
    const { pk, sk, blob } = item;
    if (blob !== undefined && blobs !== undefined) await blobs.delete([String(blob)], signal);
    const command = new DeleteCommand({
      TableName: tableName,
      Key: { pk, sk },
      ConditionExpression: 'expiresAtMs <= :now',
      ExpressionAttributeValues: { ':now': nowMs },
    });
    const done = await calls.writeIf(signal, (client, abortSignal) => client.send(command, { abortSignal }));
    return done === undefined ? 0 : 1;
  }

  async #orphans(after: string | undefined, signal: AbortSignal): Promise<SweepStep> {
    const { blobs, now } = this.#options;
    if (blobs === undefined) return { ...none, next: undefined };
    const page = await blobs.list(SWEPT_FOLDER, after, signal);
    const orphans: string[] = [];
    let [of, named]: [string | undefined, ReadonlySet<string>] = [undefined, new Set()];
    for (const { name, savedAtMs } of page.blobs) {
      const partition = partitionOfBlob(name);
      if (partition === undefined || savedAtMs > now() - ORPHAN_AGE_MS) continue;
      // Names come in order, so those of one session come together.
      if (partition !== of) [of, named] = [partition, await this.#named(partition, signal)];
      if (!named.has(name)) orphans.push(name);
    }
    await blobs.delete(orphans, signal);
    return { ...none, orphans: orphans.length, next: page.next === undefined ? undefined : `${BLOBS}${page.next}` };
  }

  /** The blobs that the turns of a session name. */
  async #named(partition: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
    const { calls, tableName } = this.#options;
    const named = new Set<string>();
    let from: Item | undefined;
    do {
      const command = new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': partition, ':from': turnSortKey(0), ':to': turnSortKey(MAX_POSITION) },
        ProjectionExpression: '#blob',
        ExpressionAttributeNames: { '#blob': 'blob' },
        ConsistentRead: true,
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      });
      const page = await calls.read(signal, (client, abortSignal) => client.send(command, { abortSignal }));
      for (const { blob } of page.Items ?? []) if (blob !== undefined) named.add(String(blob));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return named;
  }
}

function refOf(item: Item): SessionRef {
  return refOfPartition(String(item['pk']));
}

function partitionOfBlob(name: string): string | undefined {
  const ref = refOfBlob(name);
  return ref && partitionOf(ref);
}

function textOf(key: Item): string {
  return Buffer.from(JSON.stringify([key['pk'], key['sk']])).toString('base64url');
}

/** Throws `invalid-request` for what `textOf` has not written. */
function keyIn(text: string): Item {
  try {
    const key: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (Array.isArray(key) && key.length === 2 && key.every((each) => typeof each === 'string')) {
      return { pk: key[0], sk: key[1] };
    }
  } catch {
    // It is none, as anything else that is none.
  }
  throw noSweepStep();
}
