import type { ReplyKind } from './load.ts';
import { nativeKind, type Results } from './results.ts';
import { median } from './stats.ts';

/** One bar: what was measured, what is allowed. `value` is absent when the run could not measure it. */
export interface Verdict {
  readonly name: string;
  readonly value: number | undefined;
  readonly limit: number;
  readonly unit: '×' | 'ms';
  readonly outcome: 'pass' | 'MISS' | 'not measured';
}

/** CPU of the gateway with everything on, as a multiple of the bare Go reverse proxy in the same round. */
const cpuLimits: Readonly<Record<ReplyKind, number>> = {
  converse: 2,
  'converse-stream': 1.5,
  chat: 3,
  'chat-stream': 3,
};

const addedFirstByteLimitMs = 1;
const kinds = Object.keys(cpuLimits) as ReplyKind[];

/** Every bar of the benchmark against one run. */
export function verdicts(results: Results): Verdict[] {
  return [
    ...kinds.map((kind) => verdict(`CPU, ${kind}`, cpuRatio(results, kind), cpuLimits[kind], '×')),
    ...kinds.map((kind) =>
      verdict(`first byte added, ${kind}`, addedMs(results, kind, 'firstByteMs'), addedFirstByteLimitMs, 'ms'),
    ),
  ];
}

function verdict(name: string, value: number | undefined, limit: number, unit: '×' | 'ms'): Verdict {
  if (value === undefined || Number.isNaN(value))
    return { name, value: undefined, limit, unit, outcome: 'not measured' };
  return { name, value, limit, unit, outcome: value <= limit ? 'pass' : 'MISS' };
}

/** The median over the rounds of gateway ÷ Go; undefined when one of them is not in the run. */
export function cpuRatio(results: Results, kind: ReplyKind): number | undefined {
  const gateway = results.loaded.find((series) => series.target === 'gateway' && series.kind === kind);
  const go = results.loaded.find((series) => series.target === 'go' && series.kind === nativeKind[kind]);
  if (gateway === undefined || go === undefined) return undefined;
  return median(gateway.cpuMs.map((cpuMs, round) => cpuMs / (go.cpuMs[round] ?? Number.NaN)));
}

/** The median over the rounds of what a target adds to going direct, in milliseconds at one connection. */
export function addedMs(
  results: Results,
  kind: ReplyKind,
  what: 'latencyMs' | 'firstByteMs',
  target: 'nginx' | 'go' | 'gateway' = 'gateway',
): number | undefined {
  const through = results.single.find((series) => series.target === target && series.kind === kind);
  const direct = results.single.find((series) => series.target === 'direct' && series.kind === nativeKind[kind]);
  if (through === undefined || direct === undefined) return undefined;
  return median(through[what].map((ms, round) => ms - (direct[what][round] ?? Number.NaN)));
}
