import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InstallFailure, withInstallLock } from './install.mjs';
import { repoRoot } from './paths.mjs';

/** The oldest Python that the locked packages have wheels for. */
const oldest = [3, 11];
const names = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'];

/**
 * A Python that is new enough and can make virtual environments, or undefined and why not in `missing`.
 * The variable PYTHON names one to be tried before those on PATH.
 */
export function findPython() {
  const asked = process.env.PYTHON;
  const tried = [];
  for (const command of [...(asked ? [asked] : []), ...names]) {
    const code = 'import sys; print(sys.executable, *sys.version_info[:2], sep="\\n"); import venv, ensurepip';
    const { status, stdout } = spawnSync(command, ['-c', code], { encoding: 'utf8' });
    const [path, major, minor] = (stdout ?? '').split('\n');
    if (!path || !major || !minor) continue;
    const version = `${command} is ${major}.${minor}`;
    if (Number(major) !== oldest[0] || Number(minor) < oldest[1]) tried.push(version);
    else if (status !== 0) tried.push(`${version} and lacks venv (Debian and Ubuntu: apt-get install python3-venv)`);
    else return { path, version: `${major}.${minor}` };
  }
  return {
    missing: `Python ${oldest.join('.')} or newer is needed: ${tried.length === 0 ? 'none was found' : tried.join(', ')}.`,
  };
}

/**
 * The Python of a virtual environment in `.cache/` that holds exactly what a hash-locked requirements
 * file lists. Made once for each content of that file; `say` gets a line when it has to be made.
 * Throws InstallFailure.
 */
export async function ensureVenv(name, requirements, say = () => {}) {
  const python = findPython();
  if (python.missing !== undefined) throw new InstallFailure(python.missing);
  const digest = createHash('sha256')
    .update(readFileSync(requirements))
    .update(python.path)
    .update(python.version)
    .digest('hex');
  const cache = join(repoRoot, '.cache');
  const folder = join(cache, `venv-${name}-${digest.slice(0, 12)}`);
  const program = join(folder, 'bin/python');
  // Written last: a folder without it was left behind by an installation that did not end.
  const done = join(folder, 'installed');
  if (existsSync(done)) return program;

  await withInstallLock(async () => {
    if (existsSync(done)) return;
    say(`Installing the Python packages of ${name} (this happens once) …`);
    mkdirSync(cache, { recursive: true });
    rmSync(folder, { recursive: true, force: true });
    await run(python.path, ['-m', 'venv', folder]);
    const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--quiet'];
    await run(program, [...pip, '--require-hashes', '--only-binary', ':all:', '-r', requirements]);
    writeFileSync(done, '');
    for (const other of readdirSync(cache)) {
      const stale = other.startsWith(`venv-${name}-`) && join(cache, other) !== folder;
      if (stale) rmSync(join(cache, other), { recursive: true, force: true });
    }
  });
  return program;
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new InstallFailure(`${[command, ...args].join(' ')} failed:\n${output.trim().slice(-2000)}`));
    });
  });
}
