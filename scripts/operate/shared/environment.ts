import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { OperatorFailure } from './command.ts';

export const repositoryRoot = join(import.meta.dirname, '../../..');

/**
 * The variables that a deployment of a stage from this folder reads: those of the environment, and over them the ones
 * of the `.env` files, a later file over an earlier one. This is what the SST command line does (sst 2.49.8,
 * cli/sst.js and project.js: dotenv with `override: true`, read 2026-11-23). `stage` undefined: none is chosen yet.
 */
export function deploymentEnvironment(
  folder: string,
  environment: NodeJS.ProcessEnv,
  stage: string | undefined,
): NodeJS.ProcessEnv {
  const ofStage = stage === undefined ? [] : [`.env.${stage}`, `.env.${stage}.local`];
  const files = ['.env', '.env.local', ...ofStage];
  return Object.assign({}, environment, ...files.map((file) => variablesOf(join(folder, file))));
}

function variablesOf(file: string): NodeJS.ProcessEnv {
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** The region that `sst deploy` takes: the option's, the environment's, else us-east-1 (sst.config.ts). */
export function regionOf(option: string | undefined, environment: NodeJS.ProcessEnv): string {
  return option ?? environment['AWS_REGION'] ?? 'us-east-1';
}

/** Reads a file that has to be there. Throws OperatorFailure. */
export function readTextFile(file: string, mend: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new OperatorFailure(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`, mend);
  }
}
