import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samplePayload } from '../test-support/sample-payload.ts';
import { archiveColumns } from './archive-columns.ts';
import { type ArchiveRow, archiveRow } from './archive-row.ts';
import { digestOfFile, digestOfRows, encodeRows } from './parquet-file.ts';

const at = Date.UTC(2026, 10, 23, 16) / 1000;

function rows(count: number, more: (index: number) => Record<string, unknown> = () => ({})): ArchiveRow[] {
  return Array.from({ length: count }, (_, index) => {
    const line = Buffer.from(JSON.stringify(samplePayload(`id-${index}`, at + index / 10, more(index))));
    return archiveRow(line, { key: 'gateway/2026-11-23/16/a.jsonl', line: index + 1 }) as ArchiveRow;
  });
}

describe('encodeRows', () => {
  it.each([
    ['one row', rows(1)],
    ['more rows than one group takes', rows(12_000)],
    [
      'rows with nothing but an id and a time',
      [archiveRow(Buffer.from(`{"id":"a","startTime":${at}}`), { key: 'g/a', line: 1 }) as ArchiveRow],
    ],
    [
      'texts of every kind',
      rows(50, (index) => ({ user_agent: ['', '\0', '\u{1f600}', 'a\nb', 'x'.repeat(70_000)][index % 5] })),
    ],
    [
      'numbers of every kind',
      rows(50, (index) => ({
        response_cost: [0, -0, 1e-300, 1e300, -1.5][index % 5],
        prompt_tokens: [0, -1, 2 ** 53 - 1][index % 3],
      })),
    ],
  ])('reads back as what was written: %s', async (_what, some) => {
    expect(await digestOfFile(encodeRows(some))).toEqual(digestOfRows(some));
  });

  it('reads back as what was written, for any payload', async () => {
    const payload = fc.record({
      messages: fc.jsonValue(),
      end_user: fc.string({ unit: 'binary' }),
      extra: fc.jsonValue(),
      response_cost: fc.double({ noNaN: true, noDefaultInfinity: true }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(payload, { minLength: 1, maxLength: 20 }), async (payloads) => {
        const some = rows(payloads.length, (index) => payloads[index] as Record<string, unknown>);
        expect(await digestOfFile(encodeRows(some))).toEqual(digestOfRows(some));
      }),
      { numRuns: 100, seed: 8 },
    );
  });

  it('gives the same bytes for the same rows', () => {
    expect(Buffer.compare(encodeRows(rows(100)), encodeRows(rows(100)))).toBe(0);
  });

  it('has another digest when a row is another one, is missing, or stands elsewhere', async () => {
    const some = rows(3);
    const [first, second, third] = some as [ArchiveRow, ArchiveRow, ArchiveRow];
    const digest = digestOfRows(some).sha256;
    expect(digestOfRows([first, second]).sha256).not.toBe(digest);
    expect(digestOfRows([second, first, third]).sha256).not.toBe(digest);
    expect(digestOfRows(rows(3, () => ({ stream: false }))).sha256).not.toBe(digest);
  });

  it('is read by DuckDB, with the types that the table says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parquet-'));
    try {
      writeFileSync(join(folder, 'a.parquet'), encodeRows(rows(6_000)));
      const connection = await (await DuckDBInstance.create(':memory:')).connect();
      const found = await connection.runAndReadAll(
        `select count(*)::int, sum(prompt_tokens)::int, round(sum(response_cost), 6), min(started_at)::varchar, count(distinct id)::int from '${folder}/a.parquet'`,
      );
      expect(found.getRows()[0]).toEqual([6_000, 120_000, 7.5, '2026-11-23 16:00:00', 6_000]);
      const types = await connection.runAndReadAll(`describe select * from '${folder}/a.parquet'`);
      const duckdb = {
        text: 'VARCHAR',
        json: 'VARCHAR',
        integer: 'BIGINT',
        number: 'DOUBLE',
        boolean: 'BOOLEAN',
        time: 'TIMESTAMP',
      };
      expect(types.getRows().map(([name, type]) => [name, type])).toEqual(
        archiveColumns.map(({ name, kind }) => [name, expect.stringMatching(`^${duckdb[kind]}`)]),
      );
      const codecs = await connection.runAndReadAll(
        `select distinct compression from parquet_metadata('${folder}/a.parquet')`,
      );
      expect(codecs.getRows()).toEqual([['ZSTD']]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
