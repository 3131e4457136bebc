import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironment } from '@genai-gateway/config';
import { OperatorFailure, textOption, type Values } from './command.ts';

export const repositoryRoot = join(import.meta.dirname, '../../..');

export interface Place {
  /** The variables that a deployment of the stage reads. */
  readonly environment: NodeJS.ProcessEnv;
  /** The one that `sst deploy` takes: the option's, the environment's, else us-east-1 (sst.config.ts). */
  readonly region: string;
}

/** What `--stage` and `--region` lead to. Without a stage the variables are those of all stages. */
export function placeOf(values: Values, folder: string = repositoryRoot): Place {
  const environment = readEnvironment({ folder, stage: textOption(values, 'stage') ?? '', env: process.env });
  return { environment, region: textOption(values, 'region') ?? environment['AWS_REGION'] ?? 'us-east-1' };
}

/** Reads a file that has to be there. Throws OperatorFailure. */
export function readTextFile(file: string, mend: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new OperatorFailure(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`, mend);
  }
}
