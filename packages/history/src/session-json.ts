import type { ApiMessage, ChatApi, ConverseSystemBlock, Usage } from '@genai-gateway/protocol';
import type { SavedTurn, Session } from './turn.ts';

/** A session as callers read it. Times are seconds since 1970, as in OpenAI's API. */
export interface SessionJson {
  readonly object: 'session';
  readonly id: string;
  readonly title: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}

/** A turn without what was said. */
export interface TurnHeadJson {
  readonly object: 'session.turn';
  /** The id of the request. */
  readonly id: string;
  readonly position: number;
  readonly model: string;
  readonly created_at: number;
  /** As the model's API named it, which need not be the API that is asked for. */
  readonly stop_reason: string | null;
  readonly usage: TurnUsageJson | null;
  /** A guardrail or a filter stopped it: no model reads it again. */
  readonly blocked: boolean;
}

export interface TurnJson extends TurnHeadJson {
  /** In the words of the API that is asked for; absent: there was none. */
  readonly system?: unknown;
  /** What was sent, then the answer, in the words of the API that is asked for. */
  readonly messages: readonly unknown[];
}

/** A figure that is absent was not reported. */
export interface TurnUsageJson {
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  readonly cache_read_tokens?: number;
  readonly cache_write_tokens?: number;
  readonly reasoning_tokens?: number;
}

export interface ListJson<Item> {
  readonly object: 'list';
  readonly data: readonly Item[];
  /** There may be more. */
  readonly has_more: boolean;
  /** What `after` is on the next page; null: there are no more. */
  readonly next: string | null;
}

export interface DeletedSessionJson {
  readonly id: string;
  readonly object: 'session.deleted';
  readonly deleted: true;
  readonly proof: DeletionProofJson;
}

/** What was deleted, and that it was looked for afterwards and is gone. */
export interface DeletionProofJson {
  /** Turns in the table. */
  readonly items: number;
  /** Objects of turns that were too large for it. */
  readonly objects: number;
  readonly verified: true;
}

/** Tells what was said in any API in the words of another. Never throws. */
export interface ConversationWords {
  messages(messages: readonly ApiMessage[], api: ChatApi): readonly unknown[];
  system(blocks: readonly ConverseSystemBlock[], api: ChatApi): unknown;
}

export function sessionJson({ sessionId, title, createdAtMs, updatedAtMs }: Session): SessionJson {
  return {
    object: 'session',
    id: sessionId,
    title: title ?? null,
    created_at: seconds(createdAtMs),
    updated_at: seconds(updatedAtMs),
  };
}

export function turnHeadJson(turn: SavedTurn): TurnHeadJson {
  return {
    object: 'session.turn',
    id: turn.turnId,
    position: turn.position,
    model: turn.model,
    created_at: seconds(turn.startedAtMs),
    stop_reason: turn.stopReason ?? null,
    usage: turn.usage === undefined ? null : usageJson(turn.usage),
    blocked: turn.isBlocked,
  };
}

export function turnJson(turn: SavedTurn, api: ChatApi, words: ConversationWords): TurnJson {
  return {
    ...turnHeadJson(turn),
    ...(turn.system === undefined ? {} : { system: words.system(turn.system, api) }),
    messages: words.messages([...turn.messages, turn.answer], api),
  };
}

export function listJson<Item>(data: readonly Item[], next: string | number | undefined): ListJson<Item> {
  return { object: 'list', data, has_more: next !== undefined, next: next === undefined ? null : String(next) };
}

function usageJson(usage: Usage): TurnUsageJson {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = usage;
  return {
    ...(inputTokens !== undefined && { input_tokens: inputTokens }),
    ...(outputTokens !== undefined && { output_tokens: outputTokens }),
    ...(cacheReadTokens !== undefined && { cache_read_tokens: cacheReadTokens }),
    ...(cacheWriteTokens !== undefined && { cache_write_tokens: cacheWriteTokens }),
    ...(reasoningTokens !== undefined && { reasoning_tokens: reasoningTokens }),
  };
}

/** As callers read a time. */
export function seconds(timeMs: number): number {
  return Math.floor(timeMs / 1_000);
}
