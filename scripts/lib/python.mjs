import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InstallFailure, withInstallLock } from './install.mjs';
import { repoRoot } from './paths.mjs';

/** The oldest Python that the locked packages have wheels for. */
const oldest = [3, 11];
const names = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'];

/**
 * A Python that is new enough and can make virtual environments (or uv can make them for it), or why
 * there is none in `missing`. The variable PYTHON names one to be tried before those on PATH.
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
    else if (status !== 0 && !hasUv())
      tried.push(`${version} and lacks venv (Debian and Ubuntu: apt-get install python3-venv)`);
    else return { path, version: `${major}.${minor}` };
  }
  return {
    missing: `Python ${oldest.join('.')} or newer is needed: ${tried.length === 0 ? 'none was found' : tried.join(', ')}.`,
  };
}

function hasUv() {
  return spawnSync('uv', ['--version']).status === 0;
}

/** What this process is making: the lock keeps processes apart, not what one does twice at once. */
const underWay = new Map();

/**
 * The Python of a virtual environment in `.cache/` that holds exactly what a hash-locked requirements
 * file lists, made by uv where it is on PATH, else by pip. Made once for each content of that file.
 * `say` gets a line when it has to be made and every few seconds while that goes on; `size` is for
 * these lines, like `600 MB`. `signal` gives it up. Throws InstallFailure.
 */
export async function ensureVenv(name, requirements, say = () => {}, { signal, size } = {}) {
  const before = underWay.get(name) ?? Promise.resolve();
  const made = before.then(() => makeVenv({ name, requirements, say, signal, size }));
  underWay.set(
    name,
    made.catch(() => undefined),
  );
  return made;
}

async function makeVenv({ name, requirements, say, signal, size }) {
  const python = findPython();
  if (python.missing !== undefined) throw new InstallFailure(python.missing);
  const lock = readFileSync(requirements, 'utf8');
  const cache = join(repoRoot, '.cache');
  const ofLock = `venv-${name}-${digest(lock)}-`;
  const prefix = `${ofLock}${digest(python.path + python.version)}-`;
  const present = findFinished(cache, prefix);
  if (present !== undefined) return present;

  const begun = Date.now();
  const seconds = () => `${Math.round((Date.now() - begun) / 1000)} s`;
  const what = `the Python packages of ${name}`;
  let program;
  const install = async () => {
    signal?.throwIfAborted();
    program = findFinished(cache, prefix);
    if (program !== undefined) return;
    say(`Installing ${what} (this happens once${size === undefined ? '' : `, about ${size}`}) …`);
    for (const other of readdirSync(cache)) {
      const stale = !other.startsWith(ofLock) || !existsSync(join(cache, other, finished));
      if (other.startsWith(`venv-${name}-`) && stale) remove(join(cache, other));
    }
    // An installer that outlived its launcher may still write to its folder, so each attempt has its own.
    const folder = join(cache, `${prefix}${randomBytes(3).toString('hex')}`);
    const total = lock.match(/^[\w.[\]-]+==/gm)?.length ?? 0;
    const count = { fetched: 0, installing: false };
    const timer = setInterval(() => {
      const stage = count.installing ? 'unpacking' : `${count.fetched} of ${total} fetched`;
      say(`Installing ${what}: ${count.fetched === 0 ? '' : `${stage}, `}${seconds()} …`);
    }, 10_000);
    try {
      for (const [command, ...args] of installSteps({ python: python.path, folder, requirements })) {
        await run(command, args, signal, (line) => {
          if (/^\s*Collecting \S/.test(line)) count.fetched += 1;
          else if (/^(Installing collected packages|Prepared \d+ packages)/.test(line)) count.installing = true;
        });
      }
      writeFileSync(join(folder, finished), '');
    } catch (error) {
      // What has been written so far is of no use, least of all on a full disk.
      remove(folder);
      signal?.throwIfAborted();
      throw error instanceof InstallFailure ? explain(error.message, what, size, folder) : error;
    } finally {
      clearInterval(timer);
    }
    say(`Installed ${what} in ${seconds()}.`);
    program = join(folder, 'bin/python');
  };
  mkdirSync(cache, { recursive: true });
  await abortable(withInstallLock(install), signal);
  return program;
}

