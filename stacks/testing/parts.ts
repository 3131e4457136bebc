import { Fn, type Stack } from 'aws-cdk-lib';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { ApplicationLoadBalancer, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Data } from '../data/data.ts';
import type { Edge } from '../edge/edge.ts';
import type { Foundation } from '../foundation/foundation.ts';
import type { AllFunctions, FunctionFacts, FunctionName } from '../functions/functions.ts';
import { type Network, ports, type SecurityGroups } from '../network/network.ts';

/**
 * Stand-ins of the other stacks' results, so that a stack's own tests need none of the others: everything in them
 * is imported by its name.
 */
export function standInFoundation(stack: Stack): Foundation {
  const key = (purpose: string) => Key.fromKeyArn(stack, `Key-${purpose}`, arn(stack, 'kms', `key/${purpose}`));
  const repository = (name: string) => Repository.fromRepositoryName(stack, `Repository-${name}`, name);
  const role = (name: string) => Role.fromRoleName(stack, `Role-${name}`, `litellm-stack-${name}`);
  return {
    keys: { data: key('data'), secrets: key('secrets'), logs: key('logs') },
    accessLogs: Bucket.fromBucketName(stack, 'AccessLogs', 'access-logs'),
    repositories: { gateway: repository('gateway'), litellm: repository('litellm') },
    people: { developers: role('developers'), operators: role('operators') },
  };
}

export function standInNetwork(stack: Stack): Network {
  const zones = ['eu-west-1a', 'eu-west-1b'];
  const subnets = (kind: string) =>
    zones.map((zone, index) =>
      Subnet.fromSubnetAttributes(stack, `Subnet-${kind}-${index}`, {
        subnetId: `subnet-${kind}${index}`,
        availabilityZone: zone,
        routeTableId: `rtb-${kind}${index}`,
      }),
    );
  const group = (name: keyof SecurityGroups) =>
    SecurityGroup.fromSecurityGroupId(stack, `SecurityGroup-${name}`, `sg-${name.toLowerCase()}`, { mutable: false });
  return {
    vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: zones,
      vpcCidrBlock: '10.0.0.0/16',
      publicSubnetIds: ['subnet-public0', 'subnet-public1'],
      publicSubnetRouteTableIds: ['rtb-public0', 'rtb-public1'],
      privateSubnetIds: ['subnet-private0', 'subnet-private1'],
      privateSubnetRouteTableIds: ['rtb-private0', 'rtb-private1'],
      isolatedSubnetIds: ['subnet-data0', 'subnet-data1'],
      isolatedSubnetRouteTableIds: ['rtb-data0', 'rtb-data1'],
    }),
    subnets: { public: subnets('public'), private: subnets('private'), data: subnets('data') },
    securityGroups: {
      loadBalancer: group('loadBalancer'),
      gateway: group('gateway'),
      litellm: group('litellm'),
      database: group('database'),
      cache: group('cache'),
      endpoints: group('endpoints'),
      promptsAdmin: group('promptsAdmin'),
      chatHistory: group('chatHistory'),
      secretRotation: group('secretRotation'),
    },
    endpoints: {},
  };
}

export function standInData(stack: Stack): Data {
  const secret = (name: string) =>
    Secret.fromSecretCompleteArn(stack, `Secret-${name}`, arn(stack, 'secretsmanager', `secret:${name}-AbCdEf`));
  const bucket = (name: string) => Bucket.fromBucketName(stack, `Bucket-${name}`, name);
  return {
    database: {
      host: 'database.example',
      port: ports.database,
      name: 'litellm',
      instanceId: 'database',
      maxConnections: 150,
      ownerSecret: secret('database-owner'),
      gatewaySecret: secret('database-gateway'),
      litellmSecret: secret('database-litellm'),
    },
    cache: {
      host: 'cache.example',
      port: ports.cache,
      replicationGroupId: 'cache',
      userId: 'cache-user',
      secret: secret('cache'),
    },
    sessions: Table.fromTableName(stack, 'Sessions', 'sessions'),
    buckets: {
      config: bucket('config'),
      history: bucket('history'),
      requestLogs: bucket('request-logs'),
      archive: bucket('archive'),
    },
    requestLogQueries: { databaseName: 'genai_gateway', workGroupName: 'genai-gateway' },
    configKey: 'config.yaml',
    secrets: {
      masterKey: secret('master-key'),
      saltKey: secret('salt-key'),
      gatewaySecret: secret('gateway-secret'),
      providerKeys: secret('provider-keys'),
    },
  };
}

export function standInEdge(stack: Stack): Edge {
  const loadBalancerArn = arn(stack, 'elasticloadbalancing', 'loadbalancer/app/gateway/0123456789abcdef');
  return {
    loadBalancer: ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'LoadBalancer', {
      loadBalancerArn,
      securityGroupId: 'sg-loadbalancer',
    }),
    gatewayTargets: ApplicationTargetGroup.fromTargetGroupAttributes(stack, 'GatewayTargets', {
      targetGroupArn: arn(stack, 'elasticloadbalancing', 'targetgroup/gateway/0123456789abcdef'),
      loadBalancerArns: loadBalancerArn,
    }),
    url: 'https://gateway.example',
    distributionId: undefined,
    webAclName: 'gateway',
  };
}

export function standInFunctions(stack: Stack): AllFunctions {
  const facts = (name: FunctionName): FunctionFacts => ({
    functionName: name,
    functionArn: arn(stack, 'lambda', `function:${name}`),
    deadLetterQueueName: `${name}-dead-letters`,
    logGroupName: `/functions/${name}`,
  });
  return {
    'prompts-admin': facts('prompts-admin'),
    'chat-history': facts('chat-history'),
    'log-compaction': facts('log-compaction'),
    'secret-rotation': facts('secret-rotation'),
  };
}

function arn(stack: Stack, service: string, resource: string): string {
  return Fn.join(':', ['arn', 'aws', service, stack.region, stack.account, resource]);
}
