import type { Deployment } from '@genai-gateway/config';
import { CfnOutput, Duration, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import {
  Capability,
  Cluster,
  type ContainerDefinitionOptions,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  LinuxParameters,
  LogDriver,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DnsRecordType, PrivateDnsNamespace } from 'aws-cdk-lib/aws-servicediscovery';
import { NagSuppressions } from 'cdk-nag';
import type { Foundation } from '../foundation/foundation.ts';
import { uniqueName } from '../names.ts';
import { loadTestPorts, type Network } from '../network/network.ts';
import { simulatorsImage } from './simulators-image.ts';
import { connect, groupThatReachesAws } from './ways-to-aws.ts';

interface Parts {
  readonly foundation: Foundation;
  readonly network: Network;
}

const HOST = 'fake-llm';
const providers = [
  { provider: 'bedrock', port: loadTestPorts.bedrock, output: 'LoadTestBedrockUrl', path: '' },
  { provider: 'openai', port: loadTestPorts.openai, output: 'LoadTestOpenaiUrl', path: '/v1' },
] as const;

/**
 * The simulated Bedrock and OpenAI in the VPC, for load tests that pay for no model: one task on Fargate, with a cluster
 * and a name of its own, so that it is the same beside ECS and EKS. Only gateway and LiteLLM reach it. A model of the
 * model list goes there by its `aws_bedrock_runtime_endpoint` (the gateway itself calls it) or `api_base` (LiteLLM does);
 * models beside it are called as ever. What it answers is an echo, or what the prompt says
 * (packages/simulators/README.md). Calls are booked by the price of the model that they name.
 */
export function buildFakeLlm(stack: Stack, deployment: Deployment, { foundation, network }: Parts): void {
  const cluster = new Cluster(stack, 'Cluster', { vpc: network.vpc });
  const namespace = new PrivateDnsNamespace(stack, 'Namespace', {
    name: `${uniqueName('load-test', deployment)}.internal`,
    vpc: network.vpc,
  });
  const securityGroup = groupThatReachesAws(stack, deployment, { network, description: 'The simulated providers' });
  const { gateway, litellm } = network.securityGroups;
  // The gateway itself calls Bedrock alone. On a cluster that was there before, both are in one group.
  const calls = new Map([
    ...providers.map(({ port }) => [`${litellm.node.path} ${port}`, { from: litellm, port }] as const),
    [`${gateway.node.path} ${loadTestPorts.bedrock}`, { from: gateway, port: loadTestPorts.bedrock }] as const,
  ]);
  [...calls.values()].forEach(({ from, port }, index) => {
    connect(stack, `Caller${index}`, { from, to: securityGroup, port, why: 'To simulated providers' });
  });
  new FargateService(stack, 'Service', {
    cluster,
    taskDefinition: taskDefinition(stack, deployment, foundation),
    desiredCount: 1,
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { enable: true, rollback: true },
    vpcSubnets: { subnets: [...network.subnets.private] },
    securityGroups: [securityGroup],
    assignPublicIp: false,
    cloudMapOptions: {
      cloudMapNamespace: namespace,
      name: HOST,
      dnsRecordType: DnsRecordType.A,
      dnsTtl: Duration.seconds(10),
    },
  });
  for (const { output, port, path } of providers) {
    new CfnOutput(stack, output, { value: `http://${HOST}.${namespace.namespaceName}:${port}${path}` });
  }
  NagSuppressions.addResourceSuppressions(cluster, [
    {
      id: 'AwsSolutions-ECS4',
      reason: 'A load test measures the gateway; what the simulator takes is of no interest.',
    },
  ]);
}

function taskDefinition(stack: Stack, deployment: Deployment, { keys }: Foundation): FargateTaskDefinition {
  const definition = new FargateTaskDefinition(stack, 'Task', {
    cpu: 1024,
    memoryLimitMiB: 2048,
    runtimePlatform: {
      cpuArchitecture: deployment.architecture === 'arm' ? CpuArchitecture.ARM64 : CpuArchitecture.X86_64,
      operatingSystemFamily: OperatingSystemFamily.LINUX,
    },
  });
  const logGroup = new LogGroup(stack, 'Logs', {
    retention: RetentionDays.ONE_WEEK,
    encryptionKey: keys.logs,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const image = simulatorsImage(stack, deployment).containerImage;
  for (const { provider, port } of providers) {
    const linuxParameters = new LinuxParameters(stack, `Linux-${provider}`, { initProcessEnabled: true });
    linuxParameters.dropCapabilities(Capability.ALL);
    const container: ContainerDefinitionOptions = {
      image,
      command: ['--provider', provider, '--host', '0.0.0.0', '--port', String(port)],
      user: '65532:65532',
      readonlyRootFilesystem: true,
      linuxParameters,
      portMappings: [{ containerPort: port }],
      logging: LogDriver.awsLogs({ logGroup, streamPrefix: provider }),
      healthCheck: {
        command: [
          'CMD',
          '/nodejs/bin/node',
          '-e',
          `fetch('http://127.0.0.1:${port}/_simulator/script').then((answer) => process.exit(answer.ok ? 0 : 1))`,
        ],
        interval: Duration.seconds(10),
        startPeriod: Duration.seconds(10),
      },
    };
    definition.addContainer(provider, container);
  }
  NagSuppressions.addResourceSuppressions(
    definition,
    [{ id: 'AwsSolutions-IAM5', reason: "ECR's token of login is for every repository; it allows none." }],
    true,
  );
  return definition;
}
