import { LaunchFailure } from '../launch-failure.ts';
import { bridgeEngine, writeEngineScripts } from './engine-scripts.ts';
import { downloadNativeEngine, findNativeEngine } from './native-engine.ts';

/** What {@link prismaEngineEnvironment} needs. */
export interface PrismaEngineOptions {
  /** The Python that LiteLLM runs in. */
  readonly python: string;
  /** Where the programs are written, shared between launchers: a cache. */
  readonly folder: string;
  /** The Node that runs our engine. */
  readonly node: string;
  /** The caller's own environment. */
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** The query engine that LiteLLM's database client will start. */
export interface PrismaEngine {
  /** `bridge` is the one in this folder, `native` Prisma's own program. */
  readonly kind: 'bridge' | 'native';
  /** Goes into LiteLLM's environment; `PATH` is one folder, to be put before the others. */
  readonly environment: { readonly PATH: string; readonly [name: string]: string };
}

/**
 * Decides which query engine LiteLLM gets. The variable PRISMA_ENGINE says `native` (downloaded when it is not
 * there) or `bridge`; without it, a native engine that is on this machine already is used, else the bridge, and
 * nothing is downloaded. Throws {@link LaunchFailure}.
 */
export async function prismaEngineEnvironment(options: PrismaEngineOptions): Promise<PrismaEngine> {
  const scripts = await writeEngineScripts(options.folder, options.node);
  const native = await nativeEngine(options);
  if (native !== undefined) {
    return { kind: 'native', environment: { PATH: scripts.bin, PRISMA_QUERY_ENGINE_BINARY: native } };
  }
  return {
    kind: 'bridge',
    environment: {
      PATH: scripts.bin,
      PRISMA_QUERY_ENGINE_BINARY: scripts.queryEngine,
      PRISMA_SCHEMA_ENGINE_BINARY: scripts.schemaEngine,
      PRISMA_VERSION: bridgeEngine.prisma,
      PRISMA_EXPECTED_ENGINE_VERSION: bridgeEngine.engine,
    },
  };
}

async function nativeEngine(options: PrismaEngineOptions): Promise<string | undefined> {
  const asked = options.environment['PRISMA_ENGINE'] ?? '';
  switch (asked) {
    case 'bridge':
      return undefined;
    case '':
      return findNativeEngine(options);
    case 'native':
      return (await findNativeEngine(options)) ?? downloadNativeEngine(options);
  }
  throw new LaunchFailure(`PRISMA_ENGINE is "${asked}".`, {
    mend: 'Write `native` or `bridge`, or unset it.',
    exitCode: 2,
  });
}
