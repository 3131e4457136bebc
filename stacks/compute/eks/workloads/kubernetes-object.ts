import type { Deployment } from 'kubernetes-types/apps/v1.js';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2.js';
import type { Job } from 'kubernetes-types/batch/v1.js';
import type { Namespace, Service, ServiceAccount } from 'kubernetes-types/core/v1.js';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.js';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
import type { Role, RoleBinding } from 'kubernetes-types/rbac/v1.js';

/** Puts the addresses of a service's pods into a target group; of the AWS Load Balancer Controller. */
export interface TargetGroupBinding {
  readonly apiVersion: 'elbv2.k8s.aws/v1beta1';
  readonly kind: 'TargetGroupBinding';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly serviceRef: { readonly name: string; readonly port: number };
    readonly targetGroupARN: string;
    readonly targetType: 'ip';
  };
}

/** Which secrets a pod finds as files; of the Secrets Store CSI driver. */
export interface SecretProviderClass {
  readonly apiVersion: 'secrets-store.csi.x-k8s.io/v1';
  readonly kind: 'SecretProviderClass';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly provider: 'aws';
    readonly parameters: { readonly region: string; readonly usePodIdentity: 'true'; readonly objects: string };
  };
}

/** Everything that is applied to a cluster: of a kind that is named, in fields that are known. */
export type KubernetesObject =
  | Deployment
  | HorizontalPodAutoscaler
  | Job
  | Namespace
  | NetworkPolicy
  | PodDisruptionBudget
  | Role
  | RoleBinding
  | SecretProviderClass
  | Service
  | ServiceAccount
  | TargetGroupBinding;

/** Labels that selectors go by; `name` is that of the Deployment or the Job. */
export function labelsOf(name: string): { readonly [label: string]: string } {
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'genai-gateway' };
}
