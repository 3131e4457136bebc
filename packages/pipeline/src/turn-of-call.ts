import { GatewayError, isGatewayError } from '@genai-gateway/core';
import type { Turn } from '@genai-gateway/history';
import type { ApiMessage } from '@genai-gateway/protocol';
import type { Call } from './call.ts';
import type { Conversation, Said } from './conversation.ts';
import type { Services } from './services.ts';
import type { KeptSession, SessionOfCall } from './session-of-call.ts';

/** What a call adds to its session. */
export interface TurnRequest {
  readonly session: SessionOfCall;
  readonly said: Said;
  readonly conversation: Conversation;
  /** What the model has answered, asked for once the answer is whole; undefined: nothing that could be kept. */
  readonly answer: () => ApiMessage | undefined;
}

const WRITE_TIMEOUT_MS = 3_000;

/** A model that refuses, or a guardrail, would stop every later turn too if it read these again. */
const blocking: ReadonlySet<string> = new Set([
  'guardrail_intervened',
  'content_filtered',
  'content_filter',
  'refusal',
]);

/**
 * Has the call's turn kept once its answer is whole, before the caller has the last of it: who has read an answer to its
 * end finds it in the session. A turn that cannot be kept fails no answer; the head of the answer says so, or its stream.
 */
export function keepTurn(call: Call, services: Services, request: TurnRequest): void {
  const { kept } = request.session;
  if (kept === undefined) return;
  let saving: Promise<void> | undefined;
  call.record.turn = {
    save: () => {
      saving ??= save(call, services, kept, request);
      return saving;
    },
  };
}

async function save(call: Call, services: Services, kept: KeptSession, request: TurnRequest): Promise<void> {
  const { record, reply } = call;
  // An answer that LiteLLM passes on, whatever its status, may be a refusal; a stream of Bedrock's may end with an exception.
  if (record.upstreamStatus !== 200 || record.errorCode !== undefined) return;
  try {
    const turn = turnOf(call, services, request);
    const signal = AbortSignal.timeout(WRITE_TIMEOUT_MS);
    const isSaved = await kept.store.append(kept.ref, turn, signal);
    if (!isSaved) throw new GatewayError('session-not-found', 'The session was deleted while the model answered.');
    record.isTurnSaved = true;
  } catch (error) {
    record.isTurnSaved = false;
    record.turnError = isGatewayError(error) ? (error.cause ?? error) : error;
    reply.announce({ 'x-gateway-history': 'not-saved' });
  }
}

function turnOf({ record, requestId }: Call, { now }: Services, { said, conversation, answer }: TurnRequest): Turn {
  const message = answer();
  if (message === undefined) throw new Error('the answer holds nothing that could be kept');
  return {
    turnId: requestId,
    startedAtMs: record.startedAtMs,
    endedAtMs: now(),
    model: said.model,
    system: said.system ?? (conversation.system.length > 0 ? conversation.system : undefined),
    messages: conversation.fresh,
    answer: message,
    stopReason: record.stopReason,
    usage: record.usage,
    isBlocked: blocking.has(record.stopReason ?? ''),
  };
}
