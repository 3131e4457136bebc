import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type Patience, type ServiceOptions, sdkClientConfig } from './sdk-client.ts';

export interface LambdaTasksOptions extends ServiceOptions {
  /** Name or ARN. */
  readonly functionName: string;
}

const PATIENCE: Patience = { connectTimeoutMs: 1_000, attemptTimeoutMs: 5_000, maxAttempts: 3 };

/**
 * Hands tasks to a Lambda function, which begins them soon and, where one fails, twice again. The role needs
 * `lambda:InvokeFunction` on it. A function that goes on by calling itself needs `RecursiveLoop: Allow`, or Lambda stops it
 * after 16 rounds. Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html (as of 2026-11-23)
 */
export class LambdaTasks {
  readonly #client: LambdaClient;
  readonly #functionName: string;

  constructor(options: LambdaTasksOptions) {
    this.#functionName = options.functionName;
    this.#client = new LambdaClient(sdkClientConfig(options, PATIENCE));
  }

  /** Lambda has taken it: it may begin twice. Rejects with what Lambda or the way to it says. */
  async start(event: object, abortSignal: AbortSignal): Promise<void> {
    const command = new InvokeCommand({
      FunctionName: this.#functionName,
      InvocationType: 'Event',
      Payload: Buffer.from(JSON.stringify(event)),
    });
    const { StatusCode } = await this.#client.send(command, { abortSignal });
    if (StatusCode !== 202) throw new Error(`Lambda has not taken a task: ${StatusCode}`);
  }

  /** Closes every connection. */
  close(): void {
    this.#client.destroy();
  }
}
