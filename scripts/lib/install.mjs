import { spawn } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { hasDevelopmentPackages, isInstalled, lockFingerprints } from './lock.mjs';
import { systemNodeIsNewEnough } from './node-runtime.mjs';
import { repoRoot } from './paths.mjs';

const stampFile = join(repoRoot, 'node_modules/.installed-set.json');

/** A failure to show as it is, without a stack trace. */
export class InstallFailure extends Error {}

/** What each set installs beside the Node runtime; `undefined` stands for everything, development included. */
const workspacesOf = {
  start: ['packages/local'],
  examples: ['packages/local', 'examples'],
  full: undefined,
};

/**
 * Makes sure that the npm packages are there. `start` is what the launcher and the gateway need at
 * run time; `examples` adds what the programs in examples/ need; `full` is everything for development.
 * A larger set serves a smaller one and is never replaced by it. When nothing is missing npm is not run
 * at all. Only `examples` may be called while a gateway runs from this folder: it adds and takes nothing away.
 */
export async function ensureInstalled(set) {
  const runtime = systemNodeIsNewEnough() ? [] : ['scripts/node-runtime'];
  if (stampCovers(set, runtime)) return;

  // Whoever had more gets it again when the lock has moved on.
  const had = hasDevelopmentPackages() ? 'full' : readStamp()?.set;
  const wanted = isAtLeast(had, set) ? had : set;
  for (const each of ['full', 'examples', 'start']) {
    if (isAtLeast(each, set) && isInstalled(withRuntime(workspacesOf[each], runtime))) {
      writeStamp(each, runtime);
      return;
    }
  }
  await withInstallLock(async () => {
    const workspaces = withRuntime(workspacesOf[wanted], runtime)?.map((workspace) => `--workspace=${workspace}`);
    const only = ['--omit=dev', ...(workspaces ?? []), '--include-workspace-root=false'];
    const begun = Date.now();
    process.stdout.write(`Installing ${what[wanted]} (this happens once) …\n`);
    await npmInstall(workspaces === undefined ? [] : only, set === 'examples' ? 'add' : 'replace');
    process.stdout.write(`Installed in ${((Date.now() - begun) / 1000).toFixed(1)} s.\n`);
    writeStamp(wanted, runtime);
  });
}

const what = {
  start: 'the npm packages that a start needs',
  examples: 'the npm packages of the examples',
  full: 'all npm packages',
};

/** Whether a set holds everything of another one. */
function isAtLeast(set, other) {
  const order = ['start', 'examples', 'full'];
  return order.indexOf(set) >= order.indexOf(other);
}

function withRuntime(workspaces, runtime) {
  return workspaces === undefined ? undefined : [...workspaces, ...runtime];
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The stamp counts only while both lock files are the ones it was written for. */
function stampCovers(set, runtime) {
  const stamp = readStamp();
  const now = lockFingerprints();
  if (stamp === undefined || stamp.lock !== now.lock || stamp.installed !== now.installed) return false;
  if (now.installed === 'absent') return false;
  return isAtLeast(stamp.set, set) && (stamp.set === 'full' || runtime.every((name) => stamp.runtime.includes(name)));
}

function writeStamp(set, runtime) {
  try {
    writeFileSync(stampFile, `${JSON.stringify({ set, runtime, ...lockFingerprints() })}\n`);
  } catch {
    // A read-only node_modules: the check is then made in full every time.
  }
}

async function npmInstall(options, mode) {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'];
  // `npm ci` deletes node_modules first, which would pull the packages from under a running gateway.
  const command = mode === 'add' ? ['install', '--no-save'] : ['ci'];
  const first = await npm([...command, ...options, ...quiet]);
  if (first.code === 0) return;
  if (mode === 'add') throw failure(first.output);
  // A lock that was written where a registry lacks other platforms' optional packages does not have
  // them, and `npm ci` of npm 11 refuses it. `npm install` without saving takes the same versions and
  // hashes for all that is in the lock.
  if (/in sync|EUSAGE/.test(first.output)) {
    const second = await npm(['install', '--no-save', ...options, ...quiet]);
    if (second.code === 0) return;
    throw failure(second.output);
  }
  throw failure(first.output);
}

function failure(output) {
  const registry = /https?:\/\/[^\s/]+/.exec(output)?.[0] ?? 'the configured one (`npm config get registry`)';
  const said = output
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '  '))
    .filter(
      (line) => line.trim() !== '' && !/A complete log of this run|npm warn|^\s+at |[{}]$|^\s+\w+: '?\S+,?$/.test(line),
    )
    .slice(0, 8)
    .join('\n');
  if (/ENOTFOUND|ETIMEDOUT|ECONNREFUSED|ECONNRESET|EAI_AGAIN|ENETUNREACH|ENOTCACHED|network/i.test(output)) {
    return new InstallFailure(
      `The npm packages could not be fetched: the registry did not answer. Asked: ${registry}\n${said}\n` +
        'Check the network, HTTPS_PROXY, and `npm config get registry`, then start again.',
    );
  }
  if (/ENOSPC/.test(output)) {
    return new InstallFailure(`The disk is full: the npm packages do not fit in ${repoRoot}/node_modules.\n${said}`);
  }
  return new InstallFailure(
    `npm could not install the packages. Registry: ${registry}\n${said}\n` +
      'Try `npm ci` by hand to see all that npm says.',
  );
}

/** Runs npm in the repository and gives its exit code and everything it printed. */
function npm(args) {
  const [command, prefix] = npmCommand();
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...prefix, ...args], {
      cwd: repoRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Settings that the surrounding `npm start` handed down are about that command, not this one.
      env: Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^npm_(lifecycle|package|command)/.test(name)),
      ),
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => {
      reject(
        error.code === 'ENOENT'
          ? new InstallFailure('npm was not found. It comes with Node: https://nodejs.org/en/download')
          : error,
      );
    });
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** The npm that runs us, with the Node that runs us, else the one on PATH. */
function npmCommand() {
  const running = process.env.npm_execpath;
  if (running !== undefined && basename(running) === 'npm-cli.js') return [process.execPath, [running]];
  return ['npm', []];
}

/** Lets one installation run at a time: two at once would delete each other's folders. */
export async function withInstallLock(work) {
  const folder = join(repoRoot, '.cache');
  const lock = join(folder, 'install.lock');
  const mine = `${lock}.${process.pid}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(mine, String(process.pid));
  try {
    for (let told = false; ; ) {
      try {
        linkSync(mine, lock);
        break;
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const holder = readHolder(lock);
      if (holder === undefined || !isAlive(holder)) {
        rmSync(lock, { force: true });
        continue;
      }
      if (!told) process.stdout.write(`Waiting for another installation here (pid ${holder}) …\n`);
      told = true;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    await work();
  } finally {
    if (readHolder(lock) === process.pid) rmSync(lock, { force: true });
    rmSync(mine, { force: true });
  }
}

function readHolder(lock) {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
