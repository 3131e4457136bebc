import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentFiles, parseEnvironment } from '@genai-gateway/config';
import { changeEnvironment, writeEnvironment } from '../../configure/env-file.ts';

const variable = 'CLOUDFRONT_SECRET_GENERATION';

export interface Generation {
  readonly from: number;
  readonly to: number;
  /** Where it is written. */
  readonly file: string;
}

/**
 * The next generation of the origin's secret, and the file that it belongs into: the last that has the variable, because
 * SST takes that one, else the stage's own.
 */
export function nextGeneration(
  folder: string,
  stage: string,
  environment: Readonly<Record<string, string | undefined>>,
): Generation {
  const from = Number(environment[variable] ?? '1');
  const holders = environmentFiles(stage).filter((name) => {
    const file = join(folder, name);
    return existsSync(file) && variable in parseEnvironment(readFileSync(file, 'utf8'));
  });
  return { from, to: from + 1, file: join(folder, holders.at(-1) ?? `.env.${stage}`) };
}

/** Writes it; everything else in the file stays. */
export function writeGeneration({ to, file }: Generation, now: Date): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  writeEnvironment(file, changeEnvironment(text, { [variable]: String(to) }), now);
}
