import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pickPort } from '../ports.ts';
import { processIdentity } from '../process-identity.ts';
import { temporaryFolder } from '../testing/temporary-state.ts';
import { bridgeEngine, type EngineScripts, writeEngineScripts } from './engine-scripts.ts';
import { librarySchema } from './testing/library.ts';

let folder: ReturnType<typeof temporaryFolder>;
let scripts: EngineScripts;
let schemaFile: string;
beforeAll(async () => {
  folder = temporaryFolder();
  scripts = await writeEngineScripts(folder.path, process.execPath);
  schemaFile = join(folder.path, 'schema.prisma');
  writeFileSync(schemaFile, librarySchema);
});
afterAll(() => folder.remove());

/** Nothing listens at port 1, so each query tells which URL the engine took. */
const databaseUrl = 'postgresql://user:secret@127.0.0.1:1/first';

interface Started {
  readonly child: ChildProcess;
  readonly port: number;
  /** Its exit code, or the name of the signal. */
  readonly ended: Promise<number | string | null>;
}

async function start(environment: NodeJS.ProcessEnv = {}): Promise<Started> {
  const port = await pickPort(undefined);
  const child = spawn(scripts.queryEngine, ['-p', String(port), '--enable-metrics', '--enable-raw-queries'], {
    env: { PATH: '/usr/bin:/bin', PRISMA_DML_PATH: schemaFile, DATABASE_URL: databaseUrl, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<number | string | null>((resolve) => {
    child.once('exit', (code, killedBy) => resolve(code ?? killedBy));
  });
  await expect.poll(() => answers(port), { timeout: 10_000 }).toBe(true);
  return { child, port, ended };
}

const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/status`).then(
    (reply) => reply.ok,
    () => false,
  );

async function askFor(port: number, query: string): Promise<string> {
  const reply = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: JSON.stringify({ query }) });
  return reply.text();
}

describe('the program that stands in for the query engine', () => {
  it('tells the version that the Python client asks for, at once', () => {
    const { stdout } = spawnSync(scripts.queryEngine, ['--version'], { encoding: 'utf8', env: {} });
    expect(stdout).toBe(`query-engine ${bridgeEngine.engine}\n`);
  });

  it('keeps the id of the process that was started, and is known by its name', async () => {
    const { child, ended } = await start();
    if (process.platform === 'linux') {
      expect(readFileSync(`/proc/${child.pid}/comm`, 'utf8')).toMatch(/^query-engine/);
    }
    child.kill('SIGKILL');
    await ended;
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('stops on %s', async (stopSignal) => {
    const { child, port, ended } = await start();
    const begun = performance.now();
    child.kill(stopSignal);
    expect(await ended).toBe(0);
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(await answers(port)).toBe(false);
  });

  it('takes the database that the client was made with, before that of the environment', async () => {
    const other = 'postgresql://user:secret@127.0.0.2:1/second';
    const { child, port, ended } = await start({
      OVERWRITE_DATASOURCES: JSON.stringify([{ name: 'client', url: other }]),
    });
    expect(await askFor(port, 'query { findManyBook { id } }')).toContain(
      "Can't reach database server at `127.0.0.2:1`",
    );
    child.kill();
    await ended;
  });

  it('records what it was asked and answered, when it is told to', async () => {
    const file = join(folder.path, 'record.jsonl');
    const { child, port, ended } = await start({ PRISMA_ENGINE_RECORD: file });
    await askFor(port, 'query { result: findManyBook { id } }');
    child.kill();
    await ended;
    const [line = '', end] = readFileSync(file, 'utf8').split('\n');
    expect(end).toBe('');
    expect(JSON.parse(line)).toEqual({
      request: { query: 'query { result: findManyBook { id } }' },
      answer: { errors: [expect.objectContaining({ error: expect.stringContaining('127.0.0.1:1') })] },
    });
  });

  it('ends when its parent is killed', async () => {
    const port = await pickPort(undefined);
    const env = { PRISMA_DML_PATH: schemaFile, DATABASE_URL: databaseUrl };
    const script = `
      const { spawn } = require('node:child_process');
      const engine = spawn(${JSON.stringify(scripts.queryEngine)}, ['-p', '${port}'], { stdio: 'ignore' });
      process.stdout.write(String(engine.pid) + '\\n');`;
    const parent = spawn(process.execPath, ['-e', script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))));
    await expect.poll(() => answers(port), { timeout: 10_000 }).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => processIdentity(pid), { timeout: 5_000 }).toBeUndefined();
  }, 20_000);

  it.each([
    ['ran', ''],
    ['was even started', 'sleep 0.3; '],
  ])(
    'ends when its parent was gone before it %s',
    async (_rule, before) => {
      const port = await pickPort(undefined);
      const env = { PATH: '/usr/bin:/bin', PRISMA_DML_PATH: schemaFile, DATABASE_URL: databaseUrl };
      const script = `(${before}exec '${scripts.queryEngine}' -p ${port} >/dev/null) & echo $!`;
      const { stdout } = spawnSync('/bin/sh', ['-c', script], { env, encoding: 'utf8' });
      await expect.poll(() => processIdentity(Number(stdout)), { timeout: 8_000 }).toBeUndefined();
    },
    20_000,
  );

  it('says in one line why it cannot start', async () => {
    const child = spawn(scripts.queryEngine, ['-p', '0'], {
      env: { PRISMA_DML_PATH: schemaFile, DATABASE_URL: 'nonsense' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(1);
    expect(text).toBe('query-engine: ends: Invalid URL\n');
  });
});

describe('the other programs', () => {
  it.each([
    ['schemaEngine', ['migrate'], /launcher applies the migrations/],
    ['bin', ['migrate', 'diff'], /launcher applies the migrations/],
  ] as const)('%s fail at once and say why', (name, args, expected) => {
    const program = name === 'bin' ? join(scripts.bin, 'prisma') : scripts[name];
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toMatch(expected);
  });
});
