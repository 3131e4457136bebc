import { historyFailure } from './history-failure.ts';
import type { Patience } from './sdk-client.ts';

/** The clients of DynamoDB and S3: short attempts, two of them, and connections that are kept. */
export function historyPatience(attemptTimeoutMs: number): Patience {
  return { connectTimeoutMs: 1_000, attemptTimeoutMs, maxAttempts: 2, maxConnections: 200 };
}

/**
 * A call with an end: what is not answered in `timeoutMs`, is throttled or fails is `history-unavailable`, and a caller
 * who leaves gets the reason of the signal.
 */
export async function historyCall<Value>(
  signal: AbortSignal,
  timeoutMs: number,
  send: (abortSignal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  signal.throwIfAborted();
  try {
    return await send(AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
  } catch (error) {
    throw historyFailure(error, signal);
  }
}
