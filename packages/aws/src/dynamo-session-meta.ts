import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '@genai-gateway/core';
import type { SessionRef } from '@genai-gateway/history';
import type { DynamoCalls } from './dynamo-calls.ts';
import { expiry, type MetaItem, metaKeyOf, metaOf, sessionOf } from './dynamo-session-items.ts';
import { historyUnavailable } from './history-failure.ts';

export interface SessionMetaOptions {
  readonly calls: DynamoCalls;
  readonly tableName: string;
  readonly retentionMs: number;
  readonly now: Clock;
}

/** The place of a turn, and when it ends. */
export interface Place {
  readonly position: number;
  readonly expiresAtMs: number;
}

/** A session is begun or deleted by others in between: each time it is tried again, something else has happened. */
const MAX_TRIES = 5;
/** Clocks of replicas differ by less. */
const CLOCK_SLACK_MS = 86_400_000;

/** A session does not end before its turns: where retention was made shorter, those from before last longer by more than this. */
const SHORTENED_MS = 3_600_000;

const isLive = 'attribute_exists(createdAtMs) AND expiresAtMs > :now';

/** The items of sessions: who may write behind which turn. One conditional update each, so that replicas never mix them up. */
export class SessionMeta {
  readonly #options: SessionMetaOptions;

  constructor(options: SessionMetaOptions) {
    this.#options = options;
  }

  /** Undefined: there never was one, or not for a long time. */
  async find(ref: SessionRef, signal: AbortSignal): Promise<MetaItem | undefined> {
    const command = new GetCommand({ TableName: this.#options.tableName, Key: metaKeyOf(ref), ConsistentRead: true });
    const { Item } = await this.#options.calls.read(signal, (client, abortSignal) =>
      client.send(command, { abortSignal }),
    );
    return Item && metaOf(Item);
  }

  /**
   * The next place, which no other turn gets; begins the session where there is none. Undefined: the session was
   * deleted after `startedAtMs`.
   */
  async takePlace(ref: SessionRef, startedAtMs: number, signal: AbortSignal): Promise<Place | undefined> {
    let lastsToMs = 0;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const place = await this.#takeNext(ref, startedAtMs, lastsToMs, signal);
      if (place !== undefined) return place;
      const found = await this.find(ref, signal);
      if (found === undefined) continue;
      if (found.deletedAtMs !== undefined && startedAtMs <= found.deletedAtMs) return undefined;
      if (sessionOf(found, this.#options.now()) !== undefined) {
        lastsToMs = found.expiresAtMs;
        continue;
      }
      const first = await this.#beginAnew(ref, found, signal);
      if (first !== undefined) return first;
    }
    throw historyUnavailable(new Error(`a session changed ${MAX_TRIES} times while a turn was added to it`));
  }

  /** False: there is no such session. */
  async rename(ref: SessionRef, title: string | undefined, signal: AbortSignal): Promise<boolean> {
    const setTitle = title === undefined ? 'REMOVE title' : 'SET title = :title';
    const now = this.#options.now();
    const found = await this.#update(ref, signal, {
      UpdateExpression: `${setTitle} ${title === undefined ? 'SET' : ','} updatedAtMs = :now`,
      ConditionExpression: isLive,
      ExpressionAttributeValues: { ':now': now, ...(title === undefined ? {} : { ':title': title }) },
    });
    return found !== undefined;
  }

  /** Leaves an item that keeps turns from before from bringing the session back. Undefined: there is no such session. */
  async bury(ref: SessionRef, signal: AbortSignal): Promise<MetaItem | undefined> {
    const { now, retentionMs } = this.#options;
    const deletedAtMs = now();
    return this.#update(ref, signal, {
      UpdateExpression:
        'SET deletedAtMs = :now, hiddenTo = #last, expiresAtMs = :expiresAtMs, expiresAt = :expiresAt REMOVE #owner, title, createdAtMs',
      ConditionExpression: isLive,
      ExpressionAttributeNames: { '#last': 'last', '#owner': 'owner' },
      ExpressionAttributeValues: {
        ':now': deletedAtMs,
        ...expiryValues(deletedAtMs + retentionMs + CLOCK_SLACK_MS),
      },
    });
  }

  /** `lastsToMs`: when a turn that is there ends. Undefined where one is there that lasts longer, too. */
  async #takeNext(
    ref: SessionRef,
    startedAtMs: number,
    lastsToMs: number,
    signal: AbortSignal,
  ): Promise<Place | undefined> {
    const { now, retentionMs } = this.#options;
    const atMs = now();
    const expiresAtMs = atMs + retentionMs;
    const sessionExpiresAtMs = Math.max(expiresAtMs, lastsToMs);
    const found = await this.#update(ref, signal, {
      UpdateExpression:
        'SET sessionId = :sessionId, #owner = :owner, createdAtMs = if_not_exists(createdAtMs, :now), updatedAtMs = :now, expiresAtMs = :expiresAtMs, expiresAt = :expiresAt ADD #last :one',
      ConditionExpression: `attribute_not_exists(pk) OR (${isLive} AND expiresAtMs <= :longest AND (attribute_not_exists(deletedAtMs) OR deletedAtMs < :startedAtMs))`,
      ExpressionAttributeNames: { '#last': 'last', '#owner': 'owner' },
      ExpressionAttributeValues: {
        ':sessionId': ref.sessionId,
        ':owner': ref.owner,
        ':now': atMs,
        ':startedAtMs': startedAtMs,
        ':one': 1,
        ':longest': sessionExpiresAtMs + SHORTENED_MS,
        ...expiryValues(sessionExpiresAtMs),
      },
    });
    return found && { position: found.last, expiresAtMs };
  }

  /** In the place of one that was deleted or has outlived its retention; undefined: somebody was quicker. */
  async #beginAnew(ref: SessionRef, old: MetaItem, signal: AbortSignal): Promise<Place | undefined> {
    const { now, retentionMs } = this.#options;
    const atMs = now();
    const expiresAtMs = atMs + retentionMs;
    const position = old.last + 1;
    const found = await this.#update(ref, signal, {
      UpdateExpression:
        'SET #owner = :owner, createdAtMs = :now, updatedAtMs = :now, expiresAtMs = :expiresAtMs, expiresAt = :expiresAt, hiddenTo = :oldLast, #last = :last REMOVE title',
      ConditionExpression: '#last = :oldLast AND expiresAtMs = :oldExpiresAtMs',
      ExpressionAttributeNames: { '#last': 'last', '#owner': 'owner' },
      ExpressionAttributeValues: {
        ':owner': ref.owner,
        ':now': atMs,
        ':last': position,
        ':oldLast': old.last,
        ':oldExpiresAtMs': old.expiresAtMs,
        ...expiryValues(expiresAtMs),
      },
    });
    return found && { position, expiresAtMs };
  }

  /** The item as it is then; undefined: the condition does not hold. */
  async #update(
    ref: SessionRef,
    signal: AbortSignal,
    update: Pick<
      UpdateCommand['input'],
      'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
    >,
  ): Promise<MetaItem | undefined> {
    const { calls, tableName } = this.#options;
    const command = new UpdateCommand({
      TableName: tableName,
      Key: metaKeyOf(ref),
      ReturnValues: 'ALL_NEW',
      ...update,
    });
    const done = await calls.writeIf(signal, (client, abortSignal) => client.send(command, { abortSignal }));
    return done && metaOf(done.Attributes ?? {});
  }
}

function expiryValues(expiresAtMs: number) {
  const both = expiry(expiresAtMs);
  return { ':expiresAtMs': both.expiresAtMs, ':expiresAt': both.expiresAt };
}
