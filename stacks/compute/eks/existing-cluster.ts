import type { ExistingEksClusterPlan } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { Cluster } from 'aws-cdk-lib/aws-eks';
import { OpenIdConnectProvider } from 'aws-cdk-lib/aws-iam';
import type { Network } from '../../network/network.ts';
import { type EksCluster, kubectlParts, letTakeRole } from './cluster.ts';

/**
 * A cluster that is there, with its nodes. Its kubectl role has to be an administrator of it, and to trust this account's
 * roles (the function that runs kubectl has one of its own). Who else may use its API is left as it is.
 */
export function existingCluster(stack: Stack, plan: ExistingEksClusterPlan, network: Network): EksCluster {
  const { handlerRole, attributes } = kubectlParts(stack, network, plan.name);
  letTakeRole(handlerRole, plan.kubectlRoleArn);
  const cluster = Cluster.fromClusterAttributes(stack, 'Kubectl', {
    ...attributes,
    clusterName: plan.name,
    clusterSecurityGroupId: plan.securityGroupId,
    kubectlRoleArn: plan.kubectlRoleArn,
    kubectlSecurityGroupId: plan.securityGroupId,
    openIdConnectProvider: OpenIdConnectProvider.fromOpenIdConnectProviderArn(
      stack,
      'OidcProvider',
      plan.oidcProviderArn,
    ),
  });
  const { name, securityGroupId, addOns } = plan;
  return { cluster, handlerRole, access: [], name, physicalName: name, securityGroupId, addOns };
}
