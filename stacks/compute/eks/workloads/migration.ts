import type { Deployment } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import type { Job } from 'kubernetes-types/batch/v1.js';
import { nodeProgram } from '../../images.ts';
import { migrationSettings, type SettingsParts } from '../../service-settings.ts';
import { hashOf } from '../manifests.ts';
import { labelsOf } from './kubernetes-object.ts';
import { type PodPlan, podTemplate } from './pod.ts';

/** Of its pods, service account and secrets; that of the Job has a hash behind it. */
const migrationName = 'migration';

/** After this a Job that has not ended is stopped. It waits for a new database for ten minutes by itself. */
export const migrationDeadlineSeconds = 780;

export function migrationPlan(parts: Pick<SettingsParts, 'data'> & { readonly image: string }): PodPlan {
  return {
    name: migrationName,
    image: parts.image,
    command: [nodeProgram, 'migrate.mjs'],
    settings: migrationSettings(parts),
    vcpus: 0.25,
    memoryMib: 512,
    writableFolders: [],
  };
}

/**
 * Brings the database to LiteLLM's version and makes the services' logins. A Job cannot be changed, so one that would be
 * another has another name: by image, LiteLLM's version and all that it is told. Kubernetes forgets it after an hour.
 */
export function migrationJob(stack: Stack, deployment: Deployment, namespace: string, plan: PodPlan): Job {
  const template = podTemplate(plan);
  const spec: Job['spec'] = {
    backoffLimit: 3,
    activeDeadlineSeconds: migrationDeadlineSeconds,
    ttlSecondsAfterFinished: 3_600,
    template: {
      ...template,
      spec: { ...template.spec, containers: template.spec?.containers ?? [], restartPolicy: 'Never' },
    },
  };
  const hash = hashOf(stack, [deployment.litellm.version, spec]);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `${migrationName}-${hash}`, namespace, labels: labelsOf(migrationName) },
    spec,
  };
}
