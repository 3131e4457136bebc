import type { Deployment } from '@genai-gateway/config';
import { CfnOutput, type Stack } from 'aws-cdk-lib';
import {
  AmazonLinuxCpuType,
  BlockDeviceVolume,
  type CfnInstance,
  CfnSecurityGroupEgress,
  EbsDeviceVolumeType,
  Instance,
  InstanceType,
  MachineImage,
} from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { NagSuppressions } from 'cdk-nag';
import { attach } from '../access/attach.ts';
import { allow } from '../access/bedrock-access.ts';
import type { Edge } from '../edge/edge.ts';
import type { Foundation } from '../foundation/foundation.ts';
import type { Network } from '../network/network.ts';
import { groupThatReachesAws } from './ways-to-aws.ts';

interface Parts {
  readonly foundation: Foundation;
  readonly network: Network;
  readonly edge: Edge;
}

/** Forwards a local port to a host that the machine reaches. It opens no shell. */
const forwarding = 'AWS-StartPortForwardingSessionToRemoteHost';
const DISK_GIB = 8;

/**
 * A small machine from which the load balancer of the private scenario is reached by a forwarded port of Session
 * Manager. It has no key, no open port and no public address, and connects to that load balancer and to AWS alone.
 * Developers and operators may forward a port through it; nobody is given a shell.
 * Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-examples.html (as of 2026-11-23).
 */
export function buildJumpHost(stack: Stack, deployment: Deployment, { foundation, network, edge }: Parts): void {
  const securityGroup = groupThatReachesAws(stack, deployment, { network, description: 'The jump host' });
  // The way in is the entrance's own: a private load balancer lets the whole VPC in.
  new CfnSecurityGroupEgress(stack, 'LoadBalancerOut', {
    groupId: securityGroup.securityGroupId,
    destinationSecurityGroupId: network.securityGroups.loadBalancer.securityGroupId,
    ipProtocol: 'tcp',
    fromPort: 443,
    toPort: 443,
    description: 'To the load balancer',
  });
  const instance = new Instance(stack, 'Host', {
    vpc: network.vpc,
    vpcSubnets: { subnets: network.subnets.private.slice(0, 1) },
    instanceType: new InstanceType('t4g.nano'),
    machineImage: MachineImage.latestAmazonLinux2023({ cpuType: AmazonLinuxCpuType.ARM_64 }),
    securityGroup,
    role: hostRole(stack),
    associatePublicIpAddress: false,
    blockDevices: [
      {
        deviceName: '/dev/xvda',
        volume: BlockDeviceVolume.ebs(DISK_GIB, {
          encrypted: true,
          kmsKey: foundation.keys.data,
          volumeType: EbsDeviceVolumeType.GP3,
        }),
      },
    ],
  });
  // Said on the machine itself: CDK's own switch makes a launch template for it.
  (instance.node.defaultChild as CfnInstance).metadataOptions = { httpTokens: 'required', httpPutResponseHopLimit: 1 };
  NagSuppressions.addResourceSuppressions(instance, [
    { id: 'AwsSolutions-EC28', reason: 'Nothing runs on it that detailed monitoring would tell of.' },
    { id: 'AwsSolutions-EC29', reason: 'It holds nothing, and is replaced with each new image of Amazon Linux.' },
  ]);
  const { developers, operators } = foundation.people;
  const statements = mayForward(stack, instance.instanceId);
  const reason = 'The machine and the document are named; a session has its number when it begins.';
  attach(stack, developers, { purpose: 'DevelopersForward', statements, reason });
  attach(stack, operators, { purpose: 'OperatorsForward', statements, reason });
  new CfnOutput(stack, 'JumpHostId', { value: instance.instanceId });
  new CfnOutput(stack, 'JumpHostCommand', {
    description: 'Then call https://localhost:8443 by the name of the gateway',
    value: `aws ssm start-session --region ${stack.region} --target ${instance.instanceId} --document-name ${forwarding} --parameters host=${new URL(edge.url).hostname},portNumber=443,localPortNumber=8443`,
  });
}

/** What the agent on the machine calls; none of it names a resource that is known beforehand. */
function hostRole(stack: Stack): Role {
  const role = new Role(stack, 'HostRole', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
  role.addToPolicy(
    new PolicyStatement({
      actions: [
        'ssm:UpdateInstanceInformation',
        'ssmmessages:CreateControlChannel',
        'ssmmessages:CreateDataChannel',
        'ssmmessages:OpenControlChannel',
        'ssmmessages:OpenDataChannel',
      ],
      resources: ['*'],
    }),
  );
  NagSuppressions.addResourceSuppressions(
    role,
    [{ id: 'AwsSolutions-IAM5', reason: 'Channels of Session Manager have no names.' }],
    true,
  );
  return role;
}

function mayForward(stack: Stack, instanceId: string): readonly PolicyStatement[] {
  const { partition, region, account } = stack;
  return [
    new PolicyStatement({
      actions: ['ssm:StartSession'],
      resources: [
        `arn:${partition}:ec2:${region}:${account}:instance/${instanceId}`,
        `arn:${partition}:ssm:${region}::document/${forwarding}`,
      ],
      // Without it a call that names no document would open a shell.
      conditions: { BoolIfExists: { 'ssm:SessionDocumentAccessCheck': 'true' } },
    }),
    ...allow(
      ['ssm:ResumeSession', 'ssm:TerminateSession'],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: IAM fills it in.
      [`arn:${partition}:ssm:${region}:${account}:session/${'${aws:userid}'}-*`],
    ),
  ];
}
