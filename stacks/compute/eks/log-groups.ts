import type { Deployment } from '@genai-gateway/config';
import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Foundation } from '../../foundation/foundation.ts';

/** Where Container Insights writes what containers print; the name is its own. */
export function applicationLogGroupName(clusterName: string): string {
  return `/aws/containerinsights/${clusterName}/application`;
}

/** The log groups of Container Insights. Its agent would make them without an end and without our key. */
export function insightsLogGroups(stack: Stack, deployment: Deployment, foundation: Foundation, clusterName: string) {
  const make = (id: string, name: string) => logGroup(stack, deployment, foundation, { id, name });
  return {
    application: make('ApplicationLogs', applicationLogGroupName(clusterName)),
    others: ['dataplane', 'host', 'performance'].map((each) =>
      make(`InsightsLogs-${each}`, `/aws/containerinsights/${clusterName}/${each}`),
    ),
  };
}

/** The log group of a cluster's control plane. */
export function controlPlaneLogGroup(
  stack: Stack,
  deployment: Deployment,
  foundation: Foundation,
  clusterName: string,
): LogGroup {
  return logGroup(stack, deployment, foundation, { id: 'ControlPlaneLogs', name: `/aws/eks/${clusterName}/cluster` });
}

/** One that a first deployment made and that failed is taken away in production too: its name would be in the way of the next. */
function logGroup(
  stack: Stack,
  deployment: Deployment,
  { keys }: Foundation,
  { id, name }: { readonly id: string; readonly name: string },
): LogGroup {
  return new LogGroup(stack, id, {
    logGroupName: name,
    encryptionKey: keys.logs,
    retention: deployment.operations.logRetentionDays,
    removalPolicy: deployment.isProduction ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
  });
}
