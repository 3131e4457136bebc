import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '@genai-gateway/core';
import {
  cursorOf,
  type DeletedSession,
  readCursor,
  type SavedTurn,
  type Session,
  type SessionPage,
  type SessionQuery,
  type SessionRef,
  type SessionStore,
  type SweepStep,
  type Turn,
  type TurnBlobs,
  type TurnPage,
  type TurnQuery,
} from '@genai-gateway/history';
import { DynamoCalls } from './dynamo-calls.ts';
import { faultOfTable, makeTable, OWNER_INDEX } from './dynamo-history-table.ts';
import {
  type Item,
  isMeta,
  MAX_POSITION,
  metaKeyOf,
  metaOf,
  partitionOf,
  positionOf,
  sessionOf,
  turnSortKey,
} from './dynamo-session-items.ts';
import { SessionMeta } from './dynamo-session-meta.ts';
import { DynamoSweep } from './dynamo-sweep.ts';
import { TurnItems } from './dynamo-turn-items.ts';
import { historyUnavailable } from './history-failure.ts';
import type { ServiceOptions } from './sdk-client.ts';

export interface HistoryTableOptions extends ServiceOptions {
  readonly tableName: string;
}

export interface DynamoSessionStoreOptions extends HistoryTableOptions {
  /** Where turns go that are too large for an item (350 KiB); undefined: they cannot be saved. */
  readonly blobs: TurnBlobs | undefined;
  /** How many days a turn is kept after it was saved. Blobs should outlive that by some days, by a rule of their bucket. */
  readonly retentionDays: number;
  readonly now: Clock;
}

const DAY_MS = 86_400_000;
/** What one Query brings of the newest turns: a session that most models can take whole comes in one. */
const NEWEST_PAGE = 40;
/** A turn that is saved again comes soon after the first time; this many turns before a page are looked at for it. */
const LOOK_BACK = 64;
/** A turn that had its place before the session was deleted may come while it is being deleted. */
const DELETE_TRIES = 3;

/**
 * Sessions in DynamoDB (the table: dynamo-history-table.ts). A turn takes two writes: one gives it a place behind all
 * others, the other saves it there; a place whose turn never came is a gap. Reads of one session are strongly consistent;
 * `sessions` asks an index that follows within moments. No transactions, and no scans but for `sweep`. The role needs
 * `dynamodb:DescribeTable`, `GetItem`, `Query`, `PutItem`, `UpdateItem` on the table, and `Query` on its index; who
 * deletes `BatchWriteItem`, who sweeps `Scan` and `DeleteItem`.
 */
export class DynamoSessionStore implements SessionStore {
  readonly #calls: DynamoCalls;
  readonly #tableName: string;
  readonly #now: Clock;
  readonly #meta: SessionMeta;
  readonly #turns: TurnItems;
  readonly #sweep: DynamoSweep;

  constructor(options: DynamoSessionStoreOptions) {
    const { tableName, blobs, retentionDays, now } = options;
    const calls = new DynamoCalls(options);
    this.#calls = calls;
    this.#tableName = tableName;
    this.#now = now;
    this.#meta = new SessionMeta({ calls, tableName, now, retentionMs: retentionDays * DAY_MS });
    this.#turns = new TurnItems({ calls, tableName, blobs, now });
    this.#sweep = new DynamoSweep({ calls, tableName, blobs, now, turns: this.#turns });
  }

