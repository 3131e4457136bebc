import { isDeepStrictEqual } from 'node:util';
import { GatewayError } from '@genai-gateway/core';
import {
  allSessionIds,
  type ConversationWords,
  checkSessionId,
  deleteSession,
  listSessions,
  listTurns,
  messagesOf,
  readSession,
  renameSession,
  type SavedTurn,
  type SessionStore,
  wholeSession,
} from '@genai-gateway/history';
import type { ApiMessage, ChatApi, ConverseSystemBlock } from '@genai-gateway/protocol';
import {
  anthropicMessages,
  converseMessages,
  openaiMessages,
  systemAsAnthropic,
  systemAsOpenai,
} from '@genai-gateway/translate';
import { identify } from './admit.ts';
import type { Call } from './call.ts';
import { parseJsonObject } from './request-json.ts';
import type { Services } from './services.ts';
import { historyOf, ownerOf } from './session-of-call.ts';

/** What is asked of the sessions of a caller. */
export type SessionsRoute =
  /** A whole session, as the gateway's predecessor gave it. */
  | { readonly kind: 'history'; readonly api: 'openai' | 'converse' }
  /** The ids of all sessions, likewise. */
  | { readonly kind: 'ids' }
  | { readonly kind: 'list' }
  | { readonly kind: 'one' | 'rename' | 'delete' | 'turns'; readonly sessionId: string };

/** How turns are shown in the words of an API. */
const words: ConversationWords = { messages: messagesAs, system: systemAs };

/**
 * Serves the sessions of a caller: its own, or those that it shares (HISTORY_OWNER). Rejects with `session-not-found`
 * for one that it does not have, whether another has it or nobody; on the predecessor's routes with `session-refused`.
 */
export async function serveSessions(
  call: Call,
  services: Services,
  asked: SessionsRoute,
  query: URLSearchParams,
): Promise<void> {
  const principal = await identify(call, services);
  const { store, sharedBy } = historyOf(services);
  const owner = ownerOf(principal, sharedBy);
  const answer = await answerTo(call, store, owner, asked, Object.fromEntries(query));
  call.reply.send(200, { 'content-type': 'application/json' }, JSON.stringify(answer));
}

async function answerTo(
  call: Call,
  store: SessionStore,
  owner: string,
  asked: SessionsRoute,
  query: Readonly<Record<string, string>>,
): Promise<object> {
  const { signal } = call;
  switch (asked.kind) {
    case 'history':
      return wholeHistory(call, store, owner, asked.api);
    case 'ids':
      return { session_ids: await allSessionIds(store, owner, signal) };
    case 'list':
      return listSessions(store, owner, query, signal);
    default: {
      const ref = { owner, sessionId: checkSessionId(asked.sessionId, 'session_id') };
      if (asked.kind === 'one') return readSession(store, ref, signal);
      if (asked.kind === 'delete') return deleteSession(store, ref, signal);
      if (asked.kind === 'turns') return listTurns(store, ref, query, words, signal);
      return renameSession(store, ref, parseJsonObject(await call.body()), signal);
    }
  }
}

async function wholeHistory(
  call: Call,
  store: SessionStore,
  owner: string,
  api: 'openai' | 'converse',
): Promise<object> {
  const { session_id: id } = parseJsonObject(await call.body());
  if (id === undefined || id === null || id === '') {
    throw new GatewayError('invalid-request', 'Name the session in `session_id`.', { param: 'session_id' });
  }
  const sessionId = checkSessionId(id, 'session_id');
  call.record.sessionId = sessionId;
  const turns = await wholeSession(store, { owner, sessionId }, call.signal);
  if (api === 'openai') return { messages: openaiHistory(turns) };
  const messages = converseMessages(messagesOf(turns));
  return { messages, system: turns.at(-1)?.system ?? [] };
}

/** A system prompt stands where it began to hold. */
function openaiHistory(turns: readonly SavedTurn[]): readonly unknown[] {
  let held: readonly ConverseSystemBlock[] = [];
  return turns.flatMap(({ system = [], messages, answer }) => {
    const isNew = !isDeepStrictEqual(system, held);
    held = system;
    const head = isNew ? systemAsOpenai(system) : undefined;
    return [...(head === undefined ? [] : [head]), ...openaiMessages([...messages, answer])];
  });
}

function messagesAs(messages: readonly ApiMessage[], api: ChatApi): readonly unknown[] {
  switch (api) {
    case 'openai':
      return openaiMessages(messages);
    case 'converse':
      return converseMessages(messages);
    case 'anthropic':
      return anthropicMessages(messages);
  }
}

function systemAs(blocks: readonly ConverseSystemBlock[], api: ChatApi): unknown {
  switch (api) {
    case 'openai':
      return systemAsOpenai(blocks)?.content;
    case 'converse':
      return blocks;
    case 'anthropic':
      return systemAsAnthropic(blocks);
  }
}
