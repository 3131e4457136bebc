import type { Deployment } from '@genai-gateway/config';
import { CfnOutput, type Stack } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  PeriodOverride,
  SingleValueWidget,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { uniqueName } from '../names.ts';
import {
  bedrockByModel,
  cacheMetrics,
  cloudFrontMetric,
  databaseMetric,
  deadLetters,
  functionMetric,
  loadBalancerMetric,
  runningTasks,
  serviceUse,
  sumOfFunctions,
  targetsMetric,
  webAclMetric,
} from './aws-metrics.ts';
import { type GatewayMetricName, gatewayMetric, metricNamespace } from './gateway-metrics.ts';
import type { OperationsParts } from './operations-parts.ts';

/** One page that tells how the gateway is: what callers see, what it costs, who is throttled, and every part. */
export function dashboard(stack: Stack, deployment: Deployment, parts: OperationsParts): Dashboard {
  const made = new Dashboard(stack, 'Dashboard', {
    dashboardName: uniqueName('genai-gateway', deployment),
    periodOverride: PeriodOverride.INHERIT,
    widgets: [
      [heading('Calls')],
      calls(deployment),
      latencyAndLoad(deployment),
      [heading('Tokens, money, models')],
      usage(deployment),
      models(deployment),
      [heading('The way in')],
      entrance(deployment, parts),
      [heading('Services and stores')],
      services(parts),
      stores(deployment, parts),
      [heading('Functions')],
      lambdaFunctions(parts),
    ],
  });
  new CfnOutput(stack, 'DashboardUrl', {
    value: `https://${stack.region}.console.aws.amazon.com/cloudwatch/home?region=${stack.region}#dashboards/dashboard/${made.dashboardName}`,
  });
  return made;
}

function calls(deployment: Deployment): IWidget[] {
  const sum = (name: GatewayMetricName) => gatewayMetric(deployment, name, { label: name });
  return [
    graph('Calls', [sum('Calls')]),
    graph('Calls that did not end well', [
      sum('CallerErrors'),
      sum('UpstreamErrors'),
      sum('GatewayErrors'),
      sum('ClientsGone'),
    ]),
    graph('Refused', [sum('RateLimited'), sum('BudgetExceeded'), sum('Overloaded'), sum('LitellmUnavailable')]),
  ];
}

function latencyAndLoad(deployment: Deployment): IWidget[] {
  const ttft = (percentile: number) =>
    gatewayMetric(deployment, 'TimeToFirstByte', {
      statistic: Stats.percentile(percentile),
      label: `p${percentile}`,
    });
  const load = (name: GatewayMetricName, statistic: string, label: string) =>
    gatewayMetric(deployment, name, { statistic, minutes: 1, label });
  return [
    graph('Time to the first byte of a stream, ms', [ttft(50), ttft(90), ttft(99)]),
    graph('Open streams and requests per replica', [
      load('OpenStreams', Stats.AVERAGE, 'streams, average'),
      load('OpenStreams', Stats.MAXIMUM, 'streams, most'),
      load('InFlight', Stats.MAXIMUM, 'requests, most'),
    ]),
    graph(
      'Event loop, ms, and calls that wait to be booked',
      [load('EventLoopDelay', Stats.MAXIMUM, 'longest wait')],
      [load('BookingsWaiting', Stats.MAXIMUM, 'not booked')],
    ),
  ];
}

function usage(deployment: Deployment): IWidget[] {
  const sum = (name: GatewayMetricName, label: string) => gatewayMetric(deployment, name, { label });
  const spend = new MathExpression({
    expression: 'nano / 1000000000',
    label: 'US dollars',
    usingMetrics: { nano: gatewayMetric(deployment, 'SpendNanoUsd') },
  });
  return [
    graph('Tokens', [sum('InputTokens', 'in'), sum('OutputTokens', 'out')]),
    graph('Tokens of the prompt cache', [sum('CacheReadTokens', 'read'), sum('CacheWriteTokens', 'written')]),
    new GraphWidget({ title: 'Spend, US dollars', left: [spend], width: 5, height: 6 }),
    new SingleValueWidget({
      title: 'Spend in the time shown',
      metrics: [spend],
      width: 3,
      height: 6,
      setPeriodToTimeRange: true,
    }),
  ];
}

