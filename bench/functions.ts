import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Bundle, bundleFunction } from './functions/bundle.ts';
import { testDatabaseUrl } from './functions/database.ts';

/*
 * node bench/functions.ts [--starts 15] [--dry]: how large the functions' bundles are, and what a cold start costs: from the
 * start of a new Node to the answer of the first event, with a Postgres on the same machine. Writes bench/results.
 */

interface Start {
  readonly loadedMs: number;
  readonly answeredMs: number;
  readonly cpuMs: number;
  readonly rssMb: number;
  readonly outcome: { readonly statusCode?: number; readonly error?: string };
}

interface Measured extends Bundle {
  readonly starts: readonly Start[];
}

const masterless = { authorization: ['Bearer sk-bench'] };
/** Asked with a key that Postgres has to be asked for, on a path that no route has: everything but the function's own call. */
const request = (path: string) => ({
  httpMethod: 'GET',
  path,
  multiValueHeaders: masterless,
  multiValueQueryStringParameters: {},
  body: '',
  isBase64Encoded: false,
});

const functions = [
  { name: 'prompts-admin', event: request('/v1/prompts/a/b/c/d'), expected: { statusCode: 404 } },
  { name: 'chat-history', event: request('/v1/sessions/a/b/c/d'), expected: { statusCode: 404 } },
  { name: 'log-compaction', event: { task: 'compact' }, expected: {} },
  { name: 'secret-rotation', event: { task: 'none' }, expected: undefined },
];

const { values } = parseArgs({
  options: { starts: { type: 'string', default: '15' }, dry: { type: 'boolean', default: false } },
});
const folder = mkdtempSync(join(tmpdir(), 'functions-bench-'));
const database = await testDatabaseUrl();
try {
  const results: Measured[] = [];
  for (const { name, event, expected } of functions) {
    const bundle = await bundleFunction(name, folder);
    const starts: Start[] = [];
    for (let n = 0; n <= Number(values.starts); n += 1) {
      const start = await startOnce(bundle.file, event);
      if (expected !== undefined && JSON.stringify(start.outcome) !== JSON.stringify(expected)) {
        throw new Error(`${name} answered ${JSON.stringify(start.outcome)}`);
      }
      // The first one fills the disk's cache.
      if (n > 0) starts.push(start);
    }
    results.push({ ...bundle, starts });
    process.stderr.write(`bench: ${name} done\n`);
  }
  const page = report(results);
  process.stdout.write(page);
  if (!values.dry) writeFileSync(join(import.meta.dirname, 'results', `functions-${label()}.md`), page);
} finally {
  await database.end();
  rmSync(folder, { recursive: true, force: true });
}

function startOnce(bundle: string, event: unknown): Promise<Start> {
  for (const name of ['raw', 'archive']) mkdirSync(join(folder, name), { recursive: true });
  const child = fork(join(import.meta.dirname, 'functions', 'cold-start.mjs'), {
    env: {
      PATH: process.env['PATH'],
      BENCH_START: JSON.stringify({ bundle, event }),
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      DATABASE_URL: database.url,
      LITELLM_MASTER_KEY: `sk-${randomUUID()}`,
      HISTORY_TABLE: 'sessions',
      REQUEST_LOG_DIR: join(folder, 'raw'),
      ARCHIVE_DIR: join(folder, 'archive'),
      LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as Start));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the function ended with ${code}`)));
  });
}

function label(): string {
  return `${new Date().toISOString().slice(0, 10)}-${platform()}-${arch()}-${availableParallelism()}c`;
}

function report(results: readonly Measured[]): string {
  const rows = results.map(({ name, bytes, starts }) => {
    const of = (pick: (start: Start) => number) => Math.round(median(starts.map(pick)));
    const figures = [
      of((each) => each.loadedMs),
      of((each) => each.answeredMs),
      of((each) => each.cpuMs),
      of((each) => each.rssMb),
    ];
    return `| ${name} | ${(bytes / 1024).toFixed(0)} | ${figures.join(' | ')} |`;
  });
  const parts = results.map(({ name, parts: [...all] }) => {
    const largest = all.slice(0, 8).map((each) => `${each.name} ${(each.bytes / 1024).toFixed(0)}`);
    return `- ${name}: ${largest.join(', ')}`;
  });
  return `# Functions, ${label()}

${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'an unknown CPU'}; Node ${process.version}. Written by \`node bench/functions.ts\`: medians of ${results[0]?.starts.length} starts each.
A start is a new Node process that loads the bundle and answers its first event: a request with a key that Postgres is asked
for (prompts-admin, chat-history), an hour without logs (log-compaction), a task that there is none of (secret-rotation).
What Lambda does before (a sandbox, the code from S3) is not in it, and its CPUs are a share of one by memory.

| function | bundle KB | loaded ms | answered ms | CPU ms | RSS MB |
| --- | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}

The largest parts of each bundle, KB:

${parts.join('\n')}
`;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
