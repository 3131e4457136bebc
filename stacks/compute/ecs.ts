import type { Deployment } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { Cluster, ContainerInsights, ExecuteCommandLogging } from 'aws-cdk-lib/aws-ecs';
import { NamespaceType } from 'aws-cdk-lib/aws-servicediscovery';
import { uniqueName } from '../names.ts';
import type { Compute, ComputeParts } from './compute.ts';
import { ecsGateway } from './ecs-gateway.ts';
import { ecsLitellm } from './ecs-litellm.ts';
import { serviceLogs } from './ecs-task.ts';
import { gatewayImage } from './images.ts';
import { migrateDatabase } from './migration/migration.ts';

/** Two Fargate services in one cluster: the gateway behind the load balancer, LiteLLM behind the gateway alone. */
export function buildEcs(stack: Stack, deployment: Deployment, parts: ComputeParts): Compute {
  const cluster = fargateCluster(stack, deployment, parts);
  const image = gatewayImage(stack, deployment);
  const migration = migrateDatabase(stack, deployment, { ...parts, cluster, image });
  const litellm = ecsLitellm(stack, deployment, { ...parts, cluster });
  const gateway = ecsGateway(stack, deployment, { ...parts, cluster, image });
  litellm.service.node.addDependency(migration);
  // A task knows the names that were there when its service was last deployed, so LiteLLM's comes first.
  gateway.service.node.addDependency(migration, litellm.service);
  return {
    platform: 'ecs',
    clusterName: cluster.clusterName,
    gateway: gateway.facts,
    litellm: litellm.facts,
  };
}

/** Sessions of ECS Exec go to a log of their own; production has none. */
function fargateCluster(stack: Stack, deployment: Deployment, { foundation, network }: ComputeParts): Cluster {
  const cluster = new Cluster(stack, 'Cluster', {
    vpc: network.vpc,
    containerInsightsV2: ContainerInsights.ENHANCED,
    ...(deployment.isProduction
      ? {}
      : {
          executeCommandConfiguration: {
            logging: ExecuteCommandLogging.OVERRIDE,
            logConfiguration: {
              cloudWatchLogGroup: serviceLogs(stack, 'ExecLogs', deployment, foundation),
              cloudWatchEncryptionEnabled: true,
            },
          },
        }),
  });
  // Names of HTTP namespaces are taken once per account and region.
  cluster.addDefaultCloudMapNamespace({
    name: uniqueName('genai-gateway', deployment),
    type: NamespaceType.HTTP,
    useForServiceConnect: true,
  });
  return cluster;
}
