import type { Scaling } from '@genai-gateway/config';
import type { HorizontalPodAutoscaler, MetricSpec } from 'kubernetes-types/autoscaling/v2.js';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
import { labelsOf } from './kubernetes-object.ts';

interface Scaled {
  readonly name: string;
  readonly namespace: string;
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly scaling: Scaling;
}

/**
 * More pods at once when they are busy, fewer one by one and late: each that goes has streams to end. Targets are parts
 * of the plan, as on ECS, not of what is kept for a pod.
 *
 * Open streams are no target here, as they are on ECS: pods scale by what a metrics API in the cluster says, those of
 * CloudWatch's need an adapter, and EKS has no add-on with one. A gateway's processor time and memory grow with its
 * streams.
 */
export function podAutoscaler({ name, namespace, vcpus, memoryMib, scaling }: Scaled): HorizontalPodAutoscaler {
  const average = (resource: string, averageValue: string): MetricSpec => ({
    type: 'Resource',
    resource: { name: resource, target: { type: 'AverageValue', averageValue } },
  });
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: scaling.min,
      maxReplicas: scaling.max,
      metrics: [
        average('cpu', `${Math.round(vcpus * 10 * scaling.cpuTargetPercent)}m`),
        average('memory', `${Math.round((memoryMib * scaling.memoryTargetPercent) / 100)}Mi`),
      ],
      behavior: {
        scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: 'Percent', value: 100, periodSeconds: 60 }] },
        scaleDown: { stabilizationWindowSeconds: 600, policies: [{ type: 'Pods', value: 1, periodSeconds: 120 }] },
      },
    },
  };
}

/** Nodes are emptied one pod of a kind at a time. */
export function disruptionBudget(name: string, namespace: string): PodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace },
    spec: { maxUnavailable: 1, selector: { matchLabels: labelsOf(name) } },
  };
}
