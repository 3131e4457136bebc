import type { Clock, ObjectStore } from '@genai-gateway/core';
import type { FunctionLogger, TaskContext, TaskEvent } from '@genai-gateway/lambda';
import { type CompactReport, compact } from '@genai-gateway/request-logs';

export interface CompactServices {
  readonly raw: ObjectStore;
  readonly archive: ObjectStore;
  readonly logger: FunctionLogger;
  readonly now: Clock;
  readonly newOwner: () => string;
}

/** What is younger is left: a put whose answer was lost may be repeated for so long, and must not find its object gone. */
const SETTLED_MS = 10 * 60_000;

/** `{"task":"compact","until"?: "2026-11-23T15:00:00Z"}`: takes the objects that were last written before then. */
export async function handle(
  event: TaskEvent,
  { raw, archive, logger, now, newOwner }: CompactServices,
  { signal, remainingMs }: TaskContext,
): Promise<CompactReport> {
  const stores = { raw, archive, now, owner: newOwner(), signal };
  const report = await compact(stores, { untilMs: untilOf(event, now()), remainingMs });
  const { quarantined, tooLarge, vanished } = report;
  const level = quarantined + tooLarge + vanished > 0 ? 'warn' : 'info';
  logger[level]('request logs compacted', { ...report });
  return report;
}

function untilOf({ task, until }: TaskEvent, nowMs: number): number {
  if (task !== 'compact') throw new TypeError('The event is no task of log-compaction: {"task":"compact"} is.');
  if (until === undefined) return nowMs - SETTLED_MS;
  const untilMs = typeof until === 'string' ? Date.parse(until) : Number.NaN;
  if (Number.isNaN(untilMs)) throw new TypeError('"until" is no time such as "2026-11-23T15:00:00Z".');
  return untilMs;
}
