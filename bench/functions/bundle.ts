import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { BuildOptions, BuildResult, Metafile } from 'esbuild';

const repository = resolve(import.meta.dirname, '../..');
/** The esbuild that SST brings along: another version makes other bundles. */
const { build } = createRequire(createRequire(import.meta.url).resolve('sst/package.json'))('esbuild') as {
  build(options: BuildOptions): Promise<BuildResult & { metafile: Metafile }>;
};

/** A bundle as it is deployed. */
export interface Bundle {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  /** Bytes by package, the largest first. */
  readonly parts: readonly { readonly name: string; readonly bytes: number }[];
}

/**
 * A function's bundle by the settings of SST's ESM functions (node_modules/sst/runtime/handlers/node.js, sst 2.49.8, read
 * 2026-11-23) and of stacks/functions/lambda-function.ts.
 */
export async function bundleFunction(name: string, folder: string): Promise<Bundle> {
  const file = join(folder, name, 'src', 'handler.mjs');
  mkdirSync(dirname(file), { recursive: true });
  const { metafile } = await build({
    entryPoints: [join(repository, 'functions', name, 'src', 'handler.ts')],
    outfile: file,
    platform: 'node',
    external: ['sharp', 'pg-native'],
    keepNames: true,
    bundle: true,
    logLevel: 'error',
    metafile: true,
    format: 'esm',
    target: 'esnext',
    mainFields: ['module', 'main'],
    banner: {
      js: [
        "import { createRequire as topLevelCreateRequire } from 'module';",
        'const require = topLevelCreateRequire(import.meta.url);',
        'import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from "url"',
        'const __dirname = topLevelFileUrlToPath(new topLevelURL(".", import.meta.url))',
      ].join('\n'),
    },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
  });
  const [output] = Object.values(metafile.outputs);
  if (output === undefined) throw new Error(`esbuild made nothing of ${name}`);
  const parts = new Map<string, number>();
  for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
    const part = packageOf(input);
    parts.set(part, (parts.get(part) ?? 0) + bytesInOutput);
  }
  return {
    name,
    file,
    bytes: output.bytes,
    parts: [...parts].map(([part, bytes]) => ({ name: part, bytes })).toSorted((a, b) => b.bytes - a.bytes),
  };
}

function packageOf(input: string): string {
  const dependency = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
  return dependency ?? /((?:packages|functions)\/[^/]+)/.exec(input)?.[1] ?? input;
}
