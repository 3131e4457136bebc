import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errorText, explainFileError, LaunchFailure } from '../launch-failure.ts';
import { bridgeEngine, writeEngineScripts } from './engine-scripts.ts';
import { makeFolder } from './make-folder.ts';

const run = promisify(execFile);

/** What {@link generatePrismaClient} needs. */
export interface PrismaClientOptions {
  /** A Python with prisma-client-python 0.11.0. Nothing is written into its folders. */
  readonly python: string;
  /** LiteLLM's `schema.prisma`. */
  readonly schema: string;
  /** Where clients are kept, shared between launchers: a cache. */
  readonly folder: string;
  readonly node: string;
  readonly signal: AbortSignal;
}

/**
 * Makes the Python client for a schema, offline, in a folder of its own; `pythonPath` goes to the front of
 * PYTHONPATH, where it takes the place of the package `prisma` that the client was generated from. Takes a few
 * seconds for a schema that was not seen before, and almost no time for one that was. Any number of launchers
 * may do it at once. Throws {@link LaunchFailure}.
 */
export async function generatePrismaClient(options: PrismaClientOptions): Promise<{ readonly pythonPath: string }> {
  const { python, folder, signal } = options;
  signal.throwIfAborted();
  const schema = schemaForPythonClient(readFileSync(options.schema, 'utf8'));
  const key = createHash('sha256')
    .update(JSON.stringify([schema, python, bridgeEngine]))
    .digest('hex')
    .slice(0, 12);
  const place = join(folder, `prisma-client-${key}`);
  try {
    await makeFolder(place, async (work) => {
      writeFileSync(join(work, 'schema.prisma'), schema);
      await generate(work, options);
    });
  } catch (error) {
    signal.throwIfAborted();
    throw explainFileError(error, folder);
  }
  return { pythonPath: join(place, output) };
}

/** The folder that holds the package `prisma`. */
const output = 'client';

/**
 * The schema with a generator of ours in place of its own: one platform, this one, as every other would have
 * its engine downloaded, and a Python that no PATH is searched for. The generator's command is run by a shell.
 */
export function schemaForPythonClient(schema: string): string {
  const others = schema.replace(/^generator\s+\w+\s*\{[^}]*\}\s*$/gm, '');
  return `${others}
generator client {
  provider = "\\"$GATEWAY_PRISMA_PYTHON\\" -m prisma"
  output = "./${output}/prisma"
  recursive_type_depth = -1
}
`;
}

async function generate(work: string, { python, folder, node, signal }: PrismaClientOptions): Promise<void> {
  const { queryEngine, schemaEngine } = await writeEngineScripts(folder, node);
  // The caller's own settings for these programs are about other projects.
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:PRISMA_|PYTHON|NODE_OPTIONS$)/.test(name));
  const cli = createRequire(import.meta.url).resolve('prisma/build/index.js');
  try {
    await run(node, [cli, 'generate', '--schema', join(work, 'schema.prisma')], {
      cwd: work,
      env: {
        ...Object.fromEntries(kept),
        GATEWAY_PRISMA_PYTHON: python,
        // With both engines given, and no library asked for, there is nothing to download.
        PRISMA_QUERY_ENGINE_BINARY: queryEngine,
        PRISMA_SCHEMA_ENGINE_BINARY: schemaEngine,
        PRISMA_CLI_QUERY_ENGINE_TYPE: 'binary',
        PRISMA_VERSION: bridgeEngine.prisma,
        PRISMA_EXPECTED_ENGINE_VERSION: bridgeEngine.engine,
        PRISMA_HIDE_UPDATE_MESSAGE: 'true',
        CHECKPOINT_DISABLE: '1',
      },
      signal,
      timeout: 120_000,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new LaunchFailure(`The database client for LiteLLM could not be generated: ${errorText(error).trim()}`, {
      mend: 'Delete the folder .cache of the repository and start again.',
      cause: error,
    });
  }
  if (!existsSync(join(work, output, 'prisma/client.py'))) {
    throw new LaunchFailure('The database client for LiteLLM could not be generated: Prisma wrote none.');
  }
}
