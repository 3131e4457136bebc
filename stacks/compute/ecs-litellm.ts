import type { Deployment } from '@genai-gateway/config';
import { Duration, type Stack } from 'aws-cdk-lib';
import { type Cluster, LogDriver, Protocol } from 'aws-cdk-lib/aws-ecs';
import { grantLitellm } from '../access/service-roles.ts';
import { ports } from '../network/network.ts';
import { timeoutsOf } from '../timeouts.ts';
import type { ComputeParts } from './compute.ts';
import { type EcsService, fargateService } from './ecs-service.ts';
import { execFolders, fargateTask, modelListLabel, serviceLogs } from './ecs-task.ts';
import { litellmImage } from './images.ts';
import { litellmSettings } from './service-settings.ts';

const name = 'litellm';

/** Asks LiteLLM as a client would, without a program that its image may not have. */
const healthCheck = `import urllib.request as r; r.urlopen("http://127.0.0.1:${ports.litellm}/health/liveliness", timeout=8)`;

/**
 * LiteLLM's service, known to the gateway's tasks as `litellm` by Service Connect.
 *
 * Service Connect takes it for TCP, not HTTP: it passes on bytes, so WebSockets go through, an answer may take as long
 * as it likes (there is no time per request), a call is never sent twice, and a provider's 500s do not make a healthy
 * task an outlier. The protocol of a service cannot be changed later (API reference of ECS, PortMapping.appProtocol,
 * TimeoutConfiguration). The price: a connection, not a request, goes to the next task; the gateway has many.
 */
export function ecsLitellm(
  stack: Stack,
  deployment: Deployment,
  parts: ComputeParts & { readonly cluster: Cluster },
): EcsService {
  const { litellm } = deployment;
  const task = fargateTask(stack, 'LitellmTask', deployment, {
    vcpus: litellm.vcpus,
    memoryMib: litellm.memoryMib,
    image: litellmImage(stack, deployment),
    settings: litellmSettings(deployment, parts),
    logs: serviceLogs(stack, 'LitellmLogs', deployment, parts.foundation),
    name,
    entry: undefined,
    port: { name, containerPort: ports.litellm, protocol: Protocol.TCP },
    healthCheck: {
      command: ['CMD', 'python', '-c', healthCheck],
      interval: Duration.seconds(15),
      timeout: Duration.seconds(10),
      retries: 4,
      startPeriod: Duration.minutes(5),
    },
    writableFolders: ['/tmp', ...execFolders(deployment)],
    labels: modelListLabel(deployment),
  });
  grantLitellm(task.definition.taskRole, deployment, parts);
  return fargateService(stack, 'LitellmService', deployment, {
    cluster: parts.cluster,
    network: parts.network,
    securityGroup: parts.network.securityGroups.litellm,
    task,
    scaling: litellm.scaling,
    connect: {
      services: [
        {
          portMappingName: name,
          dnsName: name,
          port: ports.litellm,
          idleTimeout: Duration.seconds(timeoutsOf(deployment).litellmIdle),
        },
      ],
      logDriver: LogDriver.awsLogs({ logGroup: task.logs, streamPrefix: 'service-connect' }),
    },
    healthCheckGraceSeconds: undefined,
  });
}
