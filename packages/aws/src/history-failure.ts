import { GatewayError } from '@genai-gateway/core';

/** Whether an error is the SDK's of this name. */
export function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

/** What a failed call is to the caller: the reason of the signal when that has ended it, else `history-unavailable`. */
export function historyFailure(cause: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  return historyUnavailable(cause);
}

/** `cause` is for operators. */
export function historyUnavailable(cause: unknown): GatewayError {
  return new GatewayError(
    'history-unavailable',
    'Chat history cannot be read or saved at the moment. Try again in a few seconds, or send the request without a session.',
    { cause, retryAfterSeconds: 2 },
  );
}
