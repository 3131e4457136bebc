import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironment } from '@genai-gateway/config';
import { OperatorFailure } from './command.ts';

export const repositoryRoot = join(import.meta.dirname, '../../..');

/** The variables that a deployment of a stage from this folder reads. `stage` undefined: none is chosen yet. */
export function deploymentEnvironment(
  folder: string,
  environment: NodeJS.ProcessEnv,
  stage: string | undefined,
): NodeJS.ProcessEnv {
  return readEnvironment({ folder, stage: stage ?? '', env: environment });
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
