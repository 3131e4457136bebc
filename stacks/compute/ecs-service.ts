import type { Deployment, Scaling } from '@genai-gateway/config';
import { Duration, type Stack } from 'aws-cdk-lib';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  AvailabilityZoneRebalancing,
  type Cluster,
  FargatePlatformVersion,
  FargateService,
  type FargateServiceProps,
  PropagatedTagSource,
  type ScalableTaskCount,
} from 'aws-cdk-lib/aws-ecs';
import { NagSuppressions } from 'cdk-nag';
import type { Network } from '../network/network.ts';
import type { ServiceFacts } from './compute.ts';
import type { Task } from './ecs-task.ts';

export interface EcsService {
  readonly service: FargateService;
  readonly taskCount: ScalableTaskCount;
  readonly facts: ServiceFacts;
}

export interface ServicePlan {
  readonly cluster: Cluster;
  readonly network: Network;
  readonly securityGroup: ISecurityGroup;
  readonly task: Task;
  readonly scaling: Scaling;
  readonly connect: FargateServiceProps['serviceConnectConfiguration'];
  readonly healthCheckGraceSeconds: number | undefined;
}

/**
 * A service that never has fewer tasks than wanted while it rolls, and goes back by itself to the last deployment that
 * worked. Its count of tasks is autoscaling's: it stands in the template only where the deployer wants more than the
 * minimum, because each deployment that changes the service sets it anew.
 */
export function fargateService(stack: Stack, id: string, deployment: Deployment, plan: ServicePlan): EcsService {
  const { scaling } = plan;
  const service = new FargateService(stack, id, {
    cluster: plan.cluster,
    taskDefinition: plan.task.definition,
    platformVersion: FargatePlatformVersion.LATEST,
    ...(scaling.desired > scaling.min ? { desiredCount: scaling.desired } : {}),
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { enable: true, rollback: true },
    availabilityZoneRebalancing: AvailabilityZoneRebalancing.ENABLED,
    vpcSubnets: { subnets: [...plan.network.subnets.private] },
    securityGroups: [plan.securityGroup],
    assignPublicIp: false,
    enableExecuteCommand: !deployment.isProduction,
    propagateTags: PropagatedTagSource.SERVICE,
    enableECSManagedTags: true,
    serviceConnectConfiguration: plan.connect,
    ...(plan.healthCheckGraceSeconds === undefined
      ? {}
      : { healthCheckGracePeriod: Duration.seconds(plan.healthCheckGraceSeconds) }),
  });
  // Its roles' policies too, or the first tasks could not read their secrets.
  service.node.addDependency(plan.task.definition);
  if (!deployment.isProduction) suppressExecFindings(plan.task);
  return {
    service,
    taskCount: autoscale(service, scaling),
    facts: { name: service.serviceName, logGroupName: plan.task.logs.logGroupName, logFields: '$' },
  };
}

function suppressExecFindings({ definition }: Task): void {
  NagSuppressions.addResourceSuppressions(
    definition.taskRole,
    [
      {
        id: 'AwsSolutions-IAM5',
        appliesTo: ['Resource::*', { regex: '/^Resource::arn:.*:log-group:<ExecLogs.*>:\\*$/' }],
        reason:
          'ECS Exec, outside of production: ssmmessages and logs:DescribeLogGroups name no resource, and streams of ' +
          'its log group have no name before a session begins.',
      },
    ],
    true,
  );
}

/** Out within a minute, in after a quarter of an hour: a task that goes takes its long streams along. */
export const cooldown = { scaleOutCooldown: Duration.minutes(1), scaleInCooldown: Duration.minutes(15) };

/** Follows processor and memory. The count of tasks goes down only when every policy of a service agrees. */
function autoscale(service: FargateService, scaling: Scaling): ScalableTaskCount {
  const count = service.autoScaleTaskCount({ minCapacity: scaling.min, maxCapacity: scaling.max });
  count.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: scaling.cpuTargetPercent, ...cooldown });
  count.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: scaling.memoryTargetPercent, ...cooldown });
  return count;
}
