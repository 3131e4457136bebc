import { setTimeout as wait } from 'node:timers/promises';
import { BedrockError } from '../../errors.ts';
import type { JsonObject } from '../../json.ts';
import type { ScriptFault } from '../../script/script.ts';
import { errorBody, streamFailure, toOpenaiError } from '../errors.ts';
import { endedResponse, responseEvents } from './realtime-answer.ts';
import type { AskedResponse } from './session.ts';

/** Longer than any test waits; node's timers go no further. */
const FOREVER_MS = 2 ** 31 - 1;

export interface Listener {
  send(event: JsonObject): void;
  keep(item: JsonObject): void;
  /** Ends the connection without a close. */
  cut(): void;
}

/**
 * Says a response event by event, at the pace and with the fault of its plan. A response that is cancelled says so;
 * `signal` is the cancellation, `gone` the end of the connection. Never rejects.
 */
export async function speak(
  asked: AskedResponse,
  listener: Listener,
  signal: AbortSignal,
  gone: AbortSignal,
): Promise<void> {
  try {
    await sayAll(asked, listener, AbortSignal.any([signal, gone]));
  } catch {
    // The only ways out of an answer: the client cancelled it, or left.
    if (!gone.aborted) listener.send(endedResponse(asked.frame, 'cancelled', { reason: 'client_cancelled' }));
  }
}

async function sayAll({ reply, frame, isKept }: AskedResponse, listener: Listener, signal: AbortSignal): Promise<void> {
  const { fault } = reply;
  await pause(reply.firstByteDelayMs + reply.firstEventDelayMs, signal);
  if (fault?.kind === 'exception') return listener.send(endedResponse(frame, 'failed', { error: failureOf(fault) }));
  const afterEvents = fault !== undefined && 'afterEvents' in fault ? fault.afterEvents : Number.POSITIVE_INFINITY;
  let sent = 0;
  for (const { event, item, ends } of responseEvents(reply, frame)) {
    if (sent > 0) await pause(reply.paceMs, signal);
    signal.throwIfAborted();
    if (ends === true && fault?.kind === 'no-message-stop') return;
    // A fault that was due after more events than the response has still happens, before its end.
    const isDue = sent >= afterEvents || (ends === true && afterEvents !== Number.POSITIVE_INFINITY);
    if (isDue && fault?.kind === 'stall') return pause(FOREVER_MS, signal);
    if (isDue && fault?.kind === 'cut') return listener.cut();
    if (isDue && fault?.kind === 'stream-exception') {
      return listener.send(endedResponse(frame, 'failed', { error: failureOf(fault) }));
    }
    if (isKept && item !== undefined) listener.keep(item);
    listener.send(event);
    sent += 1;
  }
}

function failureOf(fault: Extract<ScriptFault, { readonly kind: 'exception' | 'stream-exception' }>): JsonObject {
  const message = fault.message ?? `A scripted ${fault.name}.`;
  if (fault.kind === 'stream-exception') return errorBody(streamFailure(fault.name, message));
  return errorBody(toOpenaiError(new BedrockError(fault.name, message)));
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await wait(ms, undefined, { signal });
}
