import type { Clock, ObjectStore } from '@genai-gateway/core';

/** A place in a run at which a process may end. */
export type CompactionStep =
  | 'listed'
  | 'claimed'
  | 'read'
  | 'file-written'
  | 'files-verified'
  | 'quarantined'
  | 'manifest-written'
  | 'marked-written'
  | 'some-deleted'
  | 'deleted'
  | 'finished';

/** What compaction works with. */
export interface CompactionStores {
  /** Where request logs come in. */
  readonly raw: ObjectStore;
  /** Where the Parquet files, the manifests and what was set aside go. */
  readonly archive: ObjectStore;
  readonly now: Clock;
  /** Of this process and call; nobody else's. */
  readonly owner: string;
  readonly signal: AbortSignal;
  /** Called at each step; for tests that end the process there. */
  readonly atStep?: ((step: CompactionStep) => Promise<void>) | undefined;
}

export interface CompactionLimits {
  readonly objectsPerRun: number;
  /** Of sources; one source alone may have as many. */
  readonly bytesPerRun: number;
  /** How long others leave a run alone that its owner has not finished. */
  readonly leaseMs: number;
}

export const defaultLimits: CompactionLimits = {
  objectsPerRun: 10_000,
  bytesPerRun: 32 * 1024 * 1024,
  leaseMs: 5 * 60_000,
};

export function bytesOfJson(value: unknown): Uint8Array {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

export function jsonOf(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString());
}
