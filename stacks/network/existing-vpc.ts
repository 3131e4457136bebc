import type { Deployment, ExistingVpcPlan } from '@genai-gateway/config';
import { Annotations, type Stack } from 'aws-cdk-lib';
import { type ISubnet, type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { facesInternet } from './entrance-kinds.ts';
import type { Network } from './network.ts';

/** A VPC that is there: what runs and what is stored share its private subnets, one per zone. */
export function existingVpc(
  stack: Stack,
  deployment: Deployment,
  plan: ExistingVpcPlan,
): Pick<Network, 'vpc' | 'subnets'> {
  const vpc = plan.parts === undefined ? lookedUp(stack, plan) : given(stack, plan, plan.parts);
  // A VPC whose subnets have no NAT has isolated ones in CDK's words.
  const privateSubnets = onePerZone(vpc.privateSubnets.length > 0 ? vpc.privateSubnets : vpc.isolatedSubnets);
  const publicSubnets = onePerZone(vpc.publicSubnets);
  if (privateSubnets.length < 2) {
    throw new Error(
      `EXISTING_VPC_ID: ${plan.vpcId} has private subnets in ${privateSubnets.length} availability zones, and two are needed. Add subnets, or name them in EXISTING_PRIVATE_SUBNET_IDS.`,
    );
  }
  if (facesInternet(deployment) && publicSubnets.length < 2) {
    throw new Error(
      `EXISTING_VPC_ID: ${plan.vpcId} has public subnets in ${publicSubnets.length} availability zones, and a public load balancer needs two. Add subnets, name them in EXISTING_PUBLIC_SUBNET_IDS, or choose a scenario without a public load balancer.`,
    );
  }
  return { vpc, subnets: { public: publicSubnets, private: privateSubnets, data: privateSubnets } };
}

function lookedUp(stack: Stack, { vpcId }: ExistingVpcPlan): IVpc {
  return Vpc.fromLookup(stack, 'Vpc', { vpcId });
}

function given(stack: Stack, { vpcId }: ExistingVpcPlan, parts: NonNullable<ExistingVpcPlan['parts']>): IVpc {
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId,
    vpcCidrBlock: parts.cidr,
    availabilityZones: [...parts.availabilityZones],
    privateSubnetIds: [...parts.privateSubnetIds],
    ...(parts.privateRouteTableIds.length > 0 ? { privateSubnetRouteTableIds: [...parts.privateRouteTableIds] } : {}),
    ...(parts.publicSubnetIds.length > 0 ? { publicSubnetIds: [...parts.publicSubnetIds] } : {}),
  });
  // Route tables are asked for by gateway endpoints alone, which are not made where they are not known.
  Annotations.of(vpc).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId');
  return vpc;
}

/** A load balancer takes one subnet of a zone only, and so does an endpoint. */
function onePerZone(subnets: readonly ISubnet[]): ISubnet[] {
  const byZone = new Map<string, ISubnet>();
  for (const subnet of subnets) {
    if (!byZone.has(subnet.availabilityZone)) byZone.set(subnet.availabilityZone, subnet);
  }
  return [...byZone.values()];
}
