import { KubectlV34Layer } from '@aws-cdk/lambda-layer-kubectl-v34';
import type { Stack } from 'aws-cdk-lib';
import type { ICluster } from 'aws-cdk-lib/aws-eks';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { NagSuppressions } from 'cdk-nag';
import type { IDependable } from 'constructs';
import type { Network } from '../../network/network.ts';

/** A cluster that manifests can be applied to, whichever way it came to be. */
export interface EksCluster {
  /** As CDK's manifests, charts and look-ups take it. */
  readonly cluster: ICluster;
  /** Of the function that runs kubectl. */
  readonly handlerRole: Role;
  /** Comes before anything that is applied. */
  readonly access: readonly IDependable[];
  /** Of a cluster of ours a reference, so that what takes it comes after the cluster. */
  readonly name: string;
  /** The same as it is written, for what has to be there before. */
  readonly physicalName: string;
  /** Of control plane and nodes. */
  readonly securityGroupId: string;
  /** Whether add-ons and the load balancer's controller are ours to install. */
  readonly addOns: 'install' | 'present';
}

/** Of new clusters; the newest that CDK 2.224.0 and its kubectl layer know. */
export const kubernetesVersion = '1.34';

/** Of clusters of ours and of namespaces, before stage and region are added. */
export const baseName = 'genai-gateway';

/**
 * What CDK needs to run kubectl: a function in the private subnets, so that an API that is not public is reached, with
 * a role that is known before the cluster is. CDK gives that role nothing beyond what is said here: it would give more.
 */
export function kubectlParts(stack: Stack, network: Network, physicalName: string) {
  const handlerRole = new Role(stack, 'KubectlHandlerRole', {
    description: 'Runs kubectl and helm for the deployment',
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaVPCAccessExecutionRole')],
  });
  NagSuppressions.addResourceSuppressions(handlerRole, [
    { id: 'AwsSolutions-IAM4', reason: 'What every Lambda function in a VPC needs: its log and network interfaces' },
  ]);
  handlerRole.addToPolicy(
    new PolicyStatement({
      actions: ['eks:DescribeCluster'],
      resources: [stack.formatArn({ service: 'eks', resource: 'cluster', resourceName: physicalName })],
    }),
  );
  return {
    handlerRole,
    attributes: {
      vpc: network.vpc,
      kubectlLambdaRole: handlerRole.withoutPolicyUpdates(),
      kubectlLayer: new KubectlV34Layer(stack, 'KubectlLayer'),
      kubectlPrivateSubnetIds: network.subnets.private.map((subnet) => subnet.subnetId),
      prune: true,
    },
  };
}

/** Lets the function that runs kubectl take the role that may use the cluster. */
export function letTakeRole(handlerRole: Role, kubectlRoleArn: string): void {
  handlerRole.addToPolicy(new PolicyStatement({ actions: ['sts:AssumeRole'], resources: [kubectlRoleArn] }));
}