function models(deployment: Deployment): IWidget[] {
  const throttled = new MathExpression({
    label: '',
    expression: `SEARCH('{"${metricNamespace(deployment)}",ModelId} MetricName="ThrottledByModel"', 'Sum', 300)`,
    usingMetrics: {},
  });
  return [
    graph('Throttled by the provider, by model', [throttled, gatewayMetric(deployment, 'Throttled', { label: 'all' })]),
    graph('Invocations by model (Bedrock)', [bedrockByModel('Invocations', 'Sum')]),
    graph('Latency by model, ms (Bedrock)', [bedrockByModel('InvocationLatency', 'p90')]),
    graph('Throttles by model (Bedrock)', [bedrockByModel('InvocationThrottles', 'Sum')]),
    graph('Tokens in by model (Bedrock)', [bedrockByModel('InputTokenCount', 'Sum')]),
    graph('Tokens out by model (Bedrock)', [bedrockByModel('OutputTokenCount', 'Sum')]),
  ];
}

function entrance(deployment: Deployment, { edge }: OperationsParts): IWidget[] {
  const sum = (name: string, label: string) => loadBalancerMetric(edge, { name, statistic: Stats.SUM, label });
  const { distributionId } = edge;
  return [
    graph(
      'Load balancer',
      [sum('RequestCount', 'requests')],
      [sum('HTTPCode_ELB_5XX_Count', '5xx of its own'), sum('HTTPCode_Target_5XX_Count', '5xx of the gateway')],
    ),
    graph(
      'Replicas of the gateway',
      [
        targetsMetric(edge, { name: 'HealthyHostCount', statistic: Stats.MINIMUM, label: 'healthy' }),
        targetsMetric(edge, { name: 'UnHealthyHostCount', statistic: Stats.MAXIMUM, label: 'not healthy' }),
      ],
      [
        targetsMetric(edge, {
          name: 'TargetResponseTime',
          statistic: Stats.percentile(99),
          label: 'p99 to headers, s',
        }),
      ],
    ),
    graph('Firewall', [
      webAclMetric(edge, deployment, { name: 'BlockedRequests', statistic: Stats.SUM, label: 'blocked' }),
      webAclMetric(edge, deployment, { name: 'CountedRequests', statistic: Stats.SUM, label: 'counted' }),
    ]),
    ...(distributionId === undefined
      ? []
      : [
          graph(
            'CloudFront',
            [cloudFrontMetric(distributionId, { name: 'Requests', statistic: Stats.SUM, label: 'requests' })],
            [cloudFrontMetric(distributionId, { name: '5xxErrorRate', statistic: Stats.AVERAGE, label: '5xx, %' })],
          ),
        ]),
  ];
}

function services({ compute }: OperationsParts): IWidget[] {
  const { gateway, litellm } = compute;
  return [
    graph('Processor, %', [
      serviceUse(compute, gateway, 'cpu', 'gateway'),
      serviceUse(compute, litellm, 'cpu', 'LiteLLM'),
    ]),
    graph('Memory, %', [
      serviceUse(compute, gateway, 'memory', 'gateway'),
      serviceUse(compute, litellm, 'memory', 'LiteLLM'),
    ]),
    ...(compute.platform === 'ecs'
      ? [graph('Tasks', [runningTasks(compute, gateway, 'gateway'), runningTasks(compute, litellm, 'LiteLLM')])]
      : []),
  ];
}

function lambdaFunctions({ functions }: OperationsParts): IWidget[] {
  const each = (name: string, statistic: string) =>
    Object.entries(functions).map(([label, facts]) => functionMetric(facts, { name, statistic, label }));
  return [
    graph('Calls', each('Invocations', Stats.SUM)),
    graph('Errors', each('Errors', Stats.SUM), [sumOfFunctions(functions, 'Throttles'), deadLetters(functions)]),
    graph('Duration, ms, p99', each('Duration', Stats.percentile(99))),
  ];
}

function stores(deployment: Deployment, { data }: OperationsParts): IWidget[] {
  const database = (name: string, statistic: string) => databaseMetric(data, { name, statistic });
  const cache = (name: string, statistic: string) => cacheMetrics(data, deployment, { name, statistic });
  return [
    graph('Postgres', [database('CPUUtilization', Stats.AVERAGE)], [database('DatabaseConnections', Stats.MAXIMUM)]),
    graph('Free storage of Postgres, bytes', [database('FreeStorageSpace', Stats.MINIMUM)]),
    graph(
      'Cache, % of processor and memory',
      [...cache('EngineCPUUtilization', Stats.AVERAGE), ...cache('DatabaseMemoryUsagePercentage', Stats.MAXIMUM)],
      cache('Evictions', Stats.SUM),
    ),
  ];
}

function graph(title: string, left: IMetric[], right: IMetric[] = []): GraphWidget {
  return new GraphWidget({ title, left, right, width: 8, height: 6 });
}

function heading(text: string): TextWidget {
  return new TextWidget({ markdown: `## ${text}`, width: 24, height: 1 });
}
