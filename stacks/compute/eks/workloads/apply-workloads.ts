import type { Deployment } from '@genai-gateway/config';
import { CfnOutput, type Stack } from 'aws-cdk-lib';
import type { IDependable } from 'constructs';
import type { Deployment as KubernetesDeployment } from 'kubernetes-types/apps/v1.js';
import { modelConfigOf } from '../../../access/model-config.ts';
import { grantGateway, grantLitellm } from '../../../access/service-roles.ts';
import { uniqueName } from '../../../names.ts';
import type { ComputeParts } from '../../compute.ts';
import { gatewayImage, litellmImage } from '../../images.ts';
import { baseName, type EksCluster } from '../cluster.ts';
import { apply, hashOf, waitFor } from '../manifests.ts';
import { associate, podRole } from '../pod-role.ts';
import { grantSecrets } from '../secret-access.ts';
import { gatewayBinding, gatewayDeployment, gatewayName, gatewayPlan, gatewayService } from './gateway.ts';
import { litellmDeployment, litellmName, litellmPlan, litellmService } from './litellm.ts';
import { migrationDeadlineSeconds, migrationJob, migrationPlan } from './migration.ts';
import { namespaceObject, serviceAccount } from './namespace.ts';
import { networkPolicies } from './network-policies.ts';
import type { PodPlan } from './pod.ts';
import { rangesOf } from './ranges.ts';
import { rolloutDeadlineSeconds } from './rollout.ts';
import { rolloutRights } from './rollout-rights.ts';
import { disruptionBudget, podAutoscaler } from './scaling.ts';
import { secretProviderClass } from './secret-files.ts';

/**
 * Everything of ours in the cluster, in the order in which it has to come: the ground that pods stand on, the migration
 * to its end, the services. The deployment waits until both are rolled, and fails if one is not.
 */
export function applyWorkloads(
  stack: Stack,
  deployment: Deployment,
  parts: ComputeParts & { readonly eks: EksCluster },
  after: readonly IDependable[],
): void {
  const { eks, network, edge } = parts;
  const namespace = uniqueName(baseName, deployment);
  const image = gatewayImage(stack, deployment).uri;
  const plans = {
    gateway: gatewayPlan(deployment, { ...parts, image }),
    litellm: litellmPlan(deployment, { ...parts, image: litellmImage(stack, deployment).uri }),
    migration: migrationPlan({ ...parts, image }),
  };
  const all = Object.values(plans);
  const identities = [
    giveRole(stack, deployment, plans.gateway, parts, grantGateway),
    giveRole(stack, deployment, plans.litellm, parts, grantLitellm),
    giveRole(stack, deployment, plans.migration, parts, () => {}),
  ];

  const ground = apply(
    stack,
    'Ground',
    eks,
    [
      ...all.map(({ name }) => serviceAccount(name, namespace)),
      ...all
        .filter(({ settings }) => Object.keys(settings.secrets).length > 0)
        .map(({ name, settings }) => secretProviderClass(name, namespace, deployment.region, settings.secrets)),
      ...networkPolicies(namespace, rangesOf(deployment, network)),
      gatewayService(namespace),
      litellmService(namespace),
      ...rolloutRights(namespace),
      disruptionBudget(gatewayName, namespace),
      disruptionBudget(litellmName, namespace),
      gatewayBinding(namespace, edge.gatewayTargets.targetGroupArn),
    ],
    [...after, ...identities, apply(stack, 'Namespace', eks, [namespaceObject(namespace)], after)],
  );

  const job = migrationJob(stack, deployment, namespace, plans.migration);
  const migrated = waitFor(
    stack,
    'Migrated',
    eks,
    {
      objectType: 'job',
      objectName: job.metadata?.name ?? '',
      namespace,
      jsonPath: '.status.succeeded',
      timeoutSeconds: migrationDeadlineSeconds + 60,
    },
    { object: job, manifest: apply(stack, 'Migration', eks, [job], [ground]) },
  );

  // A model list that is deployed starts both anew; LiteLLM reads it when it starts.
  const annotations = { [configHashAnnotation]: hashOf(stack, modelConfigOf(deployment)) };
  const roll = (id: string, object: KubernetesDeployment, plan: PodPlan, scaling: Deployment['gateway']['scaling']) => {
    const autoscaler = podAutoscaler({ ...plan, namespace, scaling });
    const manifest = apply(stack, id, eks, [object, autoscaler], [migrated]);
    waitFor(stack, `${id}Rolled`, eks, rolloutOf(plan.name, namespace), { object, manifest });
  };
  roll(
    'Litellm',
    litellmDeployment(deployment, namespace, plans.litellm, annotations),
    plans.litellm,
    deployment.litellm.scaling,
  );
  roll(
    'Gateway',
    gatewayDeployment(deployment, namespace, plans.gateway, annotations),
    plans.gateway,
    deployment.gateway.scaling,
  );
  new CfnOutput(stack, 'KubernetesNamespace', { value: namespace });
}

/** On pods: which model list they were started with. */
const configHashAnnotation = 'genai-gateway/model-list';

/**
 * The condition has this reason once all pods are of the newest kind and ready, and not while they are rolled.
 * Source: pkg/controller/deployment/util of Kubernetes 1.34 (read 2026-11-23).
 */
function rolloutOf(objectName: string, namespace: string) {
  return {
    objectType: 'deployment',
    objectName,
    namespace,
    jsonPath: '.status.conditions[?(@.reason=="NewReplicaSetAvailable")].status',
    timeoutSeconds: rolloutDeadlineSeconds + 120,
  };
}

/** A role for pods of a kind: their secrets, and what `grant` adds. */
function giveRole(
  stack: Stack,
  deployment: Deployment,
  plan: PodPlan,
  parts: ComputeParts & { readonly eks: EksCluster },
  grant: typeof grantGateway,
) {
  const id = `${plan.name[0]?.toUpperCase()}${plan.name.slice(1)}`;
  const identity = { namespace: uniqueName(baseName, deployment), serviceAccount: plan.name };
  const role = podRole(stack, id, `Pods of ${plan.name}`, parts.eks, identity);
  grantSecrets(role, deployment, parts.foundation, plan.settings);
  grant(role, deployment, parts);
  return associate(stack, id, parts.eks, identity, role);
}
