import type { Deployment } from '@genai-gateway/config';
import { Duration } from 'aws-cdk-lib';
import {
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { maxInFlight } from '../compute/service-settings.ts';
import {
  databaseMetric,
  deadLetters,
  highestOfCache,
  loadBalancerMetric,
  runningTasks,
  serverErrorPercent,
  sumOfFunctions,
  targetsMetric,
} from './aws-metrics.ts';
import { type GatewayMetricName, gatewayMetric, metricNamespace } from './gateway-metrics.ts';
import { requestLogsSetAside } from './log-metrics.ts';
import type { OperationsParts } from './operations-parts.ts';

export interface AlarmPlan {
  readonly metric: IMetric;
  readonly threshold: number;
  /** Undefined: at the threshold or above it. */
  readonly when?: ComparisonOperator;
  /** How many periods of the metric in a row. */
  readonly periods: number;
  /** Undefined: what is not measured is well. */
  readonly missing?: TreatMissingData;
  /** What has happened, and what to do. */
  readonly description: string;
}

/** Everything that somebody should be woken for, or look at in the morning, by name. */
export function alarmPlans(deployment: Deployment, parts: OperationsParts): Readonly<Record<string, AlarmPlan>> {
  return {
    ...callAlarms(deployment, parts),
    ...gatewayAlarms(deployment, parts),
    ...litellmAlarms(deployment, parts),
    ...storeAlarms(deployment, parts),
    ...functionAlarms(deployment, parts),
  };
}

function callAlarms(deployment: Deployment, { edge }: OperationsParts): Record<string, AlarmPlan> {
  return {
    ServerErrors: {
      metric: serverErrorPercent(edge),
      threshold: 1,
      periods: 2,
      description:
        'More than 1 % of the requests got a 5xx. The dashboard tells whether the load balancer, the gateway or a provider is behind it; the lines "call" in the log of the gateway name errorCode and error.',
    },
    GatewayErrors: {
      metric: percentOfCalls(deployment, 'GatewayErrors'),
      threshold: 1,
      periods: 2,
      description:
        'More than 1 % of the calls failed because of the gateway. Look for outcome "gateway-error" in its log: errorCode says which part (accounts, identity, history, prompts, credentials), and "When a part dies" in docs/operations.md what to do.',
    },
    UpstreamErrors: {
      metric: percentOfCalls(deployment, 'UpstreamErrors'),
      threshold: 10,
      periods: 3,
      description:
        'More than 10 % of the calls failed at a provider. Look at throttles by model on the dashboard: ask for a higher quota, name a further region or an inference profile in the model list, or wait for the provider.',
    },
    BedrockAccessDenied: {
      metric: gatewayMetric(deployment, 'BedrockAccessDenied'),
      threshold: 1,
      periods: 1,
      description:
        'Bedrock refused the role of the gateway. Switch on access to the model in the console of Bedrock, or add the model to the list (the role names the models of the list) and deploy. `npm run doctor` tells which.',
    },
    SlowFirstToken: {
      metric: gatewayMetric(deployment, 'TimeToFirstByte', { statistic: Stats.percentile(99) }),
      threshold: 30_000,
      when: ComparisonOperator.GREATER_THAN_THRESHOLD,
      periods: 3,
      description:
        'Of the streams 1 % waited more than 30 s for their first byte. Compare upstreamHeadMs with ttfbMs in the lines "call": if they are the same the model is slow, else the gateway is; then look at its processor and event loop.',
    },
  };
}

function gatewayAlarms(deployment: Deployment, { edge, compute }: OperationsParts): Record<string, AlarmPlan> {
  const { scaling } = deployment.gateway;
  return {
    UnhealthyTargets: {
      metric: targetsMetric(edge, { name: 'UnHealthyHostCount', statistic: Stats.MAXIMUM, minutes: 1 }),
      threshold: 1,
      periods: 5,
      description:
        'A replica of the gateway is not ready for five minutes. Its log says what it waits for ("not there yet, trying on"): "The start" in docs/operations.md.',
    },
    TooFewTargets: {
      metric: targetsMetric(edge, { name: 'HealthyHostCount', statistic: Stats.MINIMUM, minutes: 1 }),
      threshold: scaling.min,
      when: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: 5,
      missing: TreatMissingData.BREACHING,
      description:
        'Fewer replicas of the gateway take calls than the minimum. Look at the events of the service: no capacity, no image, no secret, or a replica that does not become ready.',
    },
    Rejected: {
      metric: loadBalancerMetric(edge, { name: 'RejectedConnectionCount', statistic: Stats.SUM }),
      threshold: 1,
      periods: 1,
      description:
        'The load balancer turned connections away. It grows by itself within minutes; if it goes on, ask AWS to prepare it.',
    },
    Overloaded: {
      metric: gatewayMetric(deployment, 'Overloaded'),
      threshold: 1,
      periods: 2,
      description:
        'The gateway turned calls away with 503 because it has as many as it may have. Raise MAX_CAPACITY, or the memory of a task.',
    },
    Saturated: {
      metric: gatewayMetric(deployment, 'InFlight', { statistic: Stats.AVERAGE }),
      threshold: Math.floor(0.8 * maxInFlight(deployment)),
      periods: 2,
      description:
        'The replicas have 80 % of the requests that they may have at one time, and soon turn calls away. Raise MAX_CAPACITY, or look for who sends so many.',
    },
    EventLoopBlocked: {
      metric: gatewayMetric(deployment, 'EventLoopDelay', { statistic: Stats.percentile(50) }),
      threshold: 250,
      periods: 2,
      description:
        'Everything in the gateway waits for more than 250 ms: a replica has too little processor for its calls. Raise MAX_CAPACITY, or lower the targets of autoscaling.',
    },
    Silent: {
      metric: gatewayMetric(deployment, 'OpenStreams', { statistic: Stats.SAMPLE_COUNT }),
      threshold: 1,
      when: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: 3,
      missing: TreatMissingData.BREACHING,
      description:
        'The gateway logs nothing, so that the other alarms and autoscaling by streams are blind. Is it running, is LOG_LEVEL info, can it reach CloudWatch Logs?',
    },
    ...(compute.platform === 'ecs' && scaling.max > scaling.min
      ? {
          ScaledToTheLimit: {
            metric: runningTasks(compute, compute.gateway),
            threshold: scaling.max,
            periods: 30,
            description: 'The gateway runs as many tasks as it may, for half an hour. Raise MAX_CAPACITY.',
          },
        }
      : {}),
    NotBooked: {
      metric: gatewayMetric(deployment, 'NotBooked'),
      threshold: 1,
      periods: 1,
      description:
        'Usage is not in the books of LiteLLM. "Usage cannot be booked" mends itself when Postgres is back; "could not be booked, and has to be by hand" holds the whole row: "Into the books" in docs/operations.md.',
    },
    BookingsWaiting: {
      metric: gatewayMetric(deployment, 'BookingsWaiting', { statistic: Stats.MAXIMUM }),
      threshold: 10_000,
      periods: 2,
      description:
        'More than 10 000 calls wait in a replica to be booked. Postgres is slow or gone; at 300 000 the gateway lets no new call in.',
    },
    RequestLogsDropped: {
      metric: gatewayMetric(deployment, 'RequestLogsDropped', { statistic: Stats.MAXIMUM }),
      threshold: 1,
      periods: 1,
      description:
        'Calls of a replica are missing in the request log for good; they are in the books. Its log says how many and why ("are not in the request log"): mostly the bucket did not answer for longer than lines can wait. It counts from the start of a replica, so the alarm ends when that one is replaced.',
    },
  };
}

function litellmAlarms(deployment: Deployment, { compute }: OperationsParts): Record<string, AlarmPlan> {
  return {
    LitellmUnavailable: {
      metric: gatewayMetric(deployment, 'LitellmUnavailable'),
      threshold: 5,
      periods: 1,
      description:
        'LiteLLM did not answer, so its models, its Admin UI and new logins do not work; models of Bedrock do. Look into its log and the events of its service.',
    },
    ...(compute.platform === 'ecs'
      ? {
          LitellmDown: {
            metric: runningTasks(compute, compute.litellm),
            threshold: 1,
            when: ComparisonOperator.LESS_THAN_THRESHOLD,
            periods: 3,
            description:
              'No task of LiteLLM runs. Look at the events of its service: no capacity, no image, no secret, or no memory.',
          },
        }
      : {}),
  };
}

function storeAlarms(deployment: Deployment, { data }: OperationsParts): Record<string, AlarmPlan> {
  const { database } = deployment;
  const gibibyte = 2 ** 30;
  return {
    DatabaseConnections: {
      metric: databaseMetric(data, { name: 'DatabaseConnections', statistic: Stats.MAXIMUM }),
      threshold: Math.floor(0.8 * data.database.maxConnections),
      periods: 2,
      description:
        'Postgres has 80 % of the connections that it takes. Tasks times pools is kept below that, so look for who else connects (pg_stat_activity); else a larger RDS_INSTANCE_CLASS.',
    },
    DatabaseStorage: {
      metric: databaseMetric(data, { name: 'FreeStorageSpace', statistic: Stats.MINIMUM }),
      threshold: 0.15 * database.allocatedStorageGb * gibibyte,
      when: ComparisonOperator.LESS_THAN_THRESHOLD,
      periods: 1,
      description:
        'Less than 15 % of the storage of Postgres is free. Raise RDS_ALLOCATED_STORAGE_GB, and have LiteLLM clean its spend log (maximum_spend_logs_retention_period).',
    },
    DatabaseCpu: {
      metric: databaseMetric(data, { name: 'CPUUtilization', statistic: Stats.AVERAGE }),
      threshold: 80,
      periods: 3,
      description:
        'The processor of Postgres is busy at 80 % for a quarter of an hour. Performance Insights tells with what; a larger RDS_INSTANCE_CLASS.',
    },
    CacheMemory: {
      metric: highestOfCache(data, deployment, { name: 'DatabaseMemoryUsagePercentage', statistic: Stats.MAXIMUM }),
      threshold: 75,
      periods: 2,
      description:
        'The cache is 75 % full, and takes no more writes when it is full: limits and budgets would be counted by each replica alone. A larger REDIS_NODE_TYPE.',
    },
    CacheEvictions: {
      metric: highestOfCache(data, deployment, { name: 'Evictions', statistic: Stats.SUM }),
      threshold: 1,
      periods: 1,
      description:
        'The cache dropped entries, which it must never do: counters of limits and calls that wait to be booked are in it. Is maxmemory-policy noeviction still set? A larger REDIS_NODE_TYPE.',
    },
    CacheCpu: {
      metric: highestOfCache(data, deployment, { name: 'EngineCPUUtilization', statistic: Stats.AVERAGE }),
      threshold: 80,
      periods: 3,
      description:
        'The engine of the cache is busy at 80 %, and calls wait for their limits. A larger REDIS_NODE_TYPE.',
    },
  };
}

function functionAlarms(deployment: Deployment, { functions }: OperationsParts): Record<string, AlarmPlan> {
  return {
    FunctionErrors: {
      metric: sumOfFunctions(functions, 'Errors'),
      threshold: 1,
      periods: 1,
      description:
        'A function failed: prompts, sessions, compaction or rotation. The dashboard tells which; its log names the error. Calls of people got a 502; other events are tried twice more.',
    },
    FunctionThrottles: {
      metric: sumOfFunctions(functions, 'Throttles'),
      threshold: 1,
      periods: 2,
      description:
        'A function was called more often than it may run at one time, so that callers of /v1/prompts or /v1/sessions got a 502. Somebody asks very often, or the quota of concurrent executions of the account is too low (docs/deploy/functions.md).',
    },
    DeadLetters: {
      metric: deadLetters(functions),
      threshold: 1,
      periods: 1,
      description:
        'An event that a function could not do is in its queue of dead letters, and stays for 14 days: an export, a deletion, a sweep, a compaction or a rotation. docs/deploy/functions.md says how to do it again.',
    },
    RequestLogsSetAside: {
      metric: new Metric({
        namespace: metricNamespace(deployment),
        metricName: requestLogsSetAside,
        statistic: Stats.SUM,
        period: Duration.minutes(5),
      }),
      threshold: 1,
      periods: 1,
      description:
        'Request logs could not be compacted: broken lines are in quarantine/ of the archive, objects that are too large stay where they are. The log of log-compaction names them, with the reason.',
    },
  };
}

/** In percent of the calls; 0 where there are few. */
function percentOfCalls(deployment: Deployment, name: GatewayMetricName): MathExpression {
  const some = gatewayMetric(deployment, name);
  return new MathExpression({
    label: `${name} %`,
    period: some.period,
    expression: 'IF(FILL(calls, 0) >= 50, 100 * FILL(some, 0) / FILL(calls, 1), 0)',
    usingMetrics: { some, calls: gatewayMetric(deployment, 'Calls') },
  });
}
