import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../testing/temporary-state.ts';
import { bridgeEngine } from './engine-scripts.ts';
import { generatePrismaClient, schemaForPythonClient } from './prisma-client.ts';
import { prismaEngineEnvironment } from './prisma-environment.ts';

const signal = new AbortController().signal;
const nativeHash = 'ac9d7041ed77bcc8a8dbd2ab6616b39013829574';
let folder: ReturnType<typeof temporaryFolder>;
let home: string;
beforeEach(() => {
  folder = temporaryFolder();
  home = join(folder.path, 'home');
});
afterEach(() => folder.remove());

const decide = (environment: NodeJS.ProcessEnv = {}, node = process.execPath) =>
  prismaEngineEnvironment({
    python: '/none/python',
    folder: join(folder.path, 'cache'),
    node,
    environment: { HOME: home, ...environment },
    signal,
  });

/** A program that answers `--version` as an engine of this build does. */
function placeEngine(file: string, answer: string): string {
  const path = join(home, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho '${answer}'\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('the query engine for LiteLLM', () => {
  it('is ours where there is no other', async () => {
    const { kind, environment } = await decide();
    expect(kind).toBe('bridge');
    expect(Object.keys(environment).sort()).toEqual([
      ...['PATH', 'PRISMA_EXPECTED_ENGINE_VERSION', 'PRISMA_QUERY_ENGINE_BINARY'],
      ...['PRISMA_SCHEMA_ENGINE_BINARY', 'PRISMA_VERSION'],
    ]);
    const { stdout } = spawnSync(environment['PRISMA_QUERY_ENGINE_BINARY'] ?? '', ['--version'], { encoding: 'utf8' });
    expect(stdout).toContain(environment['PRISMA_EXPECTED_ENGINE_VERSION']);
  });

  it('is written once, however many ask for it at once', async () => {
    const [first, ...others] = await Promise.all([decide(), decide(), decide()]);
    for (const other of others) expect(other).toEqual(first);
    expect(readdirSync(join(folder.path, 'cache'))).toHaveLength(1);
  });

  it('is another for another Node, whatever its path', async () => {
    const node = join(folder.path, `it's a "node" $HOME`);
    symlinkSync(process.execPath, node);
    const { environment } = await decide({}, node);
    expect(environment).not.toEqual((await decide()).environment);
    const started = spawnSync(environment['PRISMA_QUERY_ENGINE_BINARY'] ?? '', ['-p', '0'], {
      encoding: 'utf8',
      env: {},
    });
    expect(started.stderr).toMatch(/^query-engine: ends: ENOENT/);
  });

  const ofPython = `.cache/prisma-python/binaries/5.4.2/${nativeHash}`;
  it.each([
    ['in the cache of the Python client', `${ofPython}/prisma-query-engine-debian-openssl-3.0.x`],
    ['beside its command line', `${ofPython}/node_modules/prisma/query-engine-darwin-arm64`],
    ['in its engines', `${ofPython}/node_modules/@prisma/engines/query-engine-darwin`],
    ['in the cache of Prisma', `.cache/prisma/master/${nativeHash}/debian-openssl-3.0.x/query-engine`],
  ])('is the native one that is %s', async (_rule, file) => {
    const path = placeEngine(file, `query-engine ${nativeHash}`);
    const decided = await decide();
    expect(decided).toMatchObject({ kind: 'native', environment: { PRISMA_QUERY_ENGINE_BINARY: path } });
    expect(decided.environment).not.toHaveProperty('PRISMA_VERSION');
    expect(await decide({ PRISMA_ENGINE: 'native' })).toEqual(decided);
    expect(await decide({ PRISMA_ENGINE: 'bridge' })).toMatchObject({ kind: 'bridge' });
  });

  it('is the native one that is named, whatever its version', async () => {
    const path = placeEngine('own', 'query-engine 0123456789abcdef');
    expect(await decide({ PRISMA_QUERY_ENGINE_BINARY: path })).toMatchObject({
      kind: 'native',
      environment: { PRISMA_QUERY_ENGINE_BINARY: path },
    });
  });

  it.each([
    [
      'of another version',
      `${ofPython}/prisma-query-engine-debian-openssl-3.0.x`,
      `query-engine ${bridgeEngine.engine}`,
    ],
    ['that says nothing sensible', `${ofPython}/prisma-query-engine-debian-openssl-3.0.x`, 'hello'],
    ['that is only an archive', `${ofPython}/node_modules/prisma/query-engine-debian.gz`, `query-engine ${nativeHash}`],
  ])('is not a native one %s', async (_rule, file, answer) => {
    placeEngine(file, answer);
    expect(await decide()).toMatchObject({ kind: 'bridge' });
  });

  it('is not a native one for another platform', async () => {
    const path = placeEngine(`${ofPython}/prisma-query-engine-other`, '');
    writeFileSync(path, Buffer.from('7f454c46ffff', 'hex'));
    expect(await decide()).toMatchObject({ kind: 'bridge' });
  });

  it.each([
    [{ PRISMA_QUERY_ENGINE_BINARY: '/none/engine' }, /PRISMA_QUERY_ENGINE_BINARY is \/none\/engine/],
    [{ PRISMA_ENGINE: 'other' }, /PRISMA_ENGINE is "other"/],
    [{ PRISMA_ENGINE: 'native' }, /native query engine 5\.4\.2 cannot be had: spawn \/none\/python ENOENT/],
  ])('%j is refused with a mend', async (environment, message) => {
    const failed = decide(environment);
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toMatchObject({ mend: expect.any(String) });
  });
});

describe('the database client for LiteLLM', () => {
  it('has one generator, ours', () => {
    const schema = `datasource client {
  provider = "postgresql"
}

generator client {
  provider = "prisma-client-py"
  binaryTargets = ["native", "linux-musl"]
}

model A {
  id String @id
}
`;
    const changed = schemaForPythonClient(schema);
    expect(changed.match(/^generator /gm)).toHaveLength(1);
    expect(changed).toContain('provider = "\\"$GATEWAY_PRISMA_PYTHON\\" -m prisma"');
    expect(changed).not.toContain('binaryTargets');
    expect(changed).toContain('datasource client {\n  provider = "postgresql"\n}');
    expect(changed).toContain('model A {\n  id String @id\n}\n');
  });

  const generate = (python: string, given = signal) => {
    const schema = join(folder.path, 'schema.prisma');
    writeFileSync(
      schema,
      'datasource db {\n  provider = "postgresql"\n  url = env("X")\n}\nmodel A {\n  id String @id\n}\n',
    );
    return generatePrismaClient({
      python,
      schema,
      folder: join(folder.path, 'cache'),
      node: process.execPath,
      signal: given,
    });
  };

  it('that cannot be made leaves nothing behind', async () => {
    await expect(generate('/none/python')).rejects.toThrow(/could not be generated/);
    expect(readdirSync(join(folder.path, 'cache')).filter((name) => !name.startsWith('prisma-engine-'))).toEqual([]);
  }, 20_000);

  it('is given up when it is not wanted any more', async () => {
    const giveUp = new AbortController();
    const made = generate('/bin/cat', giveUp.signal);
    setTimeout(() => giveUp.abort(new Error('not wanted')), 300);
    await expect(made).rejects.toThrow('not wanted');
  });

  it('clears away what a killed launcher left an hour ago', async () => {
    const cache = join(folder.path, 'cache');
    for (const name of ['prisma-making-old', 'prisma-making-new']) mkdirSync(join(cache, name), { recursive: true });
    utimesSync(join(cache, 'prisma-making-old'), 0, 0);
    await decide();
    expect(readdirSync(cache).filter((name) => name.includes('making'))).toEqual(['prisma-making-new']);
  });
});
