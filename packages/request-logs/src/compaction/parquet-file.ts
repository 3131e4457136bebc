import { createHash } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type Compressors, parquetMetadata, parquetReadObjects } from 'hyparquet';
import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { archiveColumns, archiveSchemaVersion, type ColumnKind } from './archive-columns.ts';
import type { ArchiveRow, Cell } from './archive-row.ts';

/** What a file of rows is known by, whoever encoded it: their number, and a hash of every cell in their order. */
export interface RowsDigest {
  readonly rows: number;
  readonly sha256: string;
}

/** Rows that are encoded, and read back, at a time. */
const ROW_GROUP = 5_000;
const ZSTD_LEVEL = 3;

const TYPES = {
  text: 'STRING',
  json: 'STRING',
  integer: 'INT64',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  time: 'TIMESTAMP',
} as const;
const compressors = {
  ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } }),
};
const decompressors: Compressors = { ZSTD: (bytes) => zstdDecompressSync(bytes) };
const emptyColumns = archiveColumns.map(({ name, kind }) => ({ name, data: [], type: TYPES[kind], nullable: true }));

/** A Parquet file of these rows, compressed with zstd; the same rows give the same bytes. */
export function encodeRows(rows: readonly ArchiveRow[]): Uint8Array {
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: schemaFromColumnData({ columnData: emptyColumns }),
    codec: 'ZSTD',
    compressors,
    createdBy: 'genai-gateway',
    kvMetadata: [{ key: 'genai-gateway.schema-version', value: String(archiveSchemaVersion) }],
  });
  for (let from = 0; from < rows.length; from += ROW_GROUP) {
    const group = rows.slice(from, from + ROW_GROUP);
    const columnData = archiveColumns.map(({ name, kind }, at) => ({
      name,
      data: group.map(({ cells }) => written(kind, cells[at] ?? null)),
    }));
    // With a writer in memory nothing is left to wait for.
    void file.write({ columnData, rowGroupSize: ROW_GROUP });
  }
  void file.finish();
  return writer.getBytes();
}

/** What `digestOfFile` gives for a file of these rows. */
export function digestOfRows(rows: readonly ArchiveRow[]): RowsDigest {
  const hash = createHash('sha256');
  for (const { cells } of rows) hash.update(`${JSON.stringify(cells)}\n`);
  return { rows: rows.length, sha256: hash.digest('hex') };
}

/** Reads every cell of a file. Rejects where it is no Parquet file. */
export async function digestOfFile(bytes: Uint8Array): Promise<RowsDigest> {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const metadata = parquetMetadata(buffer);
  const [rows, hash] = [Number(metadata.num_rows), createHash('sha256')];
  const columns = archiveColumns.map(({ name }) => name);
  for (let rowStart = 0; rowStart < rows; rowStart += ROW_GROUP) {
    const rowEnd = Math.min(rows, rowStart + ROW_GROUP);
    const options = { file: buffer, metadata, columns, rowStart, rowEnd, compressors: decompressors };
    for (const row of await parquetReadObjects(options)) {
      hash.update(`${JSON.stringify(columns.map((name) => read(row[name])))}\n`);
    }
  }
  return { rows, sha256: hash.digest('hex') };
}

function written(kind: ColumnKind, cell: Cell): unknown {
  if (cell === null) return null;
  if (kind === 'integer') return BigInt(cell as number);
  return kind === 'time' ? new Date(cell as number) : cell;
}

function read(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Date ? value.getTime() : (value as Cell);
}
