import { DescribeServicesCommand, ECSClient, type Service, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { type Rollout, type RolloutState, RotationFailure } from '@genai-gateway/rotation';
import { PATIENT, type ServiceOptions, sdkClientConfig } from './sdk-client.ts';

export interface EcsRolloutOptions extends ServiceOptions {
  readonly cluster: string;
  readonly service: string;
}

/**
 * The port `Rollout` over a service of ECS: a new deployment of what it runs already. Its tasks are given their secrets when
 * they start, so each of a deployment has what was current when that was made, or newer.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html (as of 2026-11-23)
 */
export class EcsRollout implements Rollout {
  readonly #options: EcsRolloutOptions;
  readonly #client: ECSClient;

  constructor(options: EcsRolloutOptions) {
    this.#options = options;
    this.#client = new ECSClient(sdkClientConfig(options, PATIENT));
  }

  async start(_versionId: string, abortSignal: AbortSignal): Promise<void> {
    const { cluster, service } = this.#options;
    await this.#client.send(new UpdateServiceCommand({ cluster, service, forceNewDeployment: true }), { abortSignal });
  }

  async state(abortSignal: AbortSignal): Promise<RolloutState> {
    const { cluster, service } = this.#options;
    const { services = [] } = await this.#client.send(new DescribeServicesCommand({ cluster, services: [service] }), {
      abortSignal,
    });
    const found = services[0];
    if (found !== undefined && found.status === 'ACTIVE') return stateOf(found);
    throw new RotationFailure(
      `The cluster ${cluster} has no service ${service}.`,
      'Deploy again: LITELLM_ECS_CLUSTER and LITELLM_ECS_SERVICE of the function name LiteLLM’s.',
    );
  }

  /** Closes its connections. */
  close(): void {
    this.#client.destroy();
  }
}

function stateOf({ deployments = [] }: Service): RolloutState {
  const [only] = deployments;
  const isSettled =
    deployments.length === 1 &&
    only?.rolloutState === 'COMPLETED' &&
    (only.runningCount ?? 0) >= (only.desiredCount ?? 0);
  const times = deployments.map(({ createdAt }) => createdAt?.getTime() ?? 0);
  return { isSettled, startedAfterMs: times.length === 0 ? undefined : Math.min(...times) };
}
