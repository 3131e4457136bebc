import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { standInFoundation } from '../testing/parts.ts';
import { platforms, sampleDeployment } from '../testing/sample-deployment.ts';
import { buildNetwork } from './build-network.ts';
import { build, type Changes, given, none } from './network-in-test.ts';

describe('endpoints', () => {
  const names = (changes: Changes) => Object.keys(build(changes).network.endpoints).sort();
  const bedrock = ['bedrock', 'bedrock-agent', 'bedrock-runtime'];
  const ofBoth = ['ecr.api', 'ecr.dkr', 'elasticache', 'kms', 'lambda', 'logs', 'monitoring'];
  const services = [...ofBoth, 'sagemaker.runtime', 'secretsmanager', 'sts'];
  const ofEcs = [...services, 'ecs'];
  const ofEks = ['autoscaling', 'ec2', 'ec2messages', 'eks', 'eks-auth', 'elasticloadbalancing', 'ssm', 'wafv2'];

  test.each<[string, Changes, readonly string[]]>([
    ['for prompts and answers', {}, ['bedrock-runtime']],
    ['none', { network: { endpoints: 'none' } }, []],
    ['all on ECS', { network: none }, [...bedrock, ...ofEcs, 'ssmmessages']],
    ['all on EKS', { network: none, platform: platforms.eks }, [...bedrock, ...services, ...ofEks, 'ssmmessages']],
    [
      'and those of a jump host',
      { network: none, helpers: { fakeLlm: false, jumpHost: true } },
      [...bedrock, ...ofEcs, 'ssm', 'ssmmessages', 'ec2messages'],
    ],
    ['in an existing VPC, if asked for', { network: { ...none, vpc: given } }, [...bedrock, ...ofEcs, 'ssmmessages']],
  ])('%s', (_name, changes, expected) => {
    expect(names(changes)).toEqual([...expected].sort());
  });

  test('answer their group only, under the names that SDKs ask for', () => {
    const template = Template.fromStack(build({ network: none }).stack);
    const made = Object.values(template.findResources('AWS::EC2::VPCEndpoint')).map(({ Properties }) => Properties);
    const interfaces = made.filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface');
    expect(interfaces).toHaveLength(15);
    for (const { PrivateDnsEnabled, SecurityGroupIds } of interfaces) {
      expect(PrivateDnsEnabled).toBe(true);
      expect(SecurityGroupIds).toEqual([{ 'Fn::GetAtt': [expect.stringMatching(/^EndpointsGroup/), 'GroupId'] }]);
    }
  });

  test('of S3 and DynamoDB lie in the routes of private subnets, and let out what is ours', () => {
    const gateways = (changes: Changes) =>
      Object.values(
        Template.fromStack(build(changes).stack).findResources('AWS::EC2::VPCEndpoint', {
          Properties: { VpcEndpointType: 'Gateway' },
        }),
      ).map(({ Properties }) => Properties);
    const made = gateways({ network: none });
    expect(made).toHaveLength(2);
    for (const { RouteTableIds, PolicyDocument } of made) {
      expect(JSON.stringify(RouteTableIds)).toMatch(/privateSubnet1.*privateSubnet2/);
      expect(JSON.stringify(PolicyDocument)).toMatch(/111122223333/);
    }
    expect(gateways({ network: { ...none, vpc: given } })).toHaveLength(2);
    if (given.parts === undefined) throw new Error('It has parts.');
    const unknown = { ...given, parts: { ...given.parts, privateRouteTableIds: [] } };
    expect(gateways({ network: { ...none, vpc: unknown } })).toHaveLength(0);
  });

  test('of an existing VPC serve whoever is in it', () => {
    const template = Template.fromStack(build({ network: { ...none, vpc: given } }).stack);
    const made = Object.values(template.findResources('AWS::EC2::VPCEndpoint')).map(({ Properties }) => Properties);
    expect(made).toHaveLength(17);
    for (const { PolicyDocument } of made) expect(PolicyDocument).toBeUndefined();
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'VPC endpoints of AWS services',
      SecurityGroupIngress: [Match.objectLike({ CidrIp: '10.40.0.0/16', FromPort: 443, ToPort: 443 })],
    });
  });

  test('of bedrock-agent stand only in the zones that have it, where CDK can tell', () => {
    const app = new App({
      context: {
        'availability-zones:account=111122223333:region=eu-west-1': ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
        'endpoint-service-availability-zones:account=111122223333:region=eu-west-1:serviceName=com.amazonaws.eu-west-1.bedrock-agent':
          ['eu-west-1b', 'eu-west-1c'],
      },
    });
    const stack = new Stack(app, 'X', { env: { account: '111122223333', region: 'eu-west-1' } });
    const network = { ...sampleDeployment.network, endpoints: 'all' } as const;
    buildNetwork(stack, { ...sampleDeployment, network }, { foundation: standInFoundation(stack) });
    const subnetsOf = (service: string) =>
      Object.values(
        Template.fromStack(stack).findResources('AWS::EC2::VPCEndpoint', {
          Properties: { ServiceName: `com.amazonaws.eu-west-1.${service}` },
        }),
      ).map(({ Properties }) => Properties.SubnetIds.length);
    expect(subnetsOf('bedrock-agent')).toEqual([1]);
    expect(subnetsOf('bedrock-runtime')).toEqual([2]);
  });
});
