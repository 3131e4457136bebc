import { GatewayError } from '@genai-gateway/core';
import type { SessionRef, SessionStore } from '@genai-gateway/history';
import type { Principal } from '@genai-gateway/identity';
import type { Call } from './call.ts';
import type { GatewayFields } from './gateway-fields.ts';
import type { History, Services } from './services.ts';
import { ownerOf } from './session-owner.ts';

/** The session of a call. Every call of a conversation has an id, because callers send it back with their next one. */
export interface SessionOfCall {
  readonly sessionId: string;
  /** Undefined: nothing of this call is kept. */
  readonly kept: KeptSession | undefined;
}

export interface KeptSession {
  readonly ref: SessionRef;
  readonly store: SessionStore;
  /** The id was made for this call, so there is nothing to be read. */
  readonly isNew: boolean;
}

/**
 * The session that a call names, or a new one, whose id every answer carries in `x-session-id`. Throws
 * `invalid-request` where history is asked for and there is none.
 */
export function sessionOf(call: Call, services: Services, principal: Principal, fields: GatewayFields): SessionOfCall {
  const sessionId = fields.sessionId ?? call.requestId;
  call.record.sessionId = sessionId;
  call.reply.announce({ 'x-session-id': sessionId });
  if (fields.sessionId === undefined && !fields.enableHistory) return { sessionId, kept: undefined };
  const { store, sharedBy } = historyOf(services);
  const ref = { owner: ownerOf(principal, sharedBy), sessionId };
  return { sessionId, kept: { ref, store, isNew: fields.sessionId === undefined } };
}

/** Throws `invalid-request` where no history is kept. */
export function historyOf({ history }: Pick<Services, 'history'>): History {
  if (history !== undefined) return history;
  throw new GatewayError(
    'invalid-request',
    'This gateway keeps no chat history. Leave out the session and enable_history, or ask an administrator to set HISTORY_TABLE.',
    { param: 'session_id' },
  );
}
