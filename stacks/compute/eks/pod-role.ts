import type { Stack } from 'aws-cdk-lib';
import { CfnPodIdentityAssociation } from 'aws-cdk-lib/aws-eks';
import { Role, ServicePrincipal, SessionTagsPrincipal } from 'aws-cdk-lib/aws-iam';
import type { EksCluster } from './cluster.ts';

/** Which pods: those that run as a service account. */
export interface PodIdentity {
  readonly namespace: string;
  readonly serviceAccount: string;
}

/**
 * A role for the pods of one service account of one cluster, and for nobody else: EKS Pod Identity says by session tags
 * who asks.
 * Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html and pod-id-abac.html (as of 2026-11-23).
 */
export function podRole(stack: Stack, id: string, description: string, eks: EksCluster, identity: PodIdentity): Role {
  return new Role(stack, `${id}Role`, {
    description,
    assumedBy: new SessionTagsPrincipal(
      new ServicePrincipal('pods.eks.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': stack.account,
            'aws:RequestTag/eks-cluster-name': eks.name,
            'aws:RequestTag/kubernetes-namespace': identity.namespace,
            'aws:RequestTag/kubernetes-service-account': identity.serviceAccount,
          },
        },
      }),
    ),
  });
}

/** Gives the role to the pods. Pods that started before do not get it, so they have to come after. */
export function associate(
  stack: Stack,
  id: string,
  eks: EksCluster,
  { namespace, serviceAccount }: PodIdentity,
  role: Role,
): CfnPodIdentityAssociation {
  const association = new CfnPodIdentityAssociation(stack, `${id}Identity`, {
    clusterName: eks.name,
    namespace,
    serviceAccount,
    roleArn: role.roleArn,
  });
  // A pod that starts uses it at once.
  association.node.addDependency(role);
  return association;
}
