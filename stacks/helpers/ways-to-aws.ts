import type { Deployment } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import {
  CfnSecurityGroupEgress,
  CfnSecurityGroupIngress,
  type ISecurityGroup,
  Peer,
  Port,
  SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import type { Network } from '../network/network.ts';
import { awsService } from '../network/prefix-lists.ts';
import { closed } from '../network/security-groups.ts';

/** A group that only reaches AWS: by the endpoints of the VPC where it has some, and by the way out where it has one. */
export function groupThatReachesAws(
  stack: Stack,
  deployment: Deployment,
  { network, description }: { readonly network: Network; readonly description: string },
): SecurityGroup {
  const group = closed(new SecurityGroup(stack, 'Group', { vpc: network.vpc, description, allowAllOutbound: false }));
  if (deployment.network.outbound === 'nat') {
    group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'To AWS');
  } else {
    group.addEgressRule(awsService(stack, 's3'), Port.tcp(443), 'To S3, where images are');
  }
  connect(stack, 'Endpoints', {
    from: group,
    to: network.securityGroups.endpoints,
    port: 443,
    why: 'To VPC endpoints',
  });
  return group;
}

/**
 * Lets one group connect to another, on both sides, by rules in this stack: CDK would write them into the stack of one
 * of the groups, which does not know the other.
 */
export function connect(
  stack: Stack,
  id: string,
  rule: {
    readonly from: ISecurityGroup;
    readonly to: ISecurityGroup;
    readonly port: number;
    readonly why: string;
  },
): void {
  const { from, to, port, why: description } = rule;
  const tcp = { ipProtocol: 'tcp', fromPort: port, toPort: port, description };
  new CfnSecurityGroupEgress(stack, `${id}Out`, {
    ...tcp,
    groupId: from.securityGroupId,
    destinationSecurityGroupId: to.securityGroupId,
  });
  new CfnSecurityGroupIngress(stack, `${id}In`, {
    ...tcp,
    groupId: to.securityGroupId,
    sourceSecurityGroupId: from.securityGroupId,
  });
}
