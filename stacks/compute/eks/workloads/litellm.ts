import type { Deployment } from '@genai-gateway/config';
import type { Deployment as KubernetesDeployment } from 'kubernetes-types/apps/v1.js';
import type { Probe, Service } from 'kubernetes-types/core/v1.js';
import { ports } from '../../../network/network.ts';
import { timeoutsOf } from '../../../timeouts.ts';
import { litellmSettings, type SettingsParts } from '../../service-settings.ts';
import { type PodPlan, servicePod } from './pod.ts';
import { rolled } from './rollout.ts';
import { podService } from './service.ts';

/** Of the Deployment, and the name that the gateway calls. */
export const litellmName = 'litellm';

const port = { name: 'http', containerPort: ports.litellm };

/** LiteLLM knows no drain: it sleeps until nobody sends it anything new, then it ends what is open. */
const sleepBeforeStopSeconds = 15;

export function litellmPlan(deployment: Deployment, parts: SettingsParts & { readonly image: string }): PodPlan {
  const { litellm } = deployment;
  return {
    name: litellmName,
    image: parts.image,
    command: undefined,
    settings: litellmSettings(deployment, parts),
    vcpus: litellm.vcpus,
    memoryMib: litellm.memoryMib,
    writableFolders: ['/tmp'],
  };
}

export function litellmDeployment(
  deployment: Deployment,
  namespace: string,
  plan: PodPlan,
  annotations: Readonly<Record<string, string>>,
): KubernetesDeployment {
  const template = servicePod({
    ...plan,
    port,
    probes: {
      startupProbe: { ...probe, periodSeconds: 5, failureThreshold: 60 },
      readinessProbe: { ...probe, periodSeconds: 10, failureThreshold: 3 },
      livenessProbe: { ...probe, periodSeconds: 15, failureThreshold: 6 },
    },
    sleepBeforeStopSeconds,
    gracePeriodSeconds: sleepBeforeStopSeconds + longestCallSeconds(deployment),
    annotations,
  });
  return rolled(litellmName, namespace, template);
}

function longestCallSeconds(deployment: Deployment): number {
  return Math.max(deployment.gateway.longestStreamSeconds, timeoutsOf(deployment).litellmIdle);
}

const probe: Probe = { httpGet: { path: '/health/liveliness', port: ports.litellm }, timeoutSeconds: 8 };

export function litellmService(namespace: string): Service {
  return podService(litellmName, namespace, port);
}