function digest(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** Written last: a folder without it was left behind by an installation that did not end. */
const finished = 'installed';

function findFinished(cache, prefix) {
  if (!existsSync(cache)) return undefined;
  const found = readdirSync(cache).find((each) => each.startsWith(prefix) && existsSync(join(cache, each, finished)));
  return found === undefined ? undefined : join(cache, found, 'bin/python');
}

/** The commands that make a virtual environment. pip compiles what it installs by itself, uv when asked to. */
function installSteps({ python, folder, requirements }) {
  const locked = ['--require-hashes', '--only-binary', ':all:', '-r', requirements];
  const program = join(folder, 'bin/python');
  if (hasUv()) {
    return [
      ['uv', 'venv', '--quiet', '--no-python-downloads', '--python', python, folder],
      ['uv', 'pip', 'install', '--no-progress', '--compile-bytecode', '--python', program, ...locked],
    ];
  }
  const quiet = ['--disable-pip-version-check', '--no-input', '--progress-bar', 'off'];
  return [
    [python, '-m', 'venv', folder],
    [program, '-m', 'pip', 'install', ...quiet, ...locked],
  ];
}

function remove(folder) {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // Somebody still writes to it; the next installation tries again.
  }
}

/** Ends the wait when `signal` does; the work itself looks at the signal where it can end. */
function abortable(work, signal) {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const onAbort = () => setTimeout(() => reject(signal.reason), 3_000).unref();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/**
 * Runs the installer that the arguments name, and ends it when descriptor 3 closes, which the death of this
 * process does too, however it dies.
 */
const guarded =
  '"$@" 3<&- & pid=$!; (while read -r line; do :; done; kill "$pid") <&3 >/dev/null 2>&1 & exec 3<&-; wait "$pid"';

/** Runs an installer. Rejects with an InstallFailure that holds all it said. */
function run(command, args, signal, onLine) {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', guarded, 'sh', command, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const guard = child.stdio[3];
    guard.on('error', () => {});
    const onAbort = () => guard.destroy();
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.on('data', (chunk) => {
        output += chunk;
        const lines = `${rest}${chunk}`.split('\n');
        rest = lines.pop();
        for (const line of lines) onLine(line);
      });
    }
    child.on('error', reject);
    child.on('exit', () => guard.destroy());
    child.on('close', (code) => {
      signal?.removeEventListener('abort', onAbort);
      if (code === 0) resolve();
      else reject(new InstallFailure(`${[command, ...args].join(' ')} failed:\n${output.trim()}`));
    });
  });
}

/** What to show of an installer's failure: the reason and the mend where they can be told, else its last words. */
function explain(output, what, size, folder) {
  const said = output
    .split('\n')
    .filter((line) => /^(error| {2}Caused by)|[×╰]/i.test(line))
    .slice(-4)
    .join('\n');
  if (/No space left on device|Disk quota exceeded|os error 28\b|Errno 28\b/i.test(output)) {
    const need = size === undefined ? '' : ` (about ${size})`;
    return new InstallFailure(
      `The disk is full: ${what}${need} do not fit in ${folder}.\nFree some space, then start again.`,
    );
  }
  if (/DO NOT MATCH THE HASHES|hash mismatch/i.test(output)) {
    return new InstallFailure(
      `What was fetched are not ${what} that the lock names: a hash differs.\n${said}\n` +
        'A package index of your own may have rebuilt them: see `pip config list`.',
    );
  }
  const network =
    /NewConnectionError|ConnectTimeout|ReadTimeout|name resolution|Name or service not known|ProxyError|SSLError|Connection (refused|reset|broken)|Max retries|error sending request|dns error|Failed to fetch/i;
  if (network.test(output)) {
    return new InstallFailure(
      `The package index did not answer: ${what} could not be fetched.\n${said}\n` +
        'Check the network, HTTPS_PROXY and `pip config list`, then start again.',
    );
  }
  if (/no usable wheels|No matching distribution|Could not find a version/i.test(output)) {
    return new InstallFailure(
      `Not all of ${what} exist ready-made for this machine and this Python.\n${said}\n` +
        'The variable PYTHON can name another Python (3.11 to 3.14); Intel Macs have none.',
    );
  }
  return new InstallFailure(`Installing ${what} failed:\n${output.slice(-2000)}`);
}
