import type { Service } from 'kubernetes-types/core/v1.js';
import { labelsOf } from './kubernetes-object.ts';
import type { ServicePodPlan } from './pod.ts';

/** The Service before pods of a name, at the port that they listen on. */
export function podService(name: string, namespace: string, port: ServicePodPlan['port']): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      type: 'ClusterIP',
      selector: labelsOf(name),
      ports: [{ name: port.name, protocol: 'TCP', port: port.containerPort, targetPort: port.containerPort }],
    },
  };
}
