import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { awsFailure, clientOptions } from '../shared/aws.ts';
import { OperatorFailure } from '../shared/command.ts';

/** How far LiteLLM is with a value: `none`: it does not read that secret. */
type RolloutProgress = 'none' | 'due' | 'rolling' | 'behind' | 'done';

interface RotationAnswer {
  readonly versionId: string | undefined;
  /** A rotation that had begun before was brought to its end. */
  readonly tookUp: boolean;
  readonly rollout: RolloutProgress;
}

/** A rotation waits for ElastiCache, and Lambda lets it for minutes. */
const TIMEOUT_MS = 15 * 60_000;

/** The function that rotates secrets, in AWS. */
export class RotationFunction {
  readonly #name: string;
  readonly #client: LambdaClient;

  constructor(name: string, region: string) {
    this.#name = name;
    // Once: the function has to be asked by the same token to do the same, and says by itself what went wrong.
    this.#client = new LambdaClient({
      ...clientOptions(region),
      maxAttempts: 1,
      requestHandler: { requestTimeout: TIMEOUT_MS, throwOnRequestTimeout: true },
    });
  }

  /** Rejects with OperatorFailure that says what the function said. */
  async ask(event: { readonly task: 'rotate' | 'status'; readonly secret: string; readonly token?: string }) {
    const { FunctionError, Payload } = await this.#client
      .send(new InvokeCommand({ FunctionName: this.#name, Payload: JSON.stringify(event) }))
      .catch((error: unknown) => {
        throw awsFailure(error, `The function ${this.#name} cannot be called`);
      });
    const answer = parsed(Payload === undefined ? '' : Buffer.from(Payload).toString());
    if (FunctionError === undefined) return answerOf(answer);
    const said = typeof answer['errorMessage'] === 'string' ? answer['errorMessage'] : FunctionError;
    throw new OperatorFailure(
      `The rotation of ${event.secret} did not end: ${said}`,
      'the value before goes on to work; run this again, it takes up what has begun. The log of the function says more',
    );
  }

  close(): void {
    this.#client.destroy();
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const progresses: readonly RolloutProgress[] = ['none', 'due', 'rolling', 'behind', 'done'];

function answerOf({ versionId, tookUp, rollout }: Readonly<Record<string, unknown>>): RotationAnswer {
  const progress = progresses.find((each) => each === rollout);
  if (progress === undefined) {
    throw new OperatorFailure(
      'The function has answered something else.',
      'deploy the stage again, so that both are of one version',
    );
  }
  return {
    versionId: typeof versionId === 'string' ? versionId : undefined,
    tookUp: tookUp === true,
    rollout: progress,
  };
}
