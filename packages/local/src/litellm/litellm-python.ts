import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { supportedLitellmVersion } from '@genai-gateway/litellm';
import { findPython } from '../../../../scripts/lib/python.mjs';
import { errorText, LaunchFailure } from '../launch-failure.ts';

const run = promisify(execFile);

/** The version of prisma-client-python that LiteLLM's schema is made for; PyPI, prisma 0.11.0 (read 2026-11-23). */
const prismaVersion = '0.11.0';

/** A Python with the one LiteLLM in it that this gateway works with. */
export interface LitellmPython {
  readonly python: string;
  /** LiteLLM's database schema, in Prisma's language. */
  readonly schema: string;
}

/** Where LiteLLM will come from. */
export type LitellmSource =
  /** An environment of the launcher's own, which may have to be made first. */
  | { readonly kind: 'own' }
  /** `--litellm-python`, checked. */
  | { readonly kind: 'given'; readonly litellm: LitellmPython }
  | { readonly kind: 'none'; readonly reason: string };

/**
 * Says quickly where LiteLLM will come from; nothing is installed yet. `given` is a Python or the folder
 * of a virtual environment. Throws {@link LaunchFailure} when that one does not hold the right LiteLLM.
 */
export async function findLitellm(given: string | undefined, signal: AbortSignal): Promise<LitellmSource> {
  if (given !== undefined) return { kind: 'given', litellm: await inspectGiven(given, signal) };
  const found = findPython();
  return found.missing === undefined ? { kind: 'own' } : { kind: 'none', reason: found.missing };
}

async function inspectGiven(given: string, signal: AbortSignal): Promise<LitellmPython> {
  const python = isFolder(given) ? join(given, 'bin/python') : given;
  try {
    return await inspectPython(python, signal);
  } catch (error) {
    if (!(error instanceof LaunchFailure)) throw error;
    throw new LaunchFailure(`--litellm-python ${given}: ${error.message}`, {
      mend:
        `Install it there: ${python} -m pip install 'litellm[proxy]==${supportedLitellmVersion}' prisma==${prismaVersion}\n` +
        'Or leave --litellm-python out: the launcher then makes an environment of its own.',
      exitCode: 2,
      cause: error,
    });
  }
}

/** Asks the packages' own records, so that nothing of LiteLLM is run. */
const question = `
import importlib.metadata, importlib.util, json
def version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
spec = importlib.util.find_spec("litellm")
print(json.dumps({
    "litellm": version("litellm"),
    "prisma": version("prisma"),
    "folder": None if spec is None else list(spec.submodule_search_locations or [None])[0],
}))`;

/**
 * Checks that a Python holds the LiteLLM that this gateway works with, without running any of it.
 * Throws {@link LaunchFailure} that names the versions.
 */
export async function inspectPython(python: string, signal: AbortSignal): Promise<LitellmPython> {
  const { PYTHONPATH: _path, PYTHONHOME: _home, ...env } = process.env;
  let answer: string;
  try {
    answer = (await run(python, ['-c', question], { env, cwd: '/', signal, timeout: 30_000 })).stdout;
  } catch (error) {
    signal.throwIfAborted();
    throw new LaunchFailure(`it cannot be run as a Python: ${errorText(error).split('\n')[0]}.`, { cause: error });
  }
  const found: unknown = JSON.parse(answer);
  const part = (name: string) => {
    const value = typeof found === 'object' && found !== null ? Object.entries(found) : [];
    const entry = value.find(([key]) => key === name)?.[1];
    return typeof entry === 'string' ? entry : undefined;
  };
  for (const [name, wanted] of [
    ['litellm', supportedLitellmVersion],
    ['prisma', prismaVersion],
  ] as const) {
    const version = part(name);
    if (version === wanted) continue;
    const has = version === undefined ? `it has no ${name}` : `it has ${name} ${version}`;
    throw new LaunchFailure(`${has}, and this gateway works with ${name} ${wanted} only.`);
  }
  const folder = part('folder');
  if (folder === undefined) throw new LaunchFailure('its LiteLLM cannot be found, though it is on record.');
  return { python, schema: join(folder, 'proxy/schema.prisma') };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
