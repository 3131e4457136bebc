import { archiveColumns } from './archive-columns.ts';
import { quarantineKey, rowsKey } from './archive-layout.ts';
import type { ArchiveRow } from './archive-row.ts';
import type { CompactionStores } from './compaction-stores.ts';
import type { ClaimedHead } from './head.ts';
import type { ManifestFile } from './manifest.ts';
import { digestOfFile, digestOfRows, encodeRows } from './parquet-file.ts';
import { poisonText, type ReadSources } from './read-sources.ts';

export interface WrittenFiles {
  readonly files: readonly ManifestFile[];
  readonly quarantined: { readonly key: string | undefined; readonly lines: number };
}

/**
 * Writes a file for each hour, and what was set aside, and reads each back. Rows that do not survive being encoded are set
 * aside as they are: no row can stop the others. Rejects where a store holds something else than was written.
 */
export async function writeFiles(
  stores: CompactionStores,
  { run, claimedAtMs }: ClaimedHead,
  { rows, poison }: ReadSources,
): Promise<WrittenFiles> {
  const files: ManifestFile[] = [];
  const aside = [...poison];
  for (const [hour, some] of rows) {
    const digest = digestOfRows(some);
    const bytes = await encoded(some, digest.sha256);
    if (bytes === undefined) {
      aside.push(...some.map(unwritten));
      continue;
    }
    const key = rowsKey(hour, run);
    await putAndReadBack(stores, key, bytes, 'application/vnd.apache.parquet', digest.sha256);
    files.push({ key, rows: digest.rows, bytes: bytes.byteLength, rowsSha256: digest.sha256 });
    await stores.atStep?.('file-written');
  }
  await stores.atStep?.('files-verified');
  if (aside.length === 0) return { files, quarantined: { key: undefined, lines: 0 } };
  const key = quarantineKey(claimedAtMs, run);
  await putAndReadBack(stores, key, Buffer.from(`${aside.join('\n')}\n`), 'application/x-ndjson', undefined);
  await stores.atStep?.('quarantined');
  return { files, quarantined: { key, lines: aside.length } };
}

/** Undefined: reading what was encoded does not give these rows. */
async function encoded(rows: readonly ArchiveRow[], sha256: string): Promise<Uint8Array | undefined> {
  try {
    const bytes = encodeRows(rows);
    return (await digestOfFile(bytes)).sha256 === sha256 ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Other bytes of the same rows are good too: another version of this program may have finished the run. */
async function putAndReadBack(
  { archive, signal }: CompactionStores,
  key: string,
  bytes: Uint8Array,
  contentType: string,
  rowsSha256: string | undefined,
): Promise<void> {
  await archive.put(key, bytes, { contentType }, signal);
  const found = await archive.get(key, signal);
  if (found !== undefined && Buffer.compare(found.bytes, bytes) === 0) return;
  if (found !== undefined && rowsSha256 !== undefined && (await digestOfFile(found.bytes)).sha256 === rowsSha256)
    return;
  throw new Error(
    `${key} was written, but what is read back is something else. No source was deleted; the run begins again.`,
  );
}

/** All that the row has, by its columns. */
function unwritten({ cells }: ArchiveRow): string {
  const row = Object.fromEntries(archiveColumns.map(({ name }, at) => [name, cells[at] ?? null]));
  const poison = { reason: 'not-written', detail: 'The row did not come back from a Parquet file as it was.' } as const;
  return poisonText(poison, String(row['source_key']), Number(row['source_line']), { row });
}
