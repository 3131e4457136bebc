import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { errorText, LaunchFailure } from '../launch-failure.ts';

const run = promisify(execFile);

/**
 * The version of the native engine that prisma-client-python 0.11.0 asks for. Later engines answer raw SQL in
 * another form, which it does not read. (prisma/_config.py, prisma/_raw_query.py, read 2026-11-23)
 */
const native = { prisma: '5.4.2', engine: 'ac9d7041ed77bcc8a8dbd2ab6616b39013829574' };

/** What the search for a native engine needs. */
export interface NativeEngineOptions {
  /** The Python that LiteLLM runs in. */
  readonly python: string;
  /** For the npm of a download: its folder goes to the front of PATH. */
  readonly node: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/**
 * The native engine that is on this machine already, or undefined: the one that the variable
 * PRISMA_QUERY_ENGINE_BINARY names, else one of the right version in the cache of prisma-client-python or of
 * Prisma, by its own answer to `--version`. Throws {@link LaunchFailure} when the one that is named cannot be run.
 */
export async function findNativeEngine({ environment, signal }: NativeEngineOptions): Promise<string | undefined> {
  const named = environment['PRISMA_QUERY_ENGINE_BINARY'];
  if (named !== undefined && named !== '') {
    if ((await versionOf(named, signal)) !== undefined) return named;
    throw new LaunchFailure(`PRISMA_QUERY_ENGINE_BINARY is ${named}, which does not run as a query engine.`, {
      mend: 'Name a query engine of Prisma for this machine, or unset the variable.',
    });
  }
  for (const candidate of candidates(environment)) {
    if ((await versionOf(candidate, signal)) === native.engine) return candidate;
  }
  return undefined;
}

/** Where prisma-client-python looks for it, and where Prisma's CLI and its npm packages put it. */
function candidates(environment: NodeJS.ProcessEnv): string[] {
  const home = environment['PRISMA_HOME_DIR'] ?? environment['HOME'] ?? '/';
  const ofPython = `.cache/prisma-python/binaries/${native.prisma}/${native.engine}`;
  const cache = environment['PRISMA_BINARY_CACHE_DIR'] ?? join(home, ofPython);
  const patterns = [
    'prisma-query-engine-*',
    'node_modules/prisma/query-engine-*',
    'node_modules/@prisma/engines/query-engine-*',
  ];
  return [
    ...globSync(patterns, { cwd: cache }).map((file) => join(cache, file)),
    ...globSync(join(environment['HOME'] ?? '/', `.cache/prisma/master/${native.engine}/*/query-engine`)),
  ].filter((file) => !/\.(?:gz|sha256)$|\.tmp/.test(file));
}

/** Undefined for what cannot be run here, as one for another platform. */
async function versionOf(file: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { stdout } = await run(file, ['--version'], { signal, timeout: 5_000 });
    return /^query-engine (\w+)/.exec(stdout)?.[1];
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/**
 * Has prisma-client-python download its engine, as it does by itself where it can: Prisma's CLI from npm, and
 * with it the engine from binaries.prisma.sh or PRISMA_ENGINES_MIRROR. Takes up to five minutes. Throws
 * {@link LaunchFailure} when there is no engine afterwards.
 */
export async function downloadNativeEngine(options: NativeEngineOptions): Promise<string> {
  const { python, node, environment, signal } = options;
  const env = {
    ...environment,
    PATH: `${dirname(node)}:${environment['PATH'] ?? ''}`,
    PRISMA_VERSION: native.prisma,
    PRISMA_EXPECTED_ENGINE_VERSION: native.engine,
    CHECKPOINT_DISABLE: '1',
  };
  let why = 'it is not where it should be after the download';
  try {
    await run(python, ['-m', 'prisma', '--version'], { cwd: '/', env, signal, timeout: 300_000 });
  } catch (error) {
    signal.throwIfAborted();
    why = errorText(error).trim().split('\n').at(-1) ?? why;
  }
  const found = await findNativeEngine(options);
  if (found !== undefined) return found;
  throw new LaunchFailure(`Prisma's native query engine ${native.prisma} cannot be had: ${why}.`, {
    mend: 'Unset PRISMA_ENGINE: LiteLLM then uses the engine that comes with this repository.',
  });
}
