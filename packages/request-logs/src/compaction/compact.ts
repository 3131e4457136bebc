import { collectSources } from './claim.ts';
import { type CompactionLimits, type CompactionStores, defaultLimits } from './compaction-stores.ts';
import { finishRun } from './finish-run.ts';
import { type ClaimedHead, type FoundHead, type Head, readHead, replaceHead, type WrittenHead } from './head.ts';
import type { RunManifest } from './manifest.ts';

export interface CompactOptions {
  /** Objects that were last written at that time or later are left for another time. */
  readonly untilMs: number;
  /** Milliseconds that the caller still has. */
  readonly remainingMs: () => number;
  readonly limits?: CompactionLimits;
}

export interface CompactReport {
  /** Another process is at work on a run. */
  readonly busy: boolean;
  /** There was more than time. */
  readonly more: boolean;
  readonly runs: number;
  /** Of the runs, those that somebody else had begun. */
  readonly resumed: number;
  readonly objects: number;
  readonly rows: number;
  readonly files: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Lines that were set aside. */
  readonly quarantined: number;
  /** Objects that are too large to be read, and stay. */
  readonly tooLarge: number;
  /** Sources that somebody else deleted after they were claimed. */
  readonly vanished: number;
  /** Sources that somebody else replaced after they were claimed. */
  readonly changed: number;
}

/** No run is begun with less left. */
const MIN_RUN_MS = 120_000;

/**
 * Turns request logs into Parquet files, run after run, until there are no more or no time. Whatever ends it, and however
 * many do it at once: each line of each object becomes one row of the archive, or one line of the quarantine.
 */
export async function compact(stores: CompactionStores, options: CompactOptions): Promise<CompactReport> {
  try {
    return await runs(stores, options, options.limits ?? defaultLimits);
  } catch (error) {
    await giveUp(stores).catch(() => undefined);
    throw error;
  }
}

async function runs(
  stores: CompactionStores,
  options: CompactOptions,
  limits: CompactionLimits,
): Promise<CompactReport> {
  const report = { ...nothing };
  const tooLarge = new Set<string>();
  for (let after: string | undefined; ; ) {
    const found = await readHead(stores);
    if (options.remainingMs() < MIN_RUN_MS) return { ...report, more: true };
    if (isUnfinished(found)) {
      const taken = await takeOver(stores, limits, found);
      if (taken === undefined) return { ...report, busy: true };
      if (count(report, await finishRun(stores, limits, taken))) report.resumed += 1;
      continue;
    }
    const collected = await collectSources(stores, limits, after, options.untilMs);
    const { sources, next } = collected;
    for (const key of collected.tooLarge) tooLarge.add(key);
    report.tooLarge = tooLarge.size;
    await stores.atStep?.('listed');
    if (sources.length === 0) return report;
    const nowMs = stores.now();
    const claim: ClaimedHead = {
      stage: 'claimed',
      owner: stores.owner,
      run: found.head.run + 1,
      claimedAtMs: nowMs,
      leaseUntilMs: nowMs + limits.leaseMs,
      sources,
    };
    const claimed = await replaceHead(stores, found, claim);
    // Another run was between our list and our claim: the list is nothing worth.
    if (claimed === undefined) continue;
    await stores.atStep?.('claimed');
    count(report, await finishRun(stores, limits, claimed));
    if (next === undefined) return report;
    after = next;
  }
}

const nothing = {
  busy: false,
  more: false,
  runs: 0,
  resumed: 0,
  objects: 0,
  rows: 0,
  files: 0,
  bytesIn: 0,
  bytesOut: 0,
  quarantined: 0,
  tooLarge: 0,
  vanished: 0,
  changed: 0,
};

function isUnfinished(found: FoundHead): found is FoundHead<ClaimedHead | WrittenHead> {
  return found.head.stage !== 'idle';
}

/** Undefined: its owner has time left, or somebody was quicker. */
async function takeOver(
  stores: CompactionStores,
  { leaseMs }: CompactionLimits,
  found: FoundHead<ClaimedHead | WrittenHead>,
): Promise<FoundHead<ClaimedHead | WrittenHead> | undefined> {
  const nowMs = stores.now();
  if (found.head.leaseUntilMs > nowMs) return undefined;
  return replaceHead(stores, found, { ...found.head, owner: stores.owner, leaseUntilMs: nowMs + leaseMs });
}

/** Leaves a run that has failed to whoever comes next, at once. */
async function giveUp(stores: CompactionStores): Promise<void> {
  // Its own few seconds: the caller's time may be what has ended.
  const own = { ...stores, signal: AbortSignal.timeout(5_000) };
  const found = await readHead(own);
  if (!isUnfinished(found) || found.head.owner !== stores.owner) return;
  await replaceHead<Head>(own, found, { ...found.head, leaseUntilMs: 0 });
}

function count(
  report: { -readonly [Name in keyof CompactReport]: CompactReport[Name] },
  manifest: RunManifest | undefined,
): boolean {
  if (manifest === undefined) return false;
  report.runs += 1;
  report.objects += manifest.sources.length;
  report.rows += manifest.rows;
  report.files += manifest.files.length;
  report.bytesIn += manifest.sources.reduce((sum, { bytes }) => sum + bytes, 0);
  report.bytesOut += manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
  report.quarantined += manifest.quarantined.lines;
  report.vanished += manifest.vanished.length;
  report.changed += manifest.changed.length;
  return true;
}
