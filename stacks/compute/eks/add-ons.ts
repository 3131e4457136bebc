import type { Stack } from 'aws-cdk-lib';
import { CfnAddon } from 'aws-cdk-lib/aws-eks';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { NagSuppressions } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import type { EksCluster } from './cluster.ts';
import { podRole } from './pod-role.ts';

/** What an add-on is told beyond its defaults. */
type Settings = Readonly<Record<string, unknown>>;

/*
 * Add-ons of EKS: their images come from the registry of the EKS team in the region, so they install without a way out.
 * Versions are EKS's default for the cluster's. Names and settings:
 * https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html and community-addons.html
 * (read 2026-11-23 in the sources of the guide).
 */

/** Without these a node is never ready, so they come before the nodes. */
const beforeNodes: Readonly<Record<string, Settings>> = {
  // Network policies hold only if the plug-in is told so.
  'vpc-cni': { enableNetworkPolicy: 'true' },
  'kube-proxy': {},
  'eks-pod-identity-agent': {},
};

/** These wait for a node to run on. */
const afterNodes: Readonly<Record<string, Settings>> = {
  coredns: {},
  // Autoscaling of pods reads processor time and memory from it.
  'metrics-server': {},
  // The Secrets Store CSI driver and AWS's provider for it. It writes no Kubernetes secrets unless it is told to.
  'aws-secrets-store-csi-driver-provider': {},
};

/** Add-ons that nodes need. What is given back has to be there before them. */
export function addOnsBeforeNodes(stack: Stack, eks: EksCluster): readonly CfnAddon[] {
  return Object.entries(beforeNodes).map(([name, settings]) => addOn(stack, eks, name, settings));
}

/** Add-ons that run on nodes. What is given back has to be there before pods of ours. */
export function addOnsOnNodes(
  stack: Stack,
  eks: EksCluster,
  { nodes, logGroups }: { readonly nodes: readonly IConstruct[]; readonly logGroups: readonly IConstruct[] },
): readonly CfnAddon[] {
  const addOns = [
    ...Object.entries(afterNodes).map(([name, settings]) => addOn(stack, eks, name, settings)),
    observability(stack, eks, logGroups),
  ];
  for (const each of addOns) each.node.addDependency(...nodes);
  return addOns;
}

function addOn(stack: Stack, eks: EksCluster, addonName: string, settings: Settings, more = {}): CfnAddon {
  return new CfnAddon(stack, `AddOn-${addonName}`, {
    clusterName: eks.name,
    addonName,
    resolveConflicts: 'OVERWRITE',
    ...(Object.keys(settings).length > 0 ? { configurationValues: JSON.stringify(settings) } : {}),
    ...more,
  });
}

/**
 * Container Insights, and Fluent Bit, which sends what containers write to the log group `application`: a line that is
 * JSON stands in its event as `log_processed`. Application Signals is off: it would put its own agents into our pods,
 * which are read only.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/install-CloudWatch-Observability-EKS-addon.html
 * (as of 2026-11-23).
 */
function observability(stack: Stack, eks: EksCluster, logGroups: readonly IConstruct[]): CfnAddon {
  const role = podRole(stack, 'Observability', 'Writes metrics and logs of the cluster', eks, {
    namespace: 'amazon-cloudwatch',
    serviceAccount: 'cloudwatch-agent',
  });
  role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('CloudWatchAgentServerPolicy'));
  NagSuppressions.addResourceSuppressions(role, [
    { id: 'AwsSolutions-IAM4', reason: 'CloudWatchAgentServerPolicy is what AWS demands for its own agent' },
  ]);
  const made = addOn(
    stack,
    eks,
    'amazon-cloudwatch-observability',
    {
      containerLogs: { enabled: true },
      manager: { applicationSignals: { autoMonitor: { monitorAllServices: false, restartPods: false } } },
    },
    { podIdentityAssociations: [{ serviceAccount: 'cloudwatch-agent', roleArn: role.roleArn }] },
  );
  made.node.addDependency(role, ...logGroups);
  return made;
}
