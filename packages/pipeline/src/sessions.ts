import { isDeepStrictEqual } from 'node:util';
import { GatewayError } from '@genai-gateway/core';
import {
  allSessionIds,
  checkSessionId,
  messagesOf,
  type SavedTurn,
  type SessionStore,
  wholeSession,
} from '@genai-gateway/history';
import type { ConverseSystemBlock } from '@genai-gateway/protocol';
import { converseMessages, openaiMessages, systemAsOpenai } from '@genai-gateway/translate';
import { identify } from './admit.ts';
import type { Call } from './call.ts';
import { parseJsonObject } from './request-json.ts';
import type { Services } from './services.ts';
import { historyOf } from './session-of-call.ts';
import { ownerOf } from './session-owner.ts';

/** What is asked of the sessions of a caller, as the gateway's predecessor gave them: whole, without pages. */
export type SessionsRoute =
  | { readonly kind: 'history'; readonly api: 'openai' | 'converse' }
  /** The ids of all sessions. */
  | { readonly kind: 'ids' };

/**
 * Serves the sessions of a caller: its own, or those that it shares (HISTORY_OWNER). Rejects with `session-refused` for
 * one that it does not have, whether another has it or nobody.
 */
export async function serveSessions(call: Call, services: Services, asked: SessionsRoute): Promise<void> {
  const principal = await identify(call, services);
  const { store, sharedBy } = historyOf(services);
  const owner = ownerOf(principal, sharedBy);
  const answer =
    asked.kind === 'ids'
      ? { session_ids: await allSessionIds(store, owner, call.signal) }
      : await wholeHistory(call, store, owner, asked.api);
  call.reply.send(200, { 'content-type': 'application/json' }, JSON.stringify(answer));
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
