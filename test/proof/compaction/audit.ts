import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { ObjectStore } from '@genai-gateway/core';
import { keysOf, quarantinedLines } from '@genai-gateway/request-logs/testing/archive-contents';
import { must } from '../support/report.ts';
import type { LedgerLine } from './writer.ts';

const signal = new AbortController().signal;

/** Compares what was written with what the archive holds, which DuckDB reads. Gives the figures; throws what differs. */
export async function auditArchive(objects: ObjectStore, ledgerFile: string, folder: string): Promise<string> {
  const ledger = readFileSync(ledgerFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LedgerLine);
  const left = [...(await keysOf(objects, 'gateway/')), ...(await keysOf(objects, 'litellm/'))];
  must(left.length === 0, `${left.length} objects are left, such as ${left[0]}`);

  const files = await download(objects, 'requests/', folder);
  const rows = await rowsOf(folder);
  compare(
    'row',
    ledger,
    rows.map(({ at }) => at),
  );
  const ids = new Map(ledger.map(({ at, id }) => [at, id]));
  const strange = rows.find(({ at, id }) => ids.get(at) !== id);
  must(strange === undefined, `${strange?.at} has become the row of ${strange?.id}`);
  const elsewhere = rows.find(({ isAtHome }) => !isAtHome);
  must(elsewhere === undefined, `${elsewhere?.at} is in the partition of another hour`);

  const poison = await quarantinedLines(objects);
  compare(
    'poison',
    ledger,
    poison.map(({ source_key, source_line }) => `${source_key}:${source_line}`),
  );

  const manifests = await manifestsOf(objects);
  const inManifests = manifests.reduce((sum, manifest) => sum + manifest.rows, 0);
  must(inManifests === rows.length, `the manifests have ${inManifests} rows, the files ${rows.length}`);
  must(
    manifests.every(({ vanished, changed }) => vanished.length + changed.length === 0),
    'a source vanished or changed',
  );
  const listed = new Set(manifests.flatMap(({ files: some }) => some.map(({ key }) => key)));
  must(listed.size === files && manifests.length > 0, `the manifests have ${listed.size} files, the archive ${files}`);

  const doubtful = ledger.filter(({ isDoubtful }) => isDoubtful === true).length;
  return `${rows.length} rows and ${poison.length} lines aside of ${ledger.length} lines, each once, in ${files} files of ${manifests.length} runs${doubtful === 0 ? '' : `; ${doubtful} lines of puts that failed`}`;
}

/** Each line that must be there is there once, and no other one is. */
function compare(becomes: LedgerLine['becomes'], ledger: readonly LedgerLine[], found: readonly string[]): void {
  const times = new Map<string, number>();
  for (const at of found) times.set(at, (times.get(at) ?? 0) + 1);
  const wanted = ledger.filter((line) => line.becomes === becomes);
  const missing = wanted.filter(({ at, isDoubtful }) => isDoubtful !== true && !times.has(at));
  const doubled = [...times].filter(([, count]) => count > 1);
  const known = new Set(wanted.map(({ at }) => at));
  const unknown = [...times.keys()].filter((at) => !known.has(at));
  const faults = [
    ...missing.slice(0, 3).map(({ at }) => `${at} is missing`),
    ...doubled.slice(0, 3).map(([at, count]) => `${at} is there ${count} times`),
    ...unknown.slice(0, 3).map((at) => `${at} was never written`),
  ];
  must(
    faults.length === 0,
    `${missing.length} missing, ${doubled.length} doubled, ${unknown.length} unknown (${becomes}): ${faults.join(', ')}`,
  );
}

async function download(objects: ObjectStore, prefix: string, folder: string): Promise<number> {
  const keys = await keysOf(objects, prefix);
  for (const key of keys) {
    const file = join(folder, key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, (await objects.get(key, signal))?.bytes ?? new Uint8Array());
  }
  return keys.length;
}

async function rowsOf(folder: string): Promise<{ at: string; id: string; isAtHome: boolean }[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const found = await connection.runAndReadAll(
    `SELECT source_key || ':' || source_line, id, strftime(started_at, '%Y-%m-%d %H') = "date" || ' ' || hour
     FROM read_parquet('${folder}/requests/**/*.parquet', hive_partitioning = true, hive_types = {'date': VARCHAR, 'hour': VARCHAR})`,
  );
  return found.getRows().map(([at, id, isAtHome]) => ({ at: String(at), id: String(id), isAtHome: isAtHome === true }));
}

interface Manifest {
  readonly rows: number;
  readonly files: readonly { readonly key: string }[];
  readonly vanished: readonly string[];
  readonly changed: readonly string[];
}

async function manifestsOf(objects: ObjectStore): Promise<Manifest[]> {
  const keys = await keysOf(objects, 'runs/date=');
  const found = await Promise.all(keys.map((key) => objects.get(key, signal)));
  return found.map((object) => JSON.parse(Buffer.from(object?.bytes ?? []).toString()) as Manifest);
}
