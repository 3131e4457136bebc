import type { Deployment } from 'kubernetes-types/apps/v1.js';
import type { PodTemplateSpec } from 'kubernetes-types/core/v1.js';
import { labelsOf } from './kubernetes-object.ts';

/** After this a rollout that does not come on counts as failed. */
export const rolloutDeadlineSeconds = 600;

/** A Deployment that never has fewer pods than before while it is rolled. How many there are is its autoscaler's. */
export function rolled(name: string, namespace: string, template: PodTemplateSpec): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels: labelsOf(name) },
    spec: {
      selector: { matchLabels: labelsOf(name) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      progressDeadlineSeconds: rolloutDeadlineSeconds,
      revisionHistoryLimit: 5,
      template,
    },
  };
}
