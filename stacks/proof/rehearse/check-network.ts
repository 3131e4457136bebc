import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { list, number, text } from '../json.ts';
import type { Check, Made } from './check.ts';

/** The VPC and what is in it: exactly the template's, no more and no less; but for rules outwards, which moto drops. */
export const networkChecks: readonly Check[] = [
  {
    name: 'the VPC with its range',
    look: async ({ ec2 }, made) => {
      const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcOf(made)] }));
      return {
        expected: made.ofType('AWS::EC2::VPC').map(({ id, properties }) => [id, properties['CidrBlock']]),
        found: Vpcs.map((each) => [each.VpcId, each.CidrBlock]),
      };
    },
  },
  {
    name: 'its subnets, each in its zone',
    look: async ({ ec2 }, made) => {
      const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand(inVpc(made)));
      return {
        expected: made.ofType('AWS::EC2::Subnet').map(({ id, properties }) => ({
          id,
          range: properties['CidrBlock'],
          zone: properties['AvailabilityZone'],
          publicAddresses: properties['MapPublicIpOnLaunch'],
        })),
        found: Subnets.map((each) => ({
          id: each.SubnetId,
          range: each.CidrBlock,
          zone: each.AvailabilityZone,
          publicAddresses: each.MapPublicIpOnLaunch,
        })),
      };
    },
  },
  {
    name: 'the routes to the internet: by the gateway, by NAT, or none',
    look: async ({ ec2 }, made) => {
      const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand(inVpc(made)));
      return {
        expected: made
          .ofType('AWS::EC2::Route')
          .map(({ properties: { RouteTableId, DestinationCidrBlock, GatewayId, NatGatewayId } }) => {
            return [RouteTableId, DestinationCidrBlock, GatewayId ?? NatGatewayId];
          }),
        found: RouteTables.flatMap(({ RouteTableId, Routes = [] }) =>
          Routes.filter((each) => each.DestinationCidrBlock !== undefined && each.GatewayId !== 'local').map((each) => [
            RouteTableId,
            each.DestinationCidrBlock,
            each.GatewayId ?? each.NatGatewayId,
          ]),
        ),
      };
    },
  },
  {
    name: 'security groups, with exactly their rules inwards',
    look: async ({ ec2 }, made) => {
      const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand(inVpc(made)));
      const groups = made.ofType('AWS::EC2::SecurityGroup');
      const apart = made.ofType('AWS::EC2::SecurityGroupIngress');
      return {
        expected: groups.map(({ id, properties }) => [
          id,
          [
            ...list(properties, 'SecurityGroupIngress'),
            ...apart.filter((each) => each.properties['GroupId'] === id).map((each) => each.properties),
          ].map(ruleOf),
        ]),
        found: SecurityGroups.filter((each) => each.GroupName !== 'default').map((each) => [
          each.GroupId,
          (each.IpPermissions ?? []).flatMap(({ IpProtocol, FromPort, ToPort, ...from }) =>
            [
              ...(from.IpRanges ?? []).map(({ CidrIp }) => CidrIp),
              ...(from.Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6),
              ...(from.UserIdGroupPairs ?? []).map(({ GroupId }) => GroupId),
            ].map((source) => ({ protocol: IpProtocol, from: FromPort, to: ToPort, source })),
          ),
        ]),
      };
    },
  },
];

function ruleOf(rule: unknown) {
  const source = text(rule, 'CidrIp') ?? text(rule, 'CidrIpv6') ?? text(rule, 'SourceSecurityGroupId');
  return { protocol: text(rule, 'IpProtocol'), from: number(rule, 'FromPort'), to: number(rule, 'ToPort'), source };
}

function vpcOf(made: Made): string {
  return made.ofType('AWS::EC2::VPC')[0]?.id ?? 'none';
}

function inVpc(made: Made) {
  return { Filters: [{ Name: 'vpc-id', Values: [vpcOf(made)] }] };
}