  /**
   * For the start: rejects with an `Error` whose message tells operators what is wrong with the table and how to mend
   * it, and with `history-unavailable` when DynamoDB cannot be asked.
   */
  async checkTable(signal: AbortSignal): Promise<void> {
    const fault = await faultOfTable(this.#calls, this.#tableName, signal);
    if (fault !== undefined) throw new Error(fault);
  }

  async find(ref: SessionRef, signal: AbortSignal): Promise<Session | undefined> {
    const meta = await this.#meta.find(ref, signal);
    return meta && sessionOf(meta, this.#now());
  }

  async newestTurns(
    ref: SessionRef,
    wants: (turn: SavedTurn) => boolean,
    signal: AbortSignal,
  ): Promise<readonly SavedTurn[] | undefined> {
    const wanted: SavedTurn[] = [];
    const seen = new Set<string>();
    let hiddenTo: number | undefined;
    const newestFirst = this.#query(
      {
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': partitionOf(ref) },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: NEWEST_PAGE,
      },
      signal,
    );
    for await (const item of newestFirst) {
      if (hiddenTo === undefined) {
        // The session itself comes before its newest turn.
        const meta = isMeta(item) ? metaOf(item) : undefined;
        if (meta === undefined || sessionOf(meta, this.#now()) === undefined) return undefined;
        hiddenTo = meta.hiddenTo;
        continue;
      }
      if (positionOf(item) <= hiddenTo) break;
      if (!this.#turns.isKept(item) || isAgain(item, seen)) continue;
      const turn = await this.#turns.read(item, signal);
      if (!wants(turn)) break;
      wanted.push(turn);
    }
    return hiddenTo === undefined ? undefined : wanted.reverse();
  }

  async turns(ref: SessionRef, query: TurnQuery, signal: AbortSignal): Promise<TurnPage | undefined> {
    const { limit, after } = query;
    const meta = await this.#meta.find(ref, signal);
    if (meta === undefined || sessionOf(meta, this.#now()) === undefined) return undefined;
    const behind = Math.max(meta.hiddenTo, after ?? 0);
    // DynamoDB takes no range that ends before it begins.
    if (behind >= MAX_POSITION) return { turns: [], next: undefined };
    const seen = new Set<string>(after === undefined ? [] : await this.#turnIdsTo(ref, behind, signal));
    const items: Item[] = [];
    const oldestFirst = this.#query(
      {
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':pk': partitionOf(ref),
          ':from': turnSortKey(behind + 1),
          ':to': turnSortKey(MAX_POSITION),
        },
        ConsistentRead: true,
        Limit: limit + 1,
      },
      signal,
    );
    for await (const item of oldestFirst) {
      if (!this.#turns.isKept(item) || isAgain(item, seen)) continue;
      items.push(item);
      if (items.length > limit) break;
    }
    const turns = await Promise.all(items.slice(0, limit).map((item) => this.#turns.read(item, signal)));
    return { turns, next: items.length > limit ? turns.at(-1)?.position : undefined };
  }

  async append(ref: SessionRef, turn: Turn, signal: AbortSignal): Promise<boolean> {
    const place = await this.#meta.takePlace(ref, turn.startedAtMs, signal);
    if (place === undefined) return false;
    await this.#turns.put(ref, turn, place, signal);
    return true;
  }

  async sessions(owner: string, query: SessionQuery, signal: AbortSignal): Promise<SessionPage> {
    const { limit, cursor, fromMs = 0, toMs = Number.MAX_SAFE_INTEGER } = query;
    const start = cursor === undefined ? undefined : readCursor(cursor);
    // DynamoDB's BETWEEN takes both ends, in this order.
    const newest = Math.min(Math.ceil(toMs) - 1, start?.updatedAtMs ?? Number.MAX_SAFE_INTEGER);
    if (newest < fromMs) return { sessions: [], next: undefined };
    const found: Session[] = [];
    const newestFirst = this.#query(
      {
        IndexName: OWNER_INDEX,
        KeyConditionExpression: '#owner = :owner AND updatedAtMs BETWEEN :from AND :to',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':owner': owner, ':from': fromMs, ':to': newest },
        ScanIndexForward: false,
        Limit: limit + 1,
        // DynamoDB takes no start outside of the range; all of the range comes behind one that is newer.
        ...(start === undefined || start.updatedAtMs > newest
          ? {}
          : {
              ExclusiveStartKey: {
                ...metaKeyOf({ owner, sessionId: start.sessionId }),
                owner,
                updatedAtMs: start.updatedAtMs,
              },
            }),
      },
      signal,
    );
    for await (const item of newestFirst) {
      const session = sessionOf(metaOf(item), this.#now());
      if (session !== undefined) found.push(session);
      if (found.length > limit) break;
    }
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return { sessions: page, next: found.length > limit && last !== undefined ? cursorOf(last) : undefined };
  }

  rename(ref: SessionRef, title: string | undefined, signal: AbortSignal): Promise<boolean> {
    return this.#meta.rename(ref, title, signal);
  }

  /** One that was cut short is finished by the next call for the same session. */
  async delete(ref: SessionRef, signal: AbortSignal): Promise<DeletedSession | undefined> {
    const buried = await this.#meta.bury(ref, signal);
    const meta = buried ?? (await this.#meta.find(ref, signal));
    if (meta === undefined || meta.deletedAtMs === undefined || meta.hiddenTo === 0) {
      return buried && { items: 0, objects: 0 };
    }
    const total = { items: 0, objects: 0 };
    for (let tries = 0; tries < DELETE_TRIES; tries += 1) {
      const { items, objects } = await this.#turns.deleteTo(ref, meta.hiddenTo, signal);
      total.items += items;
      total.objects += objects;
      const isGone = (await this.#turns.leftTo(ref, meta.hiddenTo, signal)) === 0;
      if (isGone) return buried === undefined && total.items + total.objects === 0 ? undefined : total;
    }
    throw historyUnavailable(new Error(`turns of a deleted session were still there after ${DELETE_TRIES} tries`));
  }

  sweep(after: string | undefined, signal: AbortSignal): Promise<SweepStep> {
    return this.#sweep.step(after, signal);
  }

  /** Closes every connection. */
  close(): void {
    this.#calls.close();
  }

  async #turnIdsTo(ref: SessionRef, position: number, signal: AbortSignal): Promise<readonly string[]> {
    const command = new QueryCommand({
      TableName: this.#tableName,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': partitionOf(ref), ':from': turnSortKey(0), ':to': turnSortKey(position) },
      ProjectionExpression: 'turnId',
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: LOOK_BACK,
    });
    const { Items = [] } = await this.#calls.read(signal, (client, abortSignal) =>
      client.send(command, { abortSignal }),
    );
    return Items.map((item) => String(item['turnId']));
  }

  /** Every item of a query, one page after the other, as far as the reader goes. */
  async *#query(input: Omit<QueryCommand['input'], 'TableName'>, signal: AbortSignal): AsyncGenerator<Item> {
    let from: Item | undefined;
    do {
      const command = new QueryCommand({
        TableName: this.#tableName,
        ...input,
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      });
      const page = await this.#calls.read(signal, (client, abortSignal) => client.send(command, { abortSignal }));
      yield* page.Items ?? [];
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
  }
}

/** {@link makeTable} with a client of its own. */
export async function createHistoryTable(options: HistoryTableOptions, signal: AbortSignal): Promise<void> {
  const calls = new DynamoCalls(options);
  try {
    await makeTable(calls, options.tableName, signal);
  } finally {
    calls.close();
  }
}

/** Whether the turn was met before. */
function isAgain(item: Item, seen: Set<string>): boolean {
  const turnId = String(item['turnId']);
  if (seen.has(turnId)) return true;
  seen.add(turnId);
  return false;
}
