// Reads the two lock files of npm: package-lock.json, which says what should be installed, and
// node_modules/.package-lock.json, in which npm notes what it did install.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from './paths.mjs';

const lockFile = join(repoRoot, 'package-lock.json');
const installedFile = join(repoRoot, 'node_modules/.package-lock.json');

/** SHA-256 of each lock file, `absent` for one that is not there. They change with every install. */
export function lockFingerprints() {
  return { lock: fingerprint(lockFile), installed: fingerprint(installedFile) };
}

function fingerprint(file) {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    return 'absent';
  }
}

/**
 * Whether everything that the lock demands for these workspaces is installed in the locked version.
 * `workspaces` are folders like `packages/local`; `undefined` stands for the whole repository with
 * its development dependencies.
 */
export function isInstalled(workspaces, wanted = readPackages(lockFile), installed = readPackages(installedFile)) {
  if (wanted === undefined || installed === undefined) return false;
  const paths = workspaces === undefined ? everything(wanted) : closure(wanted, workspaces);
  for (const path of paths) {
    const entry = wanted[path];
    const found = installed[path];
    if (entry.link) {
      if (found?.link !== true) return false;
    } else if (path.includes('node_modules/')) {
      if (entry.optional && !fitsMachine(entry)) continue;
      if (found?.version !== entry.version) return false;
    }
  }
  return true;
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function everything(packages) {
  return Object.keys(packages).filter((path) => path !== '');
}

/** The paths of all packages that these workspaces need at run time, themselves included. */
function closure(packages, workspaces) {
  const seen = new Set();
  const queue = [...workspaces];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const entry = packages[path];
    if (entry.link) {
      queue.push(entry.resolved);
      continue;
    }
    for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
      const target = locate(packages, path, name);
      if (target !== undefined) queue.push(target);
    }
  }
  return seen;
}

/** Where Node would find `name` from `path`: in its own node_modules, else in those above it. */
function locate(packages, path, name) {
  for (let folder = path; ; ) {
    const candidate = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (packages[candidate] !== undefined) return candidate;
    if (folder === '') return undefined;
    folder = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '';
  }
}

/**
 * Whether npm surely installs an optional package here. Those bound to a C library, and those that only
 * other platforms' packages need (they name no platform themselves), are left for npm to judge.
 */
function fitsMachine({ os, cpu, libc }) {
  if (libc !== undefined || (os === undefined && cpu === undefined)) return false;
  const allows = (list, mine) => list === undefined || [list].flat().includes(mine);
  return allows(os, process.platform) && allows(cpu, process.arch);
}

/** Whether development packages are installed: somebody works here, and a smaller installation would take them away. */
export function hasDevelopmentPackages() {
  return Object.values(readPackages(installedFile) ?? {}).some(
    ({ dev, optional }) => dev === true && optional !== true,
  );
}
