import type { Deployment, EksPlan } from '@genai-gateway/config';
import { Duration, type Stack } from 'aws-cdk-lib';
import { HelmChart } from 'aws-cdk-lib/aws-eks';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { NagSuppressions } from 'cdk-nag';
import type { Edge } from '../../edge/edge.ts';
import type { Network } from '../../network/network.ts';
import { chartFolder } from './chart-folder.ts';
import type { EksCluster } from './cluster.ts';
import { associate, podRole } from './pod-role.ts';
import { eksRegistry } from './registries.ts';

/** Chart and image of the version that is installed unless another one is given; they carry the same number. */
const version = { chart: '1.14.0', image: 'v2.14.0' } as const;
const page = 'https://aws.github.io/eks-charts';
const identity = { namespace: 'kube-system', serviceAccount: 'aws-load-balancer-controller' };

/**
 * The AWS Load Balancer Controller, for one thing only: it puts the addresses of pods into a target group that is ours.
 * It has no right to make load balancers, and nothing in the cluster asks it to. Throws if there is no way out to its
 * chart and none is given.
 */
export function loadBalancerController(
  stack: Stack,
  deployment: Deployment,
  plan: EksPlan,
  { eks, network, edge }: { readonly eks: EksCluster; readonly network: Network; readonly edge: Edge },
): HelmChart {
  const role = podRole(stack, 'LoadBalancerController', 'Registers pods in target groups', eks, identity);
  // Reading knows no resources (https://docs.aws.amazon.com/service-authorization/latest/reference/, as of 2026-11-23).
  role.addToPolicy(
    new PolicyStatement({
      actions: [
        'ec2:DescribeAvailabilityZones',
        'ec2:DescribeInstances',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
        'elasticloadbalancing:DescribeTargetGroups',
        'elasticloadbalancing:DescribeTargetHealth',
      ],
      resources: ['*'],
    }),
  );
  role.addToPolicy(
    new PolicyStatement({
      actions: ['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'],
      resources: [edge.gatewayTargets.targetGroupArn],
    }),
  );
  NagSuppressions.addResourceSuppressions(
    role,
    [
      {
        id: 'AwsSolutions-IAM5',
        reason: 'The Describe actions of EC2 and Elastic Load Balancing know no resources',
        appliesTo: ['Resource::*'],
      },
    ],
    true,
  );
  const chart = new HelmChart(stack, 'LoadBalancerControllerChart', {
    cluster: eks.cluster,
    ...chartSource(stack, deployment, plan, eks),
    release: 'aws-load-balancer-controller',
    namespace: identity.namespace,
    createNamespace: false,
    wait: true,
    timeout: Duration.minutes(10),
    values: values(deployment, plan, eks, network),
  });
  chart.node.addDependency(
    ...eks.access,
    eks.handlerRole,
    associate(stack, 'LoadBalancerController', eks, identity, role),
  );
  return chart;
}

function chartSource(stack: Stack, deployment: Deployment, plan: EksPlan, { handlerRole }: EksCluster) {
  if (plan.albControllerChart !== undefined) {
    const chartAsset = new Asset(stack, 'LoadBalancerControllerAsset', { path: chartFolder(plan.albControllerChart) });
    const chart = chartAsset.bucket.arnForObjects(chartAsset.s3ObjectKey);
    handlerRole.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: [chart] }));
    return { chartAsset };
  }
  if (deployment.network.outbound === 'none') {
    throw new Error(
      `EKS_ALB_CONTROLLER_CHART is not set, and without outbound access the chart cannot be fetched from ${page}. ` +
        `Fetch it where there is access (helm pull aws-load-balancer-controller --repo ${page} --version ${version.chart}) and name the file.`,
    );
  }
  return { chart: 'aws-load-balancer-controller', repository: page, version: version.chart };
}

/** Source of the names: values.yaml of the chart (read 2026-11-23). */
function values(deployment: Deployment, plan: EksPlan, eks: EksCluster, network: Network) {
  const given = plan.albControllerImage;
  const colon = given?.lastIndexOf(':') ?? -1;
  return {
    clusterName: eks.name,
    // Asked of the metadata service otherwise, which pods cannot reach.
    region: deployment.region,
    vpcId: network.vpc.vpcId,
    image:
      given === undefined
        ? { repository: `${eksRegistry(deployment.region)}/amazon/aws-load-balancer-controller`, tag: version.image }
        : { repository: given.slice(0, colon), tag: given.slice(colon + 1) },
    serviceAccount: { create: true, name: identity.serviceAccount },
    replicaCount: 2,
    podDisruptionBudget: { maxUnavailable: 1 },
    resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    // Services and ingresses are not its business here.
    createIngressClassResource: false,
    ingressClassParams: { create: false },
    enableServiceMutatorWebhook: false,
    enableBackendSecurityGroup: false,
    enableShield: false,
    enableWaf: false,
    enableWafv2: false,
  };
}
