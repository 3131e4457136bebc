import type { Deployment } from '@genai-gateway/config';
import { Duration, type Stack } from 'aws-cdk-lib';
import { type CfnService, type Cluster, Protocol } from 'aws-cdk-lib/aws-ecs';
import { grantGateway } from '../access/service-roles.ts';
import { ports } from '../network/network.ts';
import { openStreamsPerTask } from '../operations/gateway-metrics.ts';
import { timeoutsOf } from '../timeouts.ts';
import type { ComputeParts } from './compute.ts';
import { cooldown, type EcsService, fargateService } from './ecs-service.ts';
import { execFolders, fargateTask, modelListLabel, serviceLogs } from './ecs-task.ts';
import { nodeProgram, type ServiceImage } from './images.ts';
import { gatewaySettings } from './service-settings.ts';

const name = 'gateway';

/**
 * The gateway's service. It joins the edge's target group by its ARN: CDK's own way would add rules to the security
 * groups, which are the network's.
 */
export function ecsGateway(
  stack: Stack,
  deployment: Deployment,
  parts: ComputeParts & { readonly cluster: Cluster; readonly image: ServiceImage },
): EcsService {
  const { gateway } = deployment;
  const task = fargateTask(stack, 'GatewayTask', deployment, {
    vcpus: gateway.vcpus,
    memoryMib: gateway.memoryMib,
    image: parts.image,
    settings: gatewaySettings(deployment, parts, timeoutsOf(deployment)),
    logs: serviceLogs(stack, 'GatewayLogs', deployment, parts.foundation),
    name,
    entry: [nodeProgram, 'main.mjs'],
    port: { name: 'gateway-tls', containerPort: ports.gatewayTls, protocol: Protocol.TCP },
    healthCheck: {
      command: ['CMD', nodeProgram, '/app/health.mjs'],
      interval: Duration.seconds(10),
      timeout: Duration.seconds(5),
      retries: 3,
      startPeriod: Duration.seconds(60),
    },
    writableFolders: execFolders(deployment),
    labels: modelListLabel(deployment),
  });
  grantGateway(task.definition.taskRole, deployment, parts);
  const made = fargateService(stack, 'GatewayService', deployment, {
    cluster: parts.cluster,
    network: parts.network,
    securityGroup: parts.network.securityGroups.gateway,
    task,
    scaling: gateway.scaling,
    connect: {},
    healthCheckGraceSeconds: 120,
  });
  (made.service.node.defaultChild as CfnService).loadBalancers = [
    { containerName: name, containerPort: ports.gatewayTls, targetGroupArn: parts.edge.gatewayTargets.targetGroupArn },
  ];
  made.taskCount.scaleToTrackCustomMetric('OpenStreams', {
    metric: openStreamsPerTask(deployment),
    targetValue: gateway.openStreamsTarget,
    ...cooldown,
  });
  return made;
}
