import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { isGatewayError } from '@genai-gateway/core';
import { historyCall, historyPatience } from './history-calls.ts';
import { isNamed } from './history-failure.ts';
import { type ServiceOptions, sdkClientConfig } from './sdk-client.ts';

/** DynamoDB answers in milliseconds: an attempt that takes this long is lost, and the next may find a better connection. */
const ATTEMPT_TIMEOUT_MS = 1_200;
/** The longest wait for one call, its second attempt included. An answer waits for its turn to be saved. */
const READ_TIMEOUT_MS = 2_000;
const WRITE_TIMEOUT_MS = 3_000;

/** One call with the SDK; the signal ends it. */
type Send<Value> = (client: DynamoDBDocumentClient, abortSignal: AbortSignal) => Promise<Value>;

/**
 * Calls to DynamoDB by the AWS SDK, each with an end: what is not answered in time, is throttled or fails is
 * `history-unavailable`, and a caller who leaves gets the reason of the signal.
 */
export class DynamoCalls {
  readonly #client: DynamoDBClient;
  readonly #documents: DynamoDBDocumentClient;

  constructor(options: ServiceOptions) {
    this.#client = new DynamoDBClient(sdkClientConfig(options, historyPatience(ATTEMPT_TIMEOUT_MS)));
    this.#documents = DynamoDBDocumentClient.from(this.#client, { marshallOptions: { removeUndefinedValues: true } });
  }

  read<Value>(signal: AbortSignal, send: Send<Value>): Promise<Value> {
    return historyCall(signal, READ_TIMEOUT_MS, (limit) => send(this.#documents, limit));
  }

  write<Value>(signal: AbortSignal, send: Send<Value>): Promise<Value> {
    return historyCall(signal, WRITE_TIMEOUT_MS, (limit) => send(this.#documents, limit));
  }

  /** A write under a condition; undefined: the condition does not hold. */
  async writeIf<Value>(signal: AbortSignal, send: Send<Value>): Promise<Value | undefined> {
    try {
      return await this.write(signal, send);
    } catch (error) {
      if (isGatewayError(error) && isNamed(error.cause, 'ConditionalCheckFailedException')) return undefined;
      throw error;
    }
  }

  close(): void {
    this.#client.destroy();
  }
}
