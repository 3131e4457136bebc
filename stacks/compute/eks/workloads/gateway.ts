import type { Deployment } from '@genai-gateway/config';
import type { Deployment as KubernetesDeployment } from 'kubernetes-types/apps/v1.js';
import type { Probe, Service } from 'kubernetes-types/core/v1.js';
import { ports } from '../../../network/network.ts';
import { timeoutsOf } from '../../../timeouts.ts';
import { nodeProgram } from '../../images.ts';
import { gatewaySettings, type SettingsParts } from '../../service-settings.ts';
import type { TargetGroupBinding } from './kubernetes-object.ts';
import { type PodPlan, type ServicePodPlan, servicePod } from './pod.ts';
import { rolled } from './rollout.ts';
import { podService } from './service.ts';

/** Of the Deployment, the service, the service account and everything else of the gateway. */
export const gatewayName = 'gateway';

const port = { name: 'https', containerPort: ports.gatewayTls };

/** The load balancer stops sending calls when it is told that a target goes; this long it may take to be told. */
const sleepBeforeStopSeconds = 15;
/** After its drain a gateway writes what is not booked (docs/operations.md, "The end"). */
const bookingSeconds = 15;

/**
 * How the gateway's pod is made. Its end: the controller takes it out of the target group while it sleeps, then it drains
 * for as long as the longest stream that the deployment lets end; Kubernetes has no upper limit as Fargate has.
 */
export function gatewayPlan(deployment: Deployment, parts: SettingsParts & { readonly image: string }): PodPlan {
  const { gateway } = deployment;
  return {
    name: gatewayName,
    image: parts.image,
    command: [nodeProgram, 'main.mjs'],
    settings: gatewaySettings(deployment, parts, drainOf(deployment)),
    vcpus: gateway.vcpus,
    memoryMib: gateway.memoryMib,
    writableFolders: [],
  };
}

function drainOf(deployment: Deployment) {
  return { drainDelay: timeoutsOf(deployment).drainDelay, drain: deployment.gateway.longestStreamSeconds };
}

export function gatewayDeployment(
  deployment: Deployment,
  namespace: string,
  plan: PodPlan,
  annotations: Readonly<Record<string, string>>,
): KubernetesDeployment {
  const { drainDelay, drain } = drainOf(deployment);
  const pod: ServicePodPlan = {
    ...plan,
    port,
    probes: {
      startupProbe: { ...probe('/health/liveliness'), periodSeconds: 2, failureThreshold: 60 },
      readinessProbe: { ...probe('/health/readiness'), periodSeconds: 5, failureThreshold: 2 },
      livenessProbe: { ...probe('/health/liveliness'), periodSeconds: 10, failureThreshold: 6 },
    },
    sleepBeforeStopSeconds,
    gracePeriodSeconds: sleepBeforeStopSeconds + drainDelay + drain + bookingSeconds,
    annotations,
  };
  return rolled(gatewayName, namespace, servicePod(pod));
}

/** The kubelet takes the certificate that a gateway makes for itself. */
function probe(path: string): Probe {
  return { httpGet: { path, port: ports.gatewayTls, scheme: 'HTTPS' }, timeoutSeconds: 4 };
}

/** What the target group's binding goes by; nobody calls it by its name. */
export function gatewayService(namespace: string): Service {
  return podService(gatewayName, namespace, port);
}

/**
 * Puts the gateway's pods into the target group of the edge. Without rules of its own: security groups are the
 * network's. The namespace's label has the controller hold a pod back from being ready until its target is.
 */
export function gatewayBinding(namespace: string, targetGroupARN: string): TargetGroupBinding {
  return {
    apiVersion: 'elbv2.k8s.aws/v1beta1',
    kind: 'TargetGroupBinding',
    metadata: { name: gatewayName, namespace },
    spec: { serviceRef: { name: gatewayName, port: ports.gatewayTls }, targetGroupARN, targetType: 'ip' },
  };
}
