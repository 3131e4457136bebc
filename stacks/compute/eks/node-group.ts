import type { Deployment, NewEksClusterPlan } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { CfnLaunchTemplate } from 'aws-cdk-lib/aws-ec2';
import { CfnNodegroup } from 'aws-cdk-lib/aws-eks';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { NagSuppressions } from 'cdk-nag';
import type { Foundation } from '../../foundation/foundation.ts';
import { uniqueName } from '../../names.ts';
import type { Network } from '../../network/network.ts';
import { type EksCluster, kubernetesVersion } from './cluster.ts';

/**
 * Nodes that EKS looks after. One more than pods of a kind are wanted, so that a new pod finds room beside the old ones
 * while a service is rolled, and those of a lost node on the others. Nodes are not added by load: there is no add-on of
 * EKS for that, and whoever installs an autoscaler may go up to `maxSize`.
 *
 * The volumes' key lets Auto Scaling use it (`stacks/foundation/keys.ts`). Pods cannot reach the metadata service, and
 * with it the nodes' role: an answer to them would need a second hop.
 */
export function nodeGroup(
  stack: Stack,
  deployment: Deployment,
  plan: NewEksClusterPlan,
  {
    eks,
    foundation,
    network,
  }: { readonly eks: EksCluster; readonly foundation: Foundation; readonly network: Network },
): CfnNodegroup {
  const role = nodeRole(stack, deployment);
  const template = new CfnLaunchTemplate(stack, 'NodeTemplate', {
    launchTemplateData: {
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda',
          ebs: {
            volumeType: 'gp3',
            volumeSize: 20,
            encrypted: true,
            kmsKeyId: foundation.keys.data.keyArn,
            deleteOnTermination: true,
          },
        },
      ],
      metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1, httpEndpoint: 'enabled' },
      securityGroupIds: [
        eks.cluster.clusterSecurityGroupId,
        network.securityGroups.gateway.securityGroupId,
        network.securityGroups.litellm.securityGroupId,
      ],
      tagSpecifications: [
        { resourceType: 'instance', tags: [{ key: 'Name', value: `${uniqueName('genai-gateway', deployment)}-node` }] },
      ],
    },
  });
  const both = [deployment.gateway.scaling, deployment.litellm.scaling];
  const nodes = (bound: 'min' | 'desired' | 'max') => Math.max(...both.map((scaling) => scaling[bound])) + 1;
  const group = new CfnNodegroup(stack, 'Nodes', {
    clusterName: eks.name,
    nodeRole: role.roleArn,
    // Without it nodes stay behind when the cluster goes on to a newer version.
    version: kubernetesVersion,
    subnets: network.subnets.private.map((subnet) => subnet.subnetId),
    instanceTypes: [plan.instanceType],
    amiType: plan.amiType,
    capacityType: 'ON_DEMAND',
    launchTemplate: { id: template.ref, version: template.attrLatestVersionNumber },
    scalingConfig: { minSize: nodes('min'), desiredSize: nodes('desired'), maxSize: nodes('max') },
    updateConfig: { maxUnavailable: 1 },
  });
  group.node.addDependency(role);
  return group;
}

function nodeRole(stack: Stack, deployment: Deployment): Role {
  const role = new Role(stack, 'NodeRole', {
    roleName: uniqueName('litellm-stack-eks-nodegroup-role', deployment),
    description: 'Nodes of the cluster',
    assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
    managedPolicies: ['AmazonEKSWorkerNodePolicy', 'AmazonEC2ContainerRegistryPullOnly', 'AmazonEKS_CNI_Policy'].map(
      (name) => ManagedPolicy.fromAwsManagedPolicyName(name),
    ),
  });
  NagSuppressions.addResourceSuppressions(role, [
    {
      id: 'AwsSolutions-IAM4',
      reason: 'The three policies that EKS demands of nodes: joining the cluster, pulling images, addresses for pods',
    },
  ]);
  return role;
}
