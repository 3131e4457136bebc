import type { Deployment, NewEksClusterPlan } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { CfnSecurityGroupIngress } from 'aws-cdk-lib/aws-ec2';
import { CfnAccessEntry, CfnCluster, Cluster } from 'aws-cdk-lib/aws-eks';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { NagSuppressions } from 'cdk-nag';
import type { Foundation } from '../../foundation/foundation.ts';
import { uniqueName } from '../../names.ts';
import type { Network } from '../../network/network.ts';
import { baseName, type EksCluster, kubectlParts, kubernetesVersion, letTakeRole } from './cluster.ts';
import { controlPlaneLogGroup } from './log-groups.ts';

const controlPlaneLogs = ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler'] as const;

/**
 * A cluster of our own. CloudFormation's own resource and not CDK's `Cluster`, which would be made by functions of CDK
 * outside of the VPC, with a role that may do more than a cluster needs. Who may use its API is said by access entries
 * alone: nobody is administrator because of having made it.
 *
 * EKS makes one security group for control plane and nodes, in which all may talk to each other and, as EKS sets it,
 * outwards; where there is no outbound, there is no route for that.
 */
export function newCluster(
  stack: Stack,
  deployment: Deployment,
  plan: NewEksClusterPlan,
  { foundation, network }: { readonly foundation: Foundation; readonly network: Network },
): EksCluster {
  const role = clusterRole(stack, foundation);
  const physicalName = uniqueName(baseName, deployment);
  const isReachedFromOutside = plan.apiAllowedCidrs.length > 0;
  const resource = new CfnCluster(stack, 'Cluster', {
    name: physicalName,
    version: kubernetesVersion,
    roleArn: role.roleArn,
    resourcesVpcConfig: {
      subnetIds: network.subnets.private.map((subnet) => subnet.subnetId),
      endpointPrivateAccess: true,
      endpointPublicAccess: isReachedFromOutside,
      ...(isReachedFromOutside ? { publicAccessCidrs: [...plan.apiAllowedCidrs] } : {}),
    },
    accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false },
    bootstrapSelfManagedAddons: false,
    encryptionConfig: [{ provider: { keyArn: foundation.keys.secrets.keyArn }, resources: ['secrets'] }],
    logging: { clusterLogging: { enabledTypes: controlPlaneLogs.map((type) => ({ type })) } },
    upgradePolicy: { supportType: 'STANDARD' },
    deletionProtection: deployment.isProduction,
  });
  resource.node.addDependency(role, controlPlaneLogGroup(stack, deployment, foundation, physicalName));

  // The group that nodes and kubectl carry; of the nodes' others the network knows already.
  new CfnSecurityGroupIngress(stack, 'ClusterToEndpoints', {
    groupId: network.securityGroups.endpoints.securityGroupId,
    sourceSecurityGroupId: resource.attrClusterSecurityGroupId,
    ipProtocol: 'tcp',
    fromPort: 443,
    toPort: 443,
    description: 'Cluster to VPC endpoints',
  });

  const { handlerRole, attributes } = kubectlParts(stack, network, physicalName);
  const kubectlRole = new Role(stack, 'KubectlRole', {
    description: 'Applies manifests and charts of the deployment',
    assumedBy: handlerRole,
  });
  letTakeRole(handlerRole, kubectlRole.roleArn);
  const entry = new CfnAccessEntry(stack, 'KubectlAccess', {
    clusterName: resource.ref,
    principalArn: kubectlRole.roleArn,
    accessPolicies: [
      { policyArn: accessPolicy(stack, 'AmazonEKSClusterAdminPolicy'), accessScope: { type: 'cluster' } },
    ],
  });
  const cluster = Cluster.fromClusterAttributes(stack, 'Kubectl', {
    ...attributes,
    clusterName: resource.ref,
    clusterSecurityGroupId: resource.attrClusterSecurityGroupId,
    kubectlRoleArn: kubectlRole.roleArn,
    kubectlSecurityGroupId: resource.attrClusterSecurityGroupId,
  });
  grantPeople(stack, deployment, plan, { clusterName: resource.ref, people: foundation.people });
  return {
    cluster,
    handlerRole,
    access: [entry],
    name: resource.ref,
    physicalName,
    securityGroupId: resource.attrClusterSecurityGroupId,
    addOns: 'install',
  };
}

function clusterRole(stack: Stack, { keys }: Foundation): Role {
  const role = new Role(stack, 'ClusterRole', {
    description: 'The control plane of the cluster',
    assumedBy: new ServicePrincipal('eks.amazonaws.com'),
    managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AmazonEKSClusterPolicy')],
  });
  NagSuppressions.addResourceSuppressions(role, [
    { id: 'AwsSolutions-IAM4', reason: 'AmazonEKSClusterPolicy is what EKS demands of the role of a control plane' },
  ]);
  role.addToPolicy(
    new PolicyStatement({
      actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:DescribeKey', 'kms:CreateGrant'],
      resources: [keys.secrets.keyArn],
    }),
  );
  return role;
}

/** Developers see what is in our namespace, operators change it; neither reaches further. */
function grantPeople(
  stack: Stack,
  deployment: Deployment,
  plan: NewEksClusterPlan,
  { clusterName, people }: { readonly clusterName: string; readonly people: Foundation['people'] },
): void {
  const inNamespace = { type: 'namespace', namespaces: [uniqueName(baseName, deployment)] };
  const grant = (id: string, principalArn: string, policy: string, accessScope: CfnAccessEntry.AccessScopeProperty) =>
    new CfnAccessEntry(stack, id, {
      clusterName,
      principalArn,
      accessPolicies: [{ policyArn: accessPolicy(stack, policy), accessScope }],
    });
  grant('DevelopersAccess', people.developers.roleArn, 'AmazonEKSViewPolicy', inNamespace);
  grant('OperatorsAccess', people.operators.roleArn, 'AmazonEKSEditPolicy', inNamespace);
  plan.adminRoleArns.forEach((arn, index) => {
    grant(`AdminAccess${index}`, arn, 'AmazonEKSClusterAdminPolicy', { type: 'cluster' });
  });
}

/** Source: https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html (as of 2026-11-23). */
function accessPolicy(stack: Stack, name: string): string {
  return `arn:${stack.partition}:eks::aws:cluster-access-policy/${name}`;
}
