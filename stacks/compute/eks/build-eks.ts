import type { Deployment, EksPlan } from '@genai-gateway/config';
import { CfnOutput, type CfnResource, type Stack } from 'aws-cdk-lib';
import { KubectlProvider } from 'aws-cdk-lib/aws-eks';
import type { IDependable } from 'constructs';
import { uniqueName } from '../../names.ts';
import type { Compute, ComputeParts } from '../compute.ts';
import { addOnsBeforeNodes, addOnsOnNodes } from './add-ons.ts';
import { baseName, type EksCluster } from './cluster.ts';
import { existingCluster } from './existing-cluster.ts';
import { suppressKubectlFindings } from './kubectl-findings.ts';
import { loadBalancerController } from './load-balancer-controller.ts';
import { applicationLogGroupName, insightsLogGroups } from './log-groups.ts';
import { newCluster } from './new-cluster.ts';
import { nodeGroup } from './node-group.ts';
import { applyWorkloads } from './workloads/apply-workloads.ts';
import { gatewayName } from './workloads/gateway.ts';
import { litellmName } from './workloads/litellm.ts';

/**
 * Gateway and LiteLLM on EKS: a cluster of our own or one that is there, what it needs to run them, and the pods. Pods
 * join the target group of the same edge that ECS has.
 */
export function buildEks(stack: Stack, deployment: Deployment, parts: ComputeParts): Compute {
  const plan = eksPlan(deployment);
  const eks =
    plan.cluster.kind === 'new'
      ? newCluster(stack, deployment, plan.cluster, parts)
      : existingCluster(stack, plan.cluster, parts.network);
  keepFrameworkOutside(eks, stack);
  const { ready, logGroupName } = prepare(stack, deployment, plan, { ...parts, eks });
  applyWorkloads(stack, deployment, { ...parts, eks }, ready);
  suppressKubectlFindings(stack);
  new CfnOutput(stack, 'KubeconfigCommand', {
    value: `aws eks update-kubeconfig --name ${eks.name} --region ${deployment.region}`,
  });
  const log = { logGroupName, logFields: '$.log_processed' } as const;
  return {
    platform: 'eks',
    clusterName: eks.name,
    eks: {
      namespace: uniqueName(baseName, deployment),
      securityGroupId: eks.securityGroupId,
      access: plan.cluster.kind === 'new' ? 'ours' : 'given',
    },
    gateway: { name: gatewayName, ...log },
    litellm: { name: litellmName, ...log },
  };
}

function eksPlan({ platform }: Deployment): EksPlan {
  if (platform.kind === 'eks') return platform;
  throw new Error('The deployment is not one for EKS.');
}

interface Prepared {
  /** What comes before pods of ours. */
  readonly ready: readonly IDependable[];
  readonly logGroupName: string;
}

/** Nodes, add-ons and controller, as far as they are not there. */
function prepare(
  stack: Stack,
  deployment: Deployment,
  plan: EksPlan,
  parts: ComputeParts & { readonly eks: EksCluster },
): Prepared {
  const { eks, foundation } = parts;
  if (eks.addOns === 'present') return { ready: [], logGroupName: applicationLogGroupName(eks.name) };
  const logs = insightsLogGroups(stack, deployment, foundation, eks.physicalName);
  const early = addOnsBeforeNodes(stack, eks);
  const nodes = plan.cluster.kind === 'new' ? [nodeGroup(stack, deployment, plan.cluster, parts)] : [];
  for (const each of nodes) each.node.addDependency(...early);
  const late = addOnsOnNodes(stack, eks, { nodes, logGroups: [logs.application, ...logs.others] });
  const controller = loadBalancerController(stack, deployment, plan, parts);
  const ready = [...early, ...nodes, ...late];
  controller.node.addDependency(...ready);
  return { ready: [...ready, controller], logGroupName: logs.application.logGroupName };
}

/**
 * CDK puts two functions into the VPC: the one that runs kubectl, and the one that hands CloudFormation's wishes to it
 * and answers. The latter needs nothing of the VPC, and would need endpoints of Lambda and of CloudFormation's buckets there.
 */
function keepFrameworkOutside(eks: EksCluster, stack: Stack): void {
  const provider = KubectlProvider.getOrCreate(stack, eks.cluster);
  const framework = (provider as KubectlProvider).node.findChild('Provider').node.findChild('framework-onEvent');
  (framework.node.defaultChild as CfnResource).addPropertyDeletionOverride('VpcConfig');
  // Of a policy that the function's role does not take.
  stack.node.tryRemoveChild('HasEcrPublic');
}
