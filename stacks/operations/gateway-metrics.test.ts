import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, type Logger, type WriteLine } from '@genai-gateway/telemetry';
import { expect, it } from 'vitest';
import { logCall } from '../../containers/gateway/src/call-log.ts';
import { logLoad } from '../../containers/gateway/src/load-log.ts';
import { type GatewayMetricName, gatewayMetrics, type LogMetric } from './gateway-metrics.ts';

type Line = Readonly<Record<string, unknown>>;
type Record_ = Parameters<typeof logCall>[1]['record'];

/** What the gateway's own code writes for one call, or whatever else is logged. */
async function linesOf(write: (logger: Logger, writeLine: WriteLine) => void | Promise<void>): Promise<Line[]> {
  const file = join(mkdtempSync(join(tmpdir(), 'log-')), 'log');
  const descriptor = openSync(file, 'w');
  const { logger, writeLine, close } = createLogger('info', descriptor);
  await write(logger, writeLine);
  await close();
  closeSync(descriptor);
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text) as Line);
}

function call(record: Partial<Record_>, outcome: Parameters<typeof logCall>[1]['outcome'] = 'ok'): Promise<Line[]> {
  const whole = { requestId: 'r', dialect: 'openai', operation: 'chat', startedAtMs: 1000, ...record } as Record_;
  return linesOf((_, writeLine) => logCall(writeLine, { record: whole, outcome, status: 200, bytesSent: 1 }, 5000));
}

/** The conditions that are used here, of CloudWatch's filter syntax: `a && b`, `a || b`, never both at once. */
function matches(metric: LogMetric, line: Line): boolean {
  const text = metric.pattern((name) => `$.${name}`);
  const holds = (condition: string) => {
    const [, name = '', operator, operand = ''] = /^\$\.(\w+) (=|>=|>|IS) (.+)$/.exec(condition) ?? [];
    const value = line[name];
    if (operator === 'IS') return value === (operand === 'TRUE');
    if (operator === '>') return typeof value === 'number' && value > Number(operand);
    if (operator === '>=') return typeof value === 'number' && value >= Number(operand);
    const wanted = operand.slice(1, -1);
    if (typeof value !== 'string') return false;
    return wanted.endsWith('*') ? value.startsWith(wanted.slice(0, -1)) : value === wanted;
  };
  return text.includes(' || ') ? text.split(' || ').some(holds) : text.split(' && ').every(holds);
}

/** By metric, what a line adds to it. */
function counted(lines: readonly Line[]): Partial<Record<GatewayMetricName, number>> {
  const sums: Partial<Record<GatewayMetricName, number>> = {};
  for (const [name, metric] of Object.entries<LogMetric>(gatewayMetrics)) {
    for (const line of lines.filter((each) => matches(metric, each))) {
      sums[name as GatewayMetricName] = metric.value === undefined ? 1 : Number(line[metric.value]);
    }
  }
  return sums;
}

it('a stream that ended well', async () => {
  const usage = { inputTokens: 10, outputTokens: 20, cacheReadTokens: 5, cacheWriteTokens: 6 };
  const lines = await call({ stream: true, usage, costNanoUsd: 1_500_000n as never, firstByteAtMs: 1250 });
  expect(counted(lines)).toEqual({
    Calls: 1,
    TimeToFirstByte: 250,
    InputTokens: 10,
    OutputTokens: 20,
    CacheReadTokens: 5,
    CacheWriteTokens: 6,
    SpendNanoUsd: 1_500_000,
  });
});

it('a call in one piece has no time to first byte', async () => {
  expect(counted(await call({ stream: false, firstByteAtMs: 1250 }))).toEqual({ Calls: 1 });
});

it.each([
  ['caller-error', 'rate-limited', { CallerErrors: 1, RateLimited: 1 }],
  ['caller-error', 'budget-exceeded', { CallerErrors: 1, BudgetExceeded: 1 }],
  ['gateway-error', 'overloaded', { GatewayErrors: 1, Overloaded: 1 }],
  ['gateway-error', 'internal', { GatewayErrors: 1 }],
  ['upstream-error', 'upstream-access-denied', { UpstreamErrors: 1, BedrockAccessDenied: 1 }],
  ['upstream-error', 'litellm-unavailable', { UpstreamErrors: 1, LitellmUnavailable: 1 }],
  ['client-gone', 'client-gone', { ClientsGone: 1 }],
] as const)('%s, %s', async (outcome, errorCode, expected) => {
  expect(counted(await call({ errorCode }, outcome))).toEqual({ Calls: 1, ...expected });
});

it('a throttled call names its model', async () => {
  const deployment = { modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0', region: 'eu-west-1' } as never;
  const lines = await call({ errorCode: 'upstream-throttled', deployment }, 'upstream-error');
  expect(counted(lines)).toEqual({ Calls: 1, UpstreamErrors: 1, Throttled: 1, ThrottledByModel: 1 });
  expect(lines[0]?.['modelId']).toBe('anthropic.claude-sonnet-4-5-20250929-v1:0');
});

it('a turn that was not saved', async () => {
  expect(counted(await call({ isTurnSaved: false }))).toEqual({ Calls: 1, TurnsNotSaved: 1 });
});

it('the load of a replica', async () => {
  const lines = await linesOf(async (logger) => {
    const end = logLoad(logger, 5, () => ({ inFlight: 3, openStreams: 2, bookingsWaiting: 0 }));
    await new Promise((settle) => setTimeout(settle, 40));
    end();
  });
  expect(counted(lines.slice(0, 1))).toEqual({
    InFlight: 3,
    OpenStreams: 2,
    BookingsWaiting: 0,
    EventLoopDelay: expect.any(Number),
  });
});

it.each([
  [0, {}],
  [3, { RequestLogsDropped: 3 }],
])('the request log of a replica has dropped %i calls', async (requestLogsDropped, expected) => {
  const lines = await linesOf(async (logger) => {
    const requestLog = { requestLogsWaiting: 7, requestLogsDropped };
    const end = logLoad(logger, 5, () => ({ inFlight: 0, openStreams: 0, bookingsWaiting: 0, ...requestLog }));
    await new Promise((settle) => setTimeout(settle, 40));
    end();
  });
  const { InFlight, OpenStreams, BookingsWaiting, EventLoopDelay, ...others } = counted(lines.slice(0, 1));
  expect([InFlight, OpenStreams, BookingsWaiting]).toEqual([0, 0, 0]);
  expect(others).toEqual(expected);
});

it.each([
  'Usage cannot be booked: connect ECONNREFUSED 10.0.0.8:5432. It waits, and calls go on.',
  'A call could not be booked, and has to be by hand: duplicate key. {"requestId":"r"}',
  'not all calls could be booked before the end',
])('%s', async (text) => {
  expect(counted(await linesOf((logger) => logger.error(text)))).toEqual({ NotBooked: 1 });
});

it('the lines that tell of usage which is not booked are said so in the code that logs them', () => {
  const sources = ['packages/litellm/src/ledger/book-writer.ts', 'containers/gateway/src/compose-accounts.ts'].map(
    (path) => readFileSync(path, 'utf8'),
  );
  const text = sources.join('\n');
  for (const beginning of gatewayMetrics.NotBooked.pattern(() => '').matchAll(/"(.+?)\*"/g)) {
    expect(text).toContain(beginning[1]);
  }
});
