import { zstdDecompressSync } from 'node:zlib';
import type { ObjectStore } from '@genai-gateway/core';
import { parquetReadObjects } from 'hyparquet';

const signal = new AbortController().signal;

/** Every key of a store that begins so. */
export async function keysOf(store: ObjectStore, prefix = ''): Promise<string[]> {
  const keys: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await store.list(prefix, after, 1000, signal);
    keys.push(...page.objects.map(({ key }) => key));
    if (page.next === undefined) return keys;
    after = page.next;
  }
}

/** Every row of the archive, with the key of its file. */
export async function archivedRows(archive: ObjectStore): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (const key of await keysOf(archive, 'requests/')) {
    const { bytes } = (await archive.get(key, signal)) ?? { bytes: new Uint8Array() };
    const file = Uint8Array.from(bytes).buffer;
    const compressors = { ZSTD: (compressed: Uint8Array) => zstdDecompressSync(compressed) };
    for (const row of await parquetReadObjects({ file, compressors })) rows.push({ ...row, file: key });
  }
  return rows;
}

/** Every line that was set aside. */
export async function quarantinedLines(archive: ObjectStore): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  for (const key of await keysOf(archive, 'quarantine/')) {
    const { bytes } = (await archive.get(key, signal)) ?? { bytes: new Uint8Array() };
    const texts = Buffer.from(bytes).toString().split('\n');
    lines.push(...texts.filter((text) => text !== '').map((text) => JSON.parse(text) as Record<string, unknown>));
  }
  return lines;
}
