import { createHash } from 'node:crypto';

/** Where request logs come in. LiteLLM writes to the one and the gateway to the other. */
export const sourcePrefixes = ['gateway/', 'litellm/'] as const;
/** Under LiteLLM's prefix, but no calls: what its administrators changed (litellm 1.106.2, integrations/s3_v2.py, read 2026-11-23). */
export const auditPrefix = 'litellm/audit_logs/';

export const headKey = 'runs/head.json';
export const runsPrefix = 'runs/';
export const rowsPrefix = 'requests/';

/** The file of a run's rows of one hour. The hour is UTC's, and that of the call. */
export function rowsKey(hour: string, run: number): string {
  return `${rowsPrefix}date=${hour.slice(0, 10)}/hour=${hour.slice(11)}/run-${padded(run)}.parquet`;
}

export function manifestKey(claimedAtMs: number, run: number): string {
  return `${runsPrefix}date=${hourOf(claimedAtMs).slice(0, 10)}/run-${padded(run)}.json`;
}

/** What a run set aside: one JSON a line. */
export function quarantineKey(claimedAtMs: number, run: number): string {
  return `quarantine/date=${hourOf(claimedAtMs).slice(0, 10)}/run-${padded(run)}.jsonl`;
}

/** The note about an object that is too large to be read; it stays where it is. */
export function tooLargeKey(key: string, etag: string): string {
  return `quarantine/too-large/${createHash('sha256').update(`${key}\n${etag}`).digest('hex').slice(0, 32)}.json`;
}

/** `2026-11-23T16`. */
export function hourOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 13);
}

function padded(run: number): string {
  return String(run).padStart(10, '0');
}
