import type { ReplyKind } from './load.ts';
import type { TargetName } from './targets.ts';

/** Where and when a run was made. */
export interface Machine {
  /** Says what the machine is like and not which it is: `linux-x64-2c`. */
  readonly label: string;
  readonly cpuModel: string;
  readonly cores: number;
  readonly node: string;
  readonly go: string;
}

/** Cost under load, one entry per round. CPU is milliseconds of the target's process tree per request. */
export interface LoadedSeries {
  readonly target: TargetName;
  readonly kind: ReplyKind;
  readonly cpuMs: number[];
  readonly requestsPerSecond: number[];
}

/** Times with a single connection, p50 in milliseconds, one entry per round; `direct` is without a proxy. */
export interface SingleSeries {
  readonly target: TargetName | 'direct';
  readonly kind: ReplyKind;
  readonly latencyMs: number[];
  readonly firstByteMs: number[];
}

/** Memory, and the cost of streams that wait between their frames as those of a model do. */
export interface StreamsRow {
  readonly target: TargetName;
  readonly idleRssBytes: number;
  readonly openStreams: number;
  readonly openRssBytes: number;
  readonly cpuMsPerStream: number;
}

/** Everything one run found; this is the content of a file in bench/results. */
export interface Results {
  readonly date: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly settings: Readonly<Record<string, number | string>>;
  readonly missing: Readonly<Partial<Record<TargetName, string>>>;
  readonly loaded: readonly LoadedSeries[];
  readonly single: readonly SingleSeries[];
  readonly streams: readonly StreamsRow[];
}

/** What the gateway speaks but the references do not: they are given the native request of the same form. */
export const nativeKind: Readonly<Record<ReplyKind, ReplyKind>> = {
  converse: 'converse',
  'converse-stream': 'converse-stream',
  chat: 'converse',
  'chat-stream': 'converse-stream',
};
