import type { Clock, ObjectStore } from '@genai-gateway/core';
import { asHistory, EXPORTS_FOLDER } from './session-objects.ts';

const DAY_MS = 86_400_000;
/** How long exports can be fetched, and what is known of deletions. */
const JOB_MS = 7 * DAY_MS;
const CONTENT = /^exports\/[^/]+\/turns\//;
const LISTED = 1_000;

export interface ExportSweepStep {
  readonly exports: number;
  /** The `after` of the next step; undefined: everything was seen. */
  readonly next: string | undefined;
}

/** A step of clearing away what was made of sessions: copies of turns after a day, exports and deletions after seven. */
export async function sweepExports(
  objects: ObjectStore,
  after: string | undefined,
  now: Clock,
  signal: AbortSignal,
): Promise<ExportSweepStep> {
  return asHistory(signal, async () => {
    const page = await objects.list(`${EXPORTS_FOLDER}/`, after, LISTED, signal);
    const nowMs = now();
    const old = page.objects.filter(
      ({ key, lastModifiedMs }) => nowMs - lastModifiedMs > (CONTENT.test(key) ? DAY_MS : JOB_MS),
    );
    await objects.delete(
      old.map(({ key }) => key),
      signal,
    );
    return { exports: old.length, next: page.next };
  });
}
