import type { Deployment } from '@genai-gateway/config';
import { Duration } from 'aws-cdk-lib';
import { Metric, Stats, Unit } from 'aws-cdk-lib/aws-cloudwatch';

/** The namespace of everything that is counted from the gateway's log; a stage per region has its own. */
export function metricNamespace({ stage }: Pick<Deployment, 'stage'>): string {
  return `GenAiGateway/${stage}`;
}

/** A number that CloudWatch takes out of the gateway's log lines. */
export interface LogMetric {
  /** What the line must be: `field` stands for the place of a field, such as `$.msg`. */
  readonly pattern: (field: (name: string) => string) => string;
  /** A field of the line; undefined: the line itself counts, as 1. */
  readonly value: string | undefined;
  readonly unit: Unit;
  /** The field that tells the metrics of one name apart; undefined: there is one. */
  readonly dimension: { readonly name: string; readonly field: string } | undefined;
}

const aCall = (field: (name: string) => string) => `${field('msg')} = "call"`;
const aLoad = (field: (name: string) => string) => `${field('msg')} = "load"`;

const calls = (condition?: (field: (name: string) => string) => string): LogMetric => ({
  pattern: (field) => [aCall(field), ...(condition === undefined ? [] : [condition(field)])].join(' && '),
  value: undefined,
  unit: Unit.COUNT,
  dimension: undefined,
});
const sumOfCalls = (value: string, unit = Unit.COUNT): LogMetric => ({
  pattern: (field) => `${aCall(field)} && ${field(value)} > 0`,
  value,
  unit,
  dimension: undefined,
});
const load = (value: string, unit = Unit.COUNT): LogMetric => ({
  pattern: (field) => `${aLoad(field)} && ${field(value)} >= 0`,
  value,
  unit,
  dimension: undefined,
});
const message = (...beginnings: readonly string[]): LogMetric => ({
  pattern: (field) => beginnings.map((each) => `${field('msg')} = "${each}*"`).join(' || '),
  value: undefined,
  unit: Unit.COUNT,
  dimension: undefined,
});

/**
 * Every metric of the gateway, out of the lines `call` (one per call) and `load` (every 15 s, of each replica). One
 * metric each, because CloudWatch is paid by the metric; by model there is only who was throttled, which exists while
 * it happens. What models are called with how many tokens Bedrock counts itself, at no charge. No dimension is a text
 * that a caller chooses: `modelId` is what the call was resolved to.
 */
export const gatewayMetrics = {
  Calls: calls(),
  CallerErrors: calls((field) => `${field('outcome')} = "caller-error"`),
  UpstreamErrors: calls((field) => `${field('outcome')} = "upstream-error"`),
  GatewayErrors: calls((field) => `${field('outcome')} = "gateway-error"`),
  ClientsGone: calls((field) => `${field('outcome')} = "client-gone"`),
  RateLimited: calls((field) => `${field('errorCode')} = "rate-limited"`),
  BudgetExceeded: calls((field) => `${field('errorCode')} = "budget-exceeded"`),
  Overloaded: calls((field) => `${field('errorCode')} = "overloaded"`),
  BedrockAccessDenied: calls((field) => `${field('errorCode')} = "upstream-access-denied"`),
  LitellmUnavailable: calls((field) => `${field('errorCode')} = "litellm-unavailable"`),
  Throttled: calls((field) => `${field('errorCode')} = "upstream-throttled"`),
  ThrottledByModel: {
    ...calls((field) => `${field('errorCode')} = "upstream-throttled" && ${field('modelId')} = "*"`),
    dimension: { name: 'ModelId', field: 'modelId' },
  },
  TurnsNotSaved: calls((field) => `${field('isTurnSaved')} IS FALSE`),
  TimeToFirstByte: {
    pattern: (field) =>
      `${aCall(field)} && ${field('stream')} IS TRUE && ${field('outcome')} = "ok" && ${field('ttfbMs')} >= 0`,
    value: 'ttfbMs',
    unit: Unit.MILLISECONDS,
    dimension: undefined,
  },
  InputTokens: sumOfCalls('inputTokens'),
  OutputTokens: sumOfCalls('outputTokens'),
  CacheReadTokens: sumOfCalls('cacheReadTokens'),
  CacheWriteTokens: sumOfCalls('cacheWriteTokens'),
  SpendNanoUsd: sumOfCalls('costNanoUsd', Unit.NONE),
  OpenStreams: load('openStreams'),
  InFlight: load('inFlight'),
  EventLoopDelay: load('eventLoopDelayMs', Unit.MILLISECONDS),
  BookingsWaiting: load('bookingsWaiting'),
  /** Of each replica since its start, so the highest tells; there is none where nothing was dropped. */
  RequestLogsDropped: {
    pattern: (field) => `${aLoad(field)} && ${field('requestLogsDropped')} > 0`,
    value: 'requestLogsDropped',
    unit: Unit.COUNT,
    dimension: undefined,
  },
  /** Lines that say that usage is not in the books; docs/operations.md tells what each means. */
  NotBooked: message('Usage cannot be booked', 'A call could not be booked', 'not all calls could be booked'),
} as const satisfies Record<string, LogMetric>;

export type GatewayMetricName = keyof typeof gatewayMetrics;

/** A metric of the gateway over five minutes, or as told. */
export function gatewayMetric(
  deployment: Pick<Deployment, 'stage'>,
  name: GatewayMetricName,
  { statistic = Stats.SUM, minutes = 5, label }: { statistic?: string; minutes?: number; label?: string } = {},
): Metric {
  return new Metric({
    namespace: metricNamespace(deployment),
    metricName: name,
    statistic,
    period: Duration.minutes(minutes),
    ...(label === undefined ? {} : { label }),
  });
}

/** What autoscaling goes by: every replica tells its own number, so that their average is that of a task. */
export function openStreamsPerTask(deployment: Pick<Deployment, 'stage'>): Metric {
  return gatewayMetric(deployment, 'OpenStreams', { statistic: Stats.AVERAGE, minutes: 1 });
}
