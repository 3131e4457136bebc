import type { Deployment } from '@genai-gateway/config';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { wildActions, wildResources } from '../testing/iam.ts';
import { faultsOfActions } from '../testing/iam-actions.ts';
import { nagFindings } from '../testing/nag.ts';
import { standInEdge, standInFoundation, standInNetwork } from '../testing/parts.ts';
import { entrances, sampleDeployment } from '../testing/sample-deployment.ts';
import { buildFakeLlm } from './build-fake-llm.ts';
import { buildJumpHost } from './build-jump-host.ts';

const isPrivate: Deployment = { ...sampleDeployment, entrance: entrances.private };
const noWayOut: Deployment = {
  ...isPrivate,
  network: { ...isPrivate.network, outbound: 'none', endpoints: 'all' },
};

function build(helper: 'jump host' | 'fake LLM', deployment: Deployment) {
  // Images and functions are not built: their templates are the same without.
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'Helper', { env: { account: '111122223333', region: deployment.region } });
  const parts = { foundation: standInFoundation(stack), network: standInNetwork(stack), edge: standInEdge(stack) };
  if (helper === 'jump host') buildJumpHost(stack, deployment, parts);
  else buildFakeLlm(stack, deployment, parts);
  return { stack, template: Template.fromStack(stack) };
}

/** Where a group's own rules let it connect to, as peer and port. */
function waysOut(template: Template): readonly string[] {
  const inline = Object.values(template.findResources('AWS::EC2::SecurityGroup')).flatMap(
    ({ Properties }) => Properties.SecurityGroupEgress ?? [],
  );
  const beside = Object.values(template.findResources('AWS::EC2::SecurityGroupEgress')).map(
    ({ Properties }) => Properties,
  );
  return [...inline, ...beside]
    .map(
      (rule) =>
        `${rule.CidrIp ?? rule.DestinationPrefixListId ?? JSON.stringify(rule.DestinationSecurityGroupId)} ${rule.FromPort}`,
    )
    .sort();
}

describe.each([
  ['jump host', isPrivate],
  ['jump host', noWayOut],
  ['fake LLM', sampleDeployment],
  ['fake LLM', noWayOut],
] as const)('the %s (%#)', (helper, deployment) => {
  const { stack, template } = build(helper, deployment);

  test('reaches AWS by endpoints, and the internet only where there is a way out', () => {
    const ways = waysOut(template);
    expect(ways).toContain('"sg-endpoints" 443');
    expect(ways.includes('0.0.0.0/0 443')).toBe(deployment.network.outbound === 'nat');
    for (const way of ways) expect(way).not.toMatch(/-1$|0\.0\.0\.0\/0 (?!443)/);
  });

  test('its group has a rule for ways out of its own, or EC2 would give it one for all', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::EC2::SecurityGroup'))) {
      expect(Properties.SecurityGroupEgress).toHaveLength(1);
    }
  });

  test('the endpoints let it in', () =>
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: 'sg-endpoints',
      FromPort: 443,
      ToPort: 443,
      SourceSecurityGroupId: Match.anyValue(),
    }));

  test('nothing is let in by an address', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::EC2::SecurityGroup'))) {
      expect(Properties.SecurityGroupIngress).toBeUndefined();
    }
    for (const { Properties } of Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'))) {
      expect(Properties.CidrIp).toBeUndefined();
    }
  });

  test('no action has a *, every action exists, and what can be named is', async () => {
    expect(wildActions(template.toJSON())).toEqual([]);
    expect(await faultsOfActions(template.toJSON())).toEqual([]);
    const forEverything = wildResources(template.toJSON()).map((each) => each.split(' ')[1]);
    const expected =
      helper === 'fake LLM' ? ['ecr:GetAuthorizationToken'] : expect.arrayContaining(['ssmmessages:OpenDataChannel']);
    expect(forEverything).toEqual(expected);
  });

  test('cdk-nag finds nothing', () => expect(nagFindings(stack)).toEqual([]));
});

describe('the jump host', () => {
  const { template } = build('jump host', isPrivate);

  test('has no key, no public address, and takes tokens of the metadata service alone', () => {
    template.hasResourceProperties('AWS::EC2::Instance', {
      KeyName: Match.absent(),
      InstanceType: 't4g.nano',
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      NetworkInterfaces: [Match.objectLike({ AssociatePublicIpAddress: false, SubnetId: 'subnet-private0' })],
    });
  });

  test('its disk is encrypted by the key of data', () =>
    template.hasResourceProperties('AWS::EC2::Instance', {
      BlockDeviceMappings: [
        { Ebs: { Encrypted: true, KmsKeyId: Match.stringLikeRegexp('key/data$'), VolumeType: 'gp3' } },
      ],
    }));

  test('connects to the load balancer on its one port', () => {
    expect(waysOut(template)).toContain('"sg-loadbalancer" 443');
  });

  test('people forward ports through it, and get no shell', () => {
    for (const role of ['litellm-stack-developers', 'litellm-stack-operators']) {
      template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
        Roles: [role],
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({
              Action: 'ssm:StartSession',
              Resource: [
                Match.anyValue(),
                {
                  'Fn::Join': [
                    '',
                    [
                      'arn:',
                      { Ref: 'AWS::Partition' },
                      Match.stringLikeRegexp('StartPortForwardingSessionToRemoteHost$'),
                    ],
                  ],
                },
              ],
              Condition: { BoolIfExists: { 'ssm:SessionDocumentAccessCheck': 'true' } },
            }),
          ]),
        },
      });
    }
  });

  test('tells the command', () => {
    const { Value } = Object.values(template.findOutputs('JumpHostCommand'))[0] ?? {};
    expect(JSON.stringify(Value)).toContain('host=gateway.example,portNumber=443,localPortNumber=8443');
  });
});

describe('the fake LLM', () => {
  const { template } = build('fake LLM', sampleDeployment);

  test('only gateway and LiteLLM reach it', () => {
    const rules = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'))
      .map(({ Properties }) => Properties)
      .filter(({ GroupId }) => GroupId !== 'sg-endpoints')
      .map(({ SourceSecurityGroupId, FromPort, ToPort }) => `${SourceSecurityGroupId} ${FromPort}-${ToPort}`);
    expect(rules.sort()).toEqual(['sg-gateway 8080-8080', 'sg-litellm 8080-8080', 'sg-litellm 8081-8081']);
  });

  test('runs as nobody, on a read-only file system, without capabilities', () => {
    const nobody = {
      User: '65532:65532',
      ReadonlyRootFilesystem: true,
      LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
    };
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: [Match.objectLike(nobody), Match.objectLike(nobody)],
      RuntimePlatform: { CpuArchitecture: 'ARM64' },
    });
  });

  test('has a name in the VPC, one per stage and region', () => {
    template.hasResourceProperties('AWS::ServiceDiscovery::PrivateDnsNamespace', {
      Name: 'load-test-test-eu-west-1.internal',
    });
    expect(Object.values(template.findOutputs('*')).map(({ Value }) => Value)).toEqual([
      'http://fake-llm.load-test-test-eu-west-1.internal:8080',
      'http://fake-llm.load-test-test-eu-west-1.internal:8081/v1',
    ]);
  });
});
