import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { inRepository } from './repository.ts';

const bundled = new Map<string, string>();

/**
 * The code of a Lambda function in TypeScript, as `index.mjs`; the AWS SDK is left to the runtime, which has it.
 * `entry` is a path from the root of the repository. The same sources give the same bytes, so the asset's hash changes
 * with the code alone.
 */
export function lambdaCode(entry: string): AssetCode {
  const folder = bundled.get(entry) ?? bundle(entry);
  bundled.set(entry, folder);
  return Code.fromAsset(folder);
}

function bundle(entry: string): string {
  const { outputFiles } = buildSync({
    absWorkingDir: inRepository(),
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    external: ['@aws-sdk/*'],
    logLevel: 'warning',
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  const folder = inRepository('.cache/lambda', createHash('sha256').update(code).digest('hex').slice(0, 16));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.mjs'), code);
  return folder;
}
