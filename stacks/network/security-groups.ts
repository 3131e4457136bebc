import type { Deployment } from '@genai-gateway/config';
import { Lazy, type Stack } from 'aws-cdk-lib';
import {
  type CfnSecurityGroup,
  type IPeer,
  type ISecurityGroup,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
} from 'aws-cdk-lib/aws-ec2';
import { NagSuppressions } from 'cdk-nag';
import { entrancePorts } from './entrance-kinds.ts';
import { functionGroups, ports, type SecurityGroups } from './network.ts';
import { awsService, cloudFront } from './prefix-lists.ts';

/**
 * Who may connect to whom. Every rule names its peer and one port, and stands on both sides. Names are resolved by the
 * VPC's own resolver, which no security group holds back.
 */
export function buildSecurityGroups(
  stack: Stack,
  deployment: Deployment,
  { vpc, vpcCidr }: { readonly vpc: IVpc; readonly vpcCidr: string },
): SecurityGroups {
  const group = (id: string, description: string): ISecurityGroup =>
    closed(new SecurityGroup(stack, id, { vpc, description, allowAllOutbound: false }));
  // Pods of a cluster that is there have its group, whatever we make; its rules beyond these are its owner's.
  const clusterGroup = existingClusterGroup(stack, deployment);
  const groups: SecurityGroups = {
    loadBalancer: group('LoadBalancerGroup', 'The load balancer'),
    gateway: clusterGroup ?? group('GatewayGroup', 'The gateway'),
    litellm: clusterGroup ?? group('LitellmGroup', 'LiteLLM'),
    database: group('DatabaseGroup', 'Postgres'),
    cache: group('CacheGroup', 'The cache'),
    endpoints: group('EndpointsGroup', 'VPC endpoints of AWS services'),
    promptsAdmin: group('PromptsAdminGroup', 'The function prompts-admin'),
    chatHistory: group('ChatHistoryGroup', 'The function chat-history'),
    secretRotation: group('SecretRotationGroup', 'The function secret-rotation'),
  };
  for (const peer of callers(stack, deployment, vpcCidr)) {
    for (const port of entrancePorts(deployment)) {
      groups.loadBalancer.addIngressRule(peer, Port.tcp(port), 'Whoever may call');
    }
  }
  if (deployment.entrance.kind === 'direct-alb' && deployment.entrance.allowedCidrs.length === 0) {
    NagSuppressions.addResourceSuppressions(groups.loadBalancer, [
      {
        id: 'AwsSolutions-EC23',
        reason:
          'Scenario 3 without ALLOWED_CIDRS is open to the internet on purpose: 443, and 80 that redirects to it.',
      },
    ]);
  }
  connect(groups.loadBalancer, groups.gateway, ports.gatewayTls, 'Load balancer to gateway');
  if (clusterGroup === undefined) connect(groups.gateway, groups.litellm, ports.litellm, 'Gateway to LiteLLM');
  const services = new Set([groups.gateway, groups.litellm]);
  const functions = functionGroups.map((name) => groups[name]);
  for (const service of [...services, ...functions]) {
    connect(service, groups.database, ports.database, 'Services to Postgres');
    // Sessions are in DynamoDB, and their function's cache of keys ages by itself.
    if (service !== groups.chatHistory) connect(service, groups.cache, ports.cache, 'Services to the cache');
    connect(service, groups.endpoints, 443, 'Services to VPC endpoints');
  }
  if (deployment.network.vpc.kind === 'existing' && deployment.network.endpoints !== 'none') {
    // The names of AWS's services lead to the endpoints from everywhere in a VPC, from what was there before us too.
    groups.endpoints.addIngressRule(Peer.ipv4(vpcCidr), Port.tcp(443), 'The VPC to VPC endpoints');
  }
  const closedServices = clusterGroup === undefined ? [...services] : [];
  for (const [peer, why] of waysOut(stack, deployment, vpcCidr)) {
    for (const each of [...closedServices, ...functions]) each.addEgressRule(peer, Port.tcp(443), why);
  }
  return groups;
}

/**
 * A group that never lets everything out. EC2 gives a new group a rule for all ways out unless its own properties have
 * one, and CDK writes a rule that names a group or a prefix list as a resource beside it. So a group without any has
 * this one, which matches nothing
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-securitygroup.html, read 2026-11-23).
 */
export function closed(group: SecurityGroup): SecurityGroup {
  const resource = group.node.defaultChild as CfnSecurityGroup;
  const own = resource.securityGroupEgress;
  const nowhere = {
    cidrIp: '255.255.255.255/32',
    ipProtocol: 'icmp',
    fromPort: 252,
    toPort: 86,
    description: 'Disallow all traffic',
  };
  resource.securityGroupEgress = Lazy.uncachedAny({
    produce: (context) => {
      const rules: unknown = own === undefined ? undefined : context.resolve(own);
      return Array.isArray(rules) && rules.length > 0 ? rules : [nowhere];
    },
  });
  return group;
}

function existingClusterGroup(stack: Stack, { platform }: Deployment): ISecurityGroup | undefined {
  if (platform.kind !== 'eks' || platform.cluster.kind !== 'existing') return undefined;
  return SecurityGroup.fromSecurityGroupId(stack, 'ClusterGroup', platform.cluster.securityGroupId);
}

function callers(stack: Stack, { entrance }: Deployment, vpcCidr: string): readonly IPeer[] {
  if (entrance.kind === 'cloudfront' || entrance.kind === 'cloudfront-domain') {
    // A VPC origin calls from addresses of this list too, not from those of the VPC.
    return [cloudFront(stack)];
  }
  if (entrance.kind === 'private') return [vpcCidr, ...entrance.allowedCidrs].map((cidr) => Peer.ipv4(cidr));
  if (entrance.allowedCidrs.length > 0) return entrance.allowedCidrs.map((cidr) => Peer.ipv4(cidr));
  return [Peer.anyIpv4()];
}

function connect(from: ISecurityGroup, to: ISecurityGroup, port: number, why: string): void {
  to.addIngressRule(from, Port.tcp(port), why);
  from.addEgressRule(to, Port.tcp(port), why);
}

/**
 * To providers, and to what of AWS has no endpoint; without outbound to what the gateway endpoints lead to, and to
 * endpoints that a VPC had before us: their group is their owner's, so they are known by the VPC's addresses alone.
 */
function waysOut(stack: Stack, { network }: Deployment, vpcCidr: string): readonly (readonly [IPeer, string])[] {
  if (network.outbound === 'nat') return [[Peer.anyIpv4(), 'Services to AWS and to providers']];
  const there = [Peer.ipv4(vpcCidr), 'Services to VPC endpoints that are there'] as const;
  return [
    [awsService(stack, 's3'), 'Services to S3'],
    [awsService(stack, 'dynamodb'), 'Services to DynamoDB'],
    ...(network.endpoints === 'none' ? [there] : []),
  ];
}
