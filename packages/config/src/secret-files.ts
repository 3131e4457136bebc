import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './gateway-config.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment, and what the files of SECRETS_DIR add to it: a file's name is a variable's, its text the value, but
 * for one line break at its end. Files named otherwise, as a mounted volume has them for itself, are passed over. Throws
 * `ConfigError` where the folder cannot be read, and for a variable that is set in both places.
 */
export function withSecretFiles(env: Environment): Environment {
  const folder = env['SECRETS_DIR'];
  if (folder === undefined || folder === '') return env;
  const secrets = filesOf(folder);
  const twice = Object.keys(secrets).filter((name) => (env[name] ?? '') !== '');
  if (twice.length > 0) {
    throw new ConfigError(
      `SECRETS_DIR (${folder}) holds files for ${twice.join(', ')}, which the environment sets as well. Take them away in one place.`,
    );
  }
  return { ...env, ...secrets };
}

function filesOf(folder: string): Record<string, string> {
  try {
    const names = readdirSync(folder).filter((name) => /^[A-Z][A-Z0-9_]*$/.test(name));
    return Object.fromEntries(
      names.map((name) => [name, readFileSync(join(folder, name), 'utf8').replace(/\r?\n$/, '')]),
    );
  } catch (cause) {
    throw new ConfigError(
      `SECRETS_DIR names ${folder}, which cannot be read. It has to be a folder of files that this process may read.`,
      { cause },
    );
  }
}
