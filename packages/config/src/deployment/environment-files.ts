import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { DeploymentSource } from './read-deployment.ts';

/** Files with variables, in the order in which SST reads them; a later one goes before an earlier one. */
export function environmentFiles(stage: string): readonly string[] {
  return ['.env', '.env.local', `.env.${stage}`, `.env.${stage}.local`];
}

/**
 * The variables of a deployment as SST sees them: those of the files in `folder`, which go before those of `env`.
 * Source: sst 2.49.8, project.js `initProject`, which loads them with dotenv's `override` (read 2026-11-23).
 */
export function readEnvironment({
  folder,
  stage,
  env,
}: Pick<DeploymentSource, 'stage' | 'env'> & { readonly folder: string }): Readonly<
  Record<string, string | undefined>
> {
  const found = environmentFiles(stage)
    .map((name) => resolve(folder, name))
    .filter((file) => existsSync(file));
  return Object.assign({}, env, ...found.map((file) => parseEnvironment(readFileSync(file, 'utf8'))));
}

/** The variables of a file's text. */
export function parseEnvironment(text: string): Record<string, string> {
  return Object.fromEntries(Object.entries(parseEnv(text)).map(([name, value]) => [name, value ?? '']));
}

/**
 * A value as it is written into such a file, so that SST and `parseEnvironment` read the same. Undefined: it cannot be
 * written, because it has line breaks or every kind of quotation mark.
 */
export function quoteForEnvironment(value: string): string | undefined {
  if (/[\r\n]/.test(value)) return undefined;
  if (/^[\w./:@,+=*-]*$/.test(value)) return value;
  // Between double quotes a backslash and an n would become a line break.
  const mark = [`'`, '`'].find((each) => !value.includes(each));
  return mark === undefined ? undefined : `${mark}${value}${mark}`;
}
