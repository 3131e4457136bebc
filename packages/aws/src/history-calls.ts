import type { CredentialSource } from './credentials.ts';
import { historyFailure } from './history-failure.ts';
import { sdkCredentials } from './sdk-credentials.ts';

export interface HistoryClientOptions {
  readonly credentials: CredentialSource;
  readonly region: string;
}

const CONNECT_TIMEOUT_MS = 1_000;
const MAX_ATTEMPTS = 2;
const MAX_CONNECTIONS = 200;

/** What the clients of DynamoDB and S3 are made with: short attempts, two of them, and connections that are kept. */
export function historyClientConfig({ credentials, region }: HistoryClientOptions, attemptTimeoutMs: number) {
  return {
    region,
    credentials: sdkCredentials(credentials),
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: attemptTimeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: { keepAlive: true, maxSockets: MAX_CONNECTIONS },
      httpsAgent: { keepAlive: true, maxSockets: MAX_CONNECTIONS },
    },
  };
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
