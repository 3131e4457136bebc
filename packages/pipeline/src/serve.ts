import { faultOf, type GatewayError, isGatewayError, toGatewayError } from '@genai-gateway/core';
import type { Call, CallRecord, Outcome } from './call.ts';

/**
 * Runs one call to its end: whatever happens in it, the caller gets an answer in its dialect, and
 * `settle` is called exactly once, after the last byte or the abort. Never rejects.
 */
export async function serve(
  call: Call,
  stage: (call: Call) => Promise<void>,
  settle: (outcome: Outcome) => void,
): Promise<void> {
  const { record } = call;
  try {
    await stage(call);
  } catch (thrown) {
    const error = reasonOf(call, thrown);
    record.errorCode = error.code;
    if (record.errorCause === undefined && error.cause !== undefined) record.errorCause = error.cause;
    if (error.code !== 'client-gone') {
      try {
        call.reply.fail(error);
      } catch (failure) {
        record.errorCause = failure;
      }
    }
  }
  settle(outcomeOf(record));
}

/** Why a call ended. Why it was aborted is in the reason of its signal; what the stages saw is only the abort. */
export function reasonOf(call: Call, thrown: unknown): GatewayError {
  if (call.signal.aborted && isGatewayError(call.signal.reason)) return call.signal.reason;
  return toGatewayError(thrown);
}

function outcomeOf(record: CallRecord): Outcome {
  const { errorCode } = record;
  if (errorCode === undefined) return 'ok';
  if (errorCode === 'client-gone') return 'client-gone';
  switch (faultOf(errorCode)) {
    case 'caller':
      return 'caller-error';
    case 'upstream':
      return 'upstream-error';
    case 'gateway':
      return 'gateway-error';
  }
}
