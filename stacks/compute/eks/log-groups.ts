import type { Deployment } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Foundation } from '../../foundation/foundation.ts';
import { namedLogGroup } from '../../log-groups.ts';

/** Where Container Insights writes what containers print; the name is its own. */
export function applicationLogGroupName(clusterName: string): string {
  return `/aws/containerinsights/${clusterName}/application`;
}

/** The log groups of Container Insights. Its agent would make them without an end and without our key. */
export function insightsLogGroups(stack: Stack, deployment: Deployment, foundation: Foundation, clusterName: string) {
  const make = (id: string, name: string) => namedLogGroup(stack, id, deployment, foundation, name);
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
  return namedLogGroup(stack, 'ControlPlaneLogs', deployment, foundation, `/aws/eks/${clusterName}/cluster`);
}
