import type { Deployment, NewVpcPlan } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import {
  CfnInternetGateway,
  CfnSubnet,
  CfnVPCGatewayAttachment,
  FlowLogDestination,
  IpAddresses,
  type ISubnet,
  type SubnetConfiguration,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import type { Foundation } from '../foundation/foundation.ts';
import { logGroup } from '../log-groups.ts';
import { facesInternet, reachedByVpcOrigin } from './entrance-kinds.ts';
import type { Network } from './network.ts';

/**
 * Zones by id, where a region has zones in which something that we need is missing; elsewhere the first zones by name
 * are taken. Names of zones mean other places in every account, ids do not. use1-az3 has neither Fargate on ARM, nor
 * VPC origins, nor an EKS control plane; cac1-az3 has no VPC origins (AWS's documentation, as of 2026-11-23).
 */
const zoneIds: Readonly<Record<string, readonly string[]>> = {
  'us-east-1': ['use1-az1', 'use1-az2', 'use1-az4'],
  'ca-central-1': ['cac1-az1', 'cac1-az2', 'cac1-az4'],
};

/** What AVAILABILITY_ZONES may say at most. */
const MOST_ZONES = 3;

/** Whether CDK knows the names of the zones that the subnets really are in. */
export function zoneNamesAreKnown(deployment: Pick<Deployment, 'region' | 'network'>): boolean {
  const { vpc } = deployment.network;
  return vpc.kind === 'new' ? zoneIds[deployment.region] === undefined : vpc.parts === undefined;
}

/**
 * A VPC of our own: private subnets for everything that runs, others without any way out for stored data, public ones
 * where something has to stand in them. No subnet gives public addresses by itself, the default security group lets
 * nothing through, and all traffic is in the flow log.
 */
export function newVpc(
  stack: Stack,
  deployment: Deployment,
  plan: NewVpcPlan,
  { foundation }: { readonly foundation: Foundation },
): Pick<Network, 'vpc' | 'subnets'> {
  const { outbound } = deployment.network;
  const hasPublic = outbound === 'nat' || facesInternet(deployment);
  const vpc = new Vpc(stack, 'Vpc', {
    ipAddresses: IpAddresses.cidr(plan.cidr),
    maxAzs: plan.availabilityZones,
    reservedAzs: MOST_ZONES - plan.availabilityZones,
    natGateways: outbound === 'nat' ? plan.natGateways : 0,
    subnetConfiguration: subnetConfiguration(plan, { outbound, hasPublic }),
    restrictDefaultSecurityGroup: true,
  });
  vpc.addFlowLog('FlowLog', {
    destination: FlowLogDestination.toCloudWatchLogs(logGroup(stack, 'FlowLogs', deployment, foundation)),
  });
  if (!hasPublic && reachedByVpcOrigin(deployment)) attachInternetGateway(stack, vpc);
  const groups = [
    vpc.publicSubnets,
    outbound === 'nat' ? vpc.privateSubnets : named(vpc, 'private'),
    named(vpc, 'data'),
  ];
  for (const group of groups) pinZones(group, zoneIds[deployment.region]);
  const [publicSubnets = [], privateSubnets = [], dataSubnets = []] = groups;
  return { vpc, subnets: { public: publicSubnets, private: privateSubnets, data: dataSubnets } };
}

/**
 * An eighth of the addresses for each private subnet, as pods of EKS take one each; a 32nd for the others. A load
 * balancer needs a /27 at least, so the whole may be as small as a /22.
 *
 * Room is kept for three zones and for public subnets: addresses of a subnet cannot be changed, so that without it a
 * zone more, or another way out, would move the database into other subnets.
 */
function subnetConfiguration(
  plan: NewVpcPlan,
  { outbound, hasPublic }: { readonly outbound: 'nat' | 'none'; readonly hasPublic: boolean },
): SubnetConfiguration[] {
  const prefix = Number(plan.cidr.split('/')[1]);
  const small = prefix + 5;
  return [
    {
      name: 'private',
      subnetType: outbound === 'nat' ? SubnetType.PRIVATE_WITH_EGRESS : SubnetType.PRIVATE_ISOLATED,
      cidrMask: prefix + 3,
    },
    {
      name: 'public',
      subnetType: SubnetType.PUBLIC,
      cidrMask: small,
      reserved: !hasPublic,
      ...(hasPublic ? { mapPublicIpOnLaunch: false } : {}),
    },
    { name: 'data', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: small },
  ];
}

function named(vpc: Vpc, subnetGroupName: string): ISubnet[] {
  return vpc.selectSubnets({ subnetGroupName }).subnets;
}

function pinZones(subnets: readonly ISubnet[], ids: readonly string[] | undefined): void {
  if (ids === undefined) return;
  for (const [index, subnet] of subnets.entries()) {
    const resource = subnet.node.defaultChild;
    if (!(resource instanceof CfnSubnet)) throw new Error(`${subnet.node.path} is no subnet of ours.`);
    const id = ids[index];
    if (id === undefined) throw new Error(`There are fewer known zones than subnets: ${ids.join(', ')}.`);
    resource.availabilityZone = undefined;
    resource.availabilityZoneId = id;
  }
}

/** CloudFront marks a VPC that it may enter by an internet gateway; no route leads to it, so nothing else uses it. */
function attachInternetGateway(stack: Stack, vpc: Vpc): void {
  const gateway = new CfnInternetGateway(stack, 'InternetGateway');
  new CfnVPCGatewayAttachment(stack, 'InternetGatewayAttachment', {
    vpcId: vpc.vpcId,
    internetGatewayId: gateway.ref,
  });
}
