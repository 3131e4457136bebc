import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LoadReport, load, type ReplyKind } from './load.ts';
import { usageOf } from './process-usage.ts';
import type { BenchRequest } from './requests.ts';
import type { LoadedSeries, SingleSeries, StreamsRow } from './results.ts';
import type { Target, TargetName } from './targets.ts';

/** How long a run measures, and how hard. */
export interface Plan {
  readonly rounds: number;
  readonly connections: number;
  readonly chunks: number;
  readonly warmUpMs: number;
  readonly loadedMs: number;
  readonly singleRounds: number;
  readonly singleMs: number;
  readonly streams: number;
  readonly paceMs: number;
}

/** What every measurement needs. */
export interface Bench {
  readonly plan: Plan;
  readonly binaries: string;
  readonly key: string;
  readonly upstream: Target;
  readonly targets: ReadonlyMap<TargetName, Target>;
  readonly requests: Readonly<Record<ReplyKind, BenchRequest>>;
  readonly say: (text: string) => void;
}

const nativeKinds = ['converse', 'converse-stream'] as const;
const allKinds = ['converse', 'converse-stream', 'chat', 'chat-stream'] as const;

/** References only forward, so only the gateway is asked in OpenAI's dialect. */
function kindsOf(target: TargetName): readonly ReplyKind[] {
  return target === 'gateway' ? allKinds : nativeKinds;
}

/** Target by target within a kind, so that the two halves of a ratio are measured close together. */
function cells(bench: Bench): { name: TargetName; target: Target; kind: ReplyKind }[] {
  return allKinds.flatMap((kind) =>
    [...bench.targets].flatMap(([name, target]) => (kindsOf(name).includes(kind) ? [{ name, target, kind }] : [])),
  );
}

/** Work that a request leaves behind, such as its booking, ends in this time and is counted with it. */
const settleMs = 300;

function ask(bench: Bench, origin: string, kind: ReplyKind, connections: number, durationMs: number) {
  return load(join(bench.binaries, 'load'), {
    url: origin + bench.requests[kind].path,
    bodyFile: bench.requests[kind].bodyFile,
    ...{ kind, connections, durationMs },
    key: bench.key,
    chunks: bench.plan.chunks,
  });
}

async function withCpu(
  pid: number,
  work: () => Promise<LoadReport>,
): Promise<{ report: LoadReport; cpuMsPerRequest: number }> {
  await sleep(settleMs);
  const before = usageOf(pid);
  const report = await work();
  await sleep(settleMs);
  const cpuSeconds = usageOf(pid).cpuSeconds - before.cpuSeconds;
  return { report, cpuMsPerRequest: (cpuSeconds * 1000) / report.requests };
}

/** Lets the compilers of V8 finish with every path before anything is counted. */
export async function warmUp(bench: Bench): Promise<void> {
  bench.say('warming up');
  const { warmUpMs, connections } = bench.plan;
  for (const { name, target, kind } of cells(bench))
    await ask(bench, target.origin, kind, connections, name === 'gateway' ? warmUpMs : Math.min(warmUpMs, 1000));
}

/** CPU per request under load, the targets interleaved in every round. */
export async function measureLoaded(bench: Bench): Promise<LoadedSeries[]> {
  const rows = cells(bench).map((cell) => ({
    ...cell,
    series: { target: cell.name, kind: cell.kind, cpuMs: [], requestsPerSecond: [] } as LoadedSeries,
  }));
  const { rounds, connections, loadedMs } = bench.plan;
  for (let round = 1; round <= rounds; round++) {
    bench.say(`CPU under load, round ${round} of ${rounds}`);
    for (const { target, kind, series } of rows) {
      const { report, cpuMsPerRequest } = await withCpu(target.pid, () =>
        ask(bench, target.origin, kind, connections, loadedMs),
      );
      series.cpuMs.push(cpuMsPerRequest);
      series.requestsPerSecond.push(report.requests / report.wallSeconds);
    }
  }
  return rows.map(({ series }) => series);
}

/** Time of one request at a time, directly and through each target. */
export async function measureSingle(bench: Bench): Promise<SingleSeries[]> {
  const direct = nativeKinds.map((kind) => ({ name: 'direct' as const, target: bench.upstream, kind }));
  const rows = [...direct, ...cells(bench)].map(({ name, target, kind }) => ({
    ...{ target, kind },
    series: { target: name, kind, latencyMs: [], firstByteMs: [] } as SingleSeries,
  }));
  const { singleRounds, singleMs } = bench.plan;
  for (let round = 1; round <= singleRounds; round++) {
    bench.say(`one request at a time, round ${round} of ${singleRounds}`);
    for (const { target, kind, series } of rows) {
      const report = await ask(bench, target.origin, kind, 1, singleMs);
      series.latencyMs.push(report.latencyP50Ms);
      series.firstByteMs.push(report.firstByteP50Ms);
    }
  }
  return rows.map(({ series }) => series);
}

/** Memory at rest: to be called before any load. */
export function idleMemory(bench: Bench): Map<TargetName, number> {
  return new Map([...bench.targets].map(([name, { pid }]) => [name, usageOf(pid).rssBytes]));
}

/** Memory and CPU with many native streams open at once, each waiting `paceMs` before every frame. */
export async function measureStreams(bench: Bench, idle: ReadonlyMap<TargetName, number>): Promise<StreamsRow[]> {
  const { streams, chunks, paceMs } = bench.plan;
  await settings(bench.upstream, chunks, paceMs);
  const rows: StreamsRow[] = [];
  for (const [name, target] of bench.targets) {
    bench.say(`${streams} open streams through ${name}`);
    const { path, bodyFile } = bench.requests['converse-stream'];
    let openRssBytes = 0;
    const sampler = setInterval(() => {
      openRssBytes = Math.max(openRssBytes, usageOf(target.pid).rssBytes);
    }, 500);
    try {
      const { report, cpuMsPerRequest } = await withCpu(target.pid, () =>
        load(join(bench.binaries, 'load'), {
          ...{ url: target.origin + path, bodyFile, kind: 'converse-stream', key: bench.key, chunks },
          ...{ connections: streams, requests: streams, durationMs: 60_000, rampMs: 1000 },
        }),
      );
      const idleRssBytes = idle.get(name) ?? Number.NaN;
      rows.push({
        ...{ target: name, idleRssBytes, openRssBytes },
        openStreams: report.peakOpen,
        cpuMsPerStream: cpuMsPerRequest,
      });
    } finally {
      clearInterval(sampler);
    }
  }
  await settings(bench.upstream, chunks, 0);
  return rows;
}

async function settings(upstream: Target, chunks: number, paceMs: number): Promise<void> {
  const query = `chunks=${chunks}&pace=${paceMs}ms`;
  const response = await fetch(`${upstream.origin}/bench/settings?${query}`, { method: 'PUT' });
  if (!response.ok) throw new Error(`the upstream refused ${query}: ${await response.text()}`);
}
