import type { Deployment } from '@genai-gateway/config';
import type { Stack } from 'aws-cdk-lib';
import { FilterPattern, LogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { Compute } from '../compute/compute.ts';
import { gatewayMetrics, type LogMetric, metricNamespace } from './gateway-metrics.ts';

/** Has CloudWatch count the gateway's log lines as they come; `gateway-metrics.ts` says which. */
export function countLogLines(stack: Stack, deployment: Deployment, { gateway }: Compute): void {
  const logGroup = LogGroup.fromLogGroupName(stack, 'GatewayLogs', gateway.logGroupName);
  const field = (name: string) => `${gateway.logFields}.${name}`;
  for (const [metricName, metric] of Object.entries<LogMetric>(gatewayMetrics)) {
    new MetricFilter(stack, `Count${metricName}`, {
      logGroup,
      metricNamespace: metricNamespace(deployment),
      metricName,
      filterPattern: FilterPattern.literal(`{ ${metric.pattern(field)} }`),
      metricValue: metric.value === undefined ? '1' : field(metric.value),
      unit: metric.unit,
      ...(metric.dimension === undefined
        ? {}
        : { dimensions: { [metric.dimension.name]: field(metric.dimension.field) } }),
    });
  }
}

/** Lines and objects of the request logs that a run of the compaction could not take. */
export const requestLogsSetAside = 'RequestLogsSetAside';

/** Has CloudWatch add up what the compaction says at the end of each run. */
export function countSetAside(stack: Stack, deployment: Deployment, logGroupName: string): void {
  const logGroup = LogGroup.fromLogGroupName(stack, 'CompactionLogs', logGroupName);
  for (const name of ['quarantined', 'tooLarge', 'vanished']) {
    new MetricFilter(stack, `Compaction-${name}`, {
      logGroup,
      metricNamespace: metricNamespace(deployment),
      metricName: requestLogsSetAside,
      filterPattern: FilterPattern.literal(`{ $.message = "request logs compacted" && $.${name} > 0 }`),
      metricValue: `$.${name}`,
    });
  }
}
