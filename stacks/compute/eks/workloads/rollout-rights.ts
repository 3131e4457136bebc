import type { Role, RoleBinding } from 'kubernetes-types/rbac/v1.js';
import { litellmName } from './litellm.ts';

/** Who starts LiteLLM anew after its secrets have rotated; the function's access entry is of this group. */
export const rotationGroup = 'genai-gateway:rotation';

/** Lets that group start LiteLLM's Deployment anew, and see how far it is; nothing else of the cluster. */
export function rolloutRights(namespace: string): readonly [Role, RoleBinding] {
  const metadata = { name: 'secret-rotation', namespace };
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: ['apps'], resources: ['deployments'], resourceNames: [litellmName], verbs: ['get', 'patch'] },
        // A list names no pod.
        { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: rotationGroup }],
    },
  ];
}
