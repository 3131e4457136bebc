import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { type Rollout, type RolloutState, RotationFailure } from '@genai-gateway/rotation';
import { Agent, request } from 'undici';
import { kubernetesToken } from './kubernetes-token.ts';
import { PATIENT, type ServiceOptions, sdkClientConfig } from './sdk-client.ts';

export interface EksRolloutOptions extends ServiceOptions {
  readonly cluster: string;
  readonly namespace: string;
  readonly deployment: string;
}

/** On the pods of a Deployment: for which version of a secret they were started. The same one again changes nothing. */
export const startedForAnnotation = 'genai-gateway/started-for-secret';

/** Of Kubernetes' objects, what is looked at. */
interface DeploymentObject {
  readonly metadata?: { readonly generation?: number };
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
  };
}
interface PodList {
  readonly items?: readonly {
    readonly metadata?: { readonly creationTimestamp?: string; readonly deletionTimestamp?: string };
    readonly status?: { readonly phase?: string };
  }[];
}

const TIMEOUT_MS = 10_000;

/**
 * The port `Rollout` over a Deployment in a cluster of EKS, by Kubernetes' API: an annotation of its pods is changed, as
 * `kubectl rollout restart` does. Pods mount their secrets when they start. The role needs `eks:DescribeCluster`, an access
 * entry, and in the namespace `get` and `patch` on the Deployment and `list` on pods.
 */
export class EksRollout implements Rollout {
  readonly #options: EksRolloutOptions;
  readonly #client: EKSClient;

  constructor(options: EksRolloutOptions) {
    this.#options = options;
    this.#client = new EKSClient(sdkClientConfig(options, PATIENT));
  }

  async start(versionId: string, signal: AbortSignal): Promise<void> {
    await this.#asking(signal, (ask) =>
      ask('PATCH', this.#deploymentPath(), {
        spec: { template: { metadata: { annotations: { [startedForAnnotation]: versionId } } } },
      }),
    );
  }

  state(signal: AbortSignal): Promise<RolloutState> {
    return this.#asking(signal, async (ask) => {
      const found = (await ask('GET', this.#deploymentPath())) as DeploymentObject;
      const labels = Object.entries(found.spec?.selector?.matchLabels ?? {}).map(([name, value]) => `${name}=${value}`);
      const selector = encodeURIComponent(labels.join(','));
      const pods = (await ask('GET', `${this.#namespacePath('api/v1')}/pods?labelSelector=${selector}`)) as PodList;
      return { isSettled: isSettled(found), startedAfterMs: startedAfterMs(pods) };
    });
  }

  /** Closes its connections. */
  close(): void {
    this.#client.destroy();
  }

  #namespacePath(api: string): string {
    return `/${api}/namespaces/${encodeURIComponent(this.#options.namespace)}`;
  }

  #deploymentPath(): string {
    return `${this.#namespacePath('apis/apps/v1')}/deployments/${encodeURIComponent(this.#options.deployment)}`;
  }

  async #asking<Result>(signal: AbortSignal, use: (ask: Ask) => Promise<Result>): Promise<Result> {
    const { cluster: name } = this.#options;
    const { cluster } = await this.#client.send(new DescribeClusterCommand({ name }), { abortSignal: signal });
    const authority = cluster?.certificateAuthority?.data;
    if (cluster?.endpoint === undefined || authority === undefined) {
      throw new RotationFailure(`The cluster ${name} has no address.`, 'Wait until it is active, then rotate.');
    }
    const { endpoint } = cluster;
    const authorization = `Bearer ${await kubernetesToken({ ...this.#options, cluster: name })}`;
    const agent = new Agent({
      connect: { ca: Buffer.from(authority, 'base64').toString(), timeout: TIMEOUT_MS },
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
    try {
      return await use(async (method, path, patch) => {
        const { statusCode, body } = await request(`${endpoint}${path}`, {
          method,
          dispatcher: agent,
          signal,
          headers: {
            authorization,
            accept: 'application/json',
            ...(patch === undefined ? {} : { 'content-type': 'application/strategic-merge-patch+json' }),
          },
          ...(patch === undefined ? {} : { body: JSON.stringify(patch) }),
        });
        const text = await body.text();
        if (statusCode === 200) return JSON.parse(text) as unknown;
        throw refusal(name, method, path, statusCode);
      });
    } finally {
      await agent.destroy();
    }
  }
}

type Ask = (method: 'GET' | 'PATCH', path: string, patch?: object) => Promise<unknown>;

function refusal(cluster: string, method: string, path: string, status: number): Error {
  const said = `Kubernetes in ${cluster} answered ${status} to ${method} ${path.replace(/\?.*/, '')}.`;
  if (status !== 401 && status !== 403) return new Error(said);
  return new RotationFailure(
    said,
    'The role of the function needs an access entry of the cluster for the group genai-gateway:rotation (docs/deploy/rotation.md).',
  );
}

/** As `kubectl rollout status` sees it. Source: pkg/polymorphichelpers of kubectl (as of 2026-11-23). */
function isSettled({ metadata, spec, status }: DeploymentObject): boolean {
  const wanted = spec?.replicas ?? 1;
  const counts = [status?.replicas ?? 0, status?.updatedReplicas ?? 0, status?.availableReplicas ?? 0];
  return (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0) && counts.every((each) => each === wanted);
}

/** Kubernetes tells whole seconds, so a pod may have been made until the end of its second. */
function startedAfterMs({ items = [] }: PodList): number | undefined {
  const running = items.filter(
    ({ metadata, status }) =>
      metadata?.deletionTimestamp === undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed',
  );
  const times = running.map(({ metadata }) => Date.parse(metadata?.creationTimestamp ?? '') + 999);
  return times.length === 0 ? undefined : Math.min(...times);
}
