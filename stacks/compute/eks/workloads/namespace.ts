import type { Namespace, ServiceAccount } from 'kubernetes-types/core/v1.js';

/**
 * The namespace of everything of ours. Pods that are not as restricted as the security standard demands are refused, and
 * the load balancer's controller holds pods of its targets back until they are healthy there.
 */
export function namespaceObject(name: string): Namespace {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: {
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/enforce-version': 'latest',
        'pod-security.kubernetes.io/warn': 'restricted',
        'elbv2.k8s.aws/pod-readiness-gate-inject': 'enabled',
      },
    },
  };
}

/** Whom pods run as. It may do nothing in the cluster; what it may do in AWS is its role's, by Pod Identity. */
export function serviceAccount(name: string, namespace: string): ServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace },
    automountServiceAccountToken: false,
  };
}
