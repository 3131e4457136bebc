import type { ChatApi } from '@genai-gateway/protocol';
import { jsonBytes } from './json-bytes.ts';
import { readTurns } from './read-turns.ts';
import { type ConversationWords, type TurnHeadJson, type TurnJson, turnHeadJson, turnJson } from './session-json.ts';
import type { SessionStore, TurnQuery } from './session-store.ts';
import type { SavedTurn, SessionRef } from './turn.ts';

/** What an answer may carry, and where that goes which is too large for any. */
export interface TurnPageOptions {
  readonly api: ChatApi;
  readonly words: ConversationWords;
  /** Of the JSON of the turns of a page. */
  readonly maxBytes: number;
  /** Lays down a turn, and gives the link to it. */
  readonly layDown: (ref: SessionRef, turn: TurnJson, api: ChatApi) => Promise<TurnContent>;
}

/** Where the whole of a turn is, as the JSON that it would have been in the answer. */
export interface TurnContent {
  /** Whoever has it may read the turn, for some minutes. */
  readonly content_url: string;
  readonly content_bytes: number;
}

export type LargeTurnJson = TurnHeadJson & TurnContent;

export interface TurnJsonPage {
  readonly turns: readonly (TurnJson | LargeTurnJson)[];
  readonly next: number | undefined;
}

/**
 * A page of turns that ends early where it would get too large for one answer. A turn that is too large alone is a page
 * of its own: what is known about it, and a link to the whole of it. Undefined: this owner has no such session.
 */
export async function turnPage(
  store: SessionStore,
  ref: SessionRef,
  query: TurnQuery,
  { api, words, maxBytes, layDown }: TurnPageOptions,
  signal: AbortSignal,
): Promise<TurnJsonPage | undefined> {
  const page = await readTurns(store, ref, query, maxBytes, signal);
  if (page === undefined) return undefined;
  const turns: TurnJson[] = [];
  let bytes = 0;
  let last: SavedTurn | undefined;
  for (const turn of page.turns) {
    const json = turnJson(turn, api, words);
    bytes += jsonBytes(json);
    if (bytes > maxBytes) {
      if (last !== undefined) return { turns, next: last.position };
      const isAll = page.turns.length === 1 && page.next === undefined;
      const large = { ...turnHeadJson(turn), ...(await layDown(ref, json, api)) };
      return { turns: [large], next: isAll ? undefined : turn.position };
    }
    turns.push(json);
    last = turn;
  }
  return { turns, next: page.next };
}
