import type { ClaimedSource } from './head.ts';

export interface ManifestFile {
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
  /** Of every cell, in the order of the rows. */
  readonly rowsSha256: string;
}

/** What a run did; it is written before any source is deleted, and kept. */
export interface RunManifest {
  readonly run: number;
  readonly schemaVersion: number;
  readonly claimedAt: string;
  readonly rows: number;
  readonly files: readonly ManifestFile[];
  /** Lines, or whole objects, that are no rows; undefined key: none. */
  readonly quarantined: { readonly key: string | undefined; readonly lines: number };
  readonly sources: readonly ClaimedSource[];
  /** Keys of sources that somebody has deleted after they were claimed. */
  readonly vanished: readonly string[];
  /** Keys of sources that somebody has replaced after they were claimed: a later run takes them as they are now. */
  readonly changed: readonly string[];
}
