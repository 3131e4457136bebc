import { hourOf } from './archive-layout.ts';
import type { ArchiveRow, Poison } from './archive-row.ts';
import type { CompactionStores } from './compaction-stores.ts';
import type { ClaimedSource } from './head.ts';
import { sourceRows } from './source-rows.ts';

export interface ReadSources {
  /** By the hour of the call, `2026-11-23T16`; in the order of time, then of their sources. */
  readonly rows: ReadonlyMap<string, readonly ArchiveRow[]>;
  /** One JSON text for each line that is no row. */
  readonly poison: readonly string[];
  readonly vanished: readonly string[];
  readonly changed: readonly string[];
}

/** Objects that are asked for at the same time. */
const AT_ONCE = 64;

/** All that the sources of a run hold; the same sources give the same. */
export async function readSources(
  { raw, signal }: CompactionStores,
  sources: readonly ClaimedSource[],
): Promise<ReadSources> {
  const rows = new Map<string, ArchiveRow[]>();
  const poison: string[] = [];
  const vanished: string[] = [];
  const changed: string[] = [];
  for (let at = 0; at < sources.length; at += AT_ONCE) {
    const some = sources.slice(at, at + AT_ONCE);
    const found = await Promise.all(some.map(({ key }) => raw.get(key, signal)));
    for (const [index, { key, etag }] of some.entries()) {
      const object = found[index];
      if (object === undefined) vanished.push(key);
      else if (object.etag !== etag) changed.push(key);
      else sort(sourceRows(key, object.bytes), rows, poison);
    }
  }
  for (const some of rows.values()) some.sort((a, b) => a.atMs - b.atMs);
  return { rows: new Map([...rows].sort(([a], [b]) => (a < b ? -1 : 1))), poison, vanished, changed };
}

function sort(found: ReturnType<typeof sourceRows>, rows: Map<string, ArchiveRow[]>, poison: string[]): void {
  for (const row of found) {
    if ('reason' in row) {
      poison.push(poisonText(row, row.key, row.line, textOf(row.bytes)));
      continue;
    }
    const hour = hourOf(row.atMs);
    const some = rows.get(hour);
    if (some === undefined) rows.set(hour, [row]);
    else some.push(row);
  }
}

/** A line of the quarantine. */
export function poisonText({ reason, detail }: Poison, key: string, line: number, content: object): string {
  return JSON.stringify({ reason, detail, source_key: key, source_line: line, ...content });
}

/** As a text where the bytes are one, so that it can be read by eye. */
function textOf(bytes: Uint8Array): { text: string } | { base64: string } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString();
  return Buffer.from(text).equals(buffer) ? { text } : { base64: buffer.toString('base64') };
}
