import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** V8's heap, in MiB: far below what the lines and their rows are together. Buckets in memory are outside of it. */
const HEAP_MIB = 128;

it('compacts twenty thousand objects in a small heap', async () => {
  const main = resolve(import.meta.dirname, '../test-support/compact-many.ts');
  const flags = ['--disable-warning=ExperimentalWarning', `--max-old-space-size=${HEAP_MIB}`];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, main, '20000']);
  expect(JSON.parse(stdout)).toMatchObject({ rows: 20_000, runs: 2, left: 0 });
}, 300_000);
