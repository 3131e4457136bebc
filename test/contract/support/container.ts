import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Who runs in our images. */
const user = 65_532;

/** Seen by a contained program too, wherever it lies. */
export const repository = resolve(import.meta.dirname, '../../..');

/**
 * Everything that could be written to is mounted anew, for this process alone, and read-only; what is asked for is a
 * folder in memory, in which this repository is seen where it lies in that folder. Then all rights go, and the program
 * comes.
 */
const isolate = `set -e
mount --make-rprivate /
case ${JSON.stringify(repository)} in "$1"/*) mount --bind ${JSON.stringify(repository)} /mnt;; esac
while read -r _ point _ options _; do
  case "$options" in rw*) mount -o remount,bind,ro "$point" 2>/dev/null || true;; esac
done < /proc/self/mounts
if [ "$1" != none ]; then
  mount -t tmpfs -o mode=1777,size=64m tmpfs "$1"
  case ${JSON.stringify(repository)} in "$1"/*)
    mkdir -p ${JSON.stringify(repository)}
    mount --bind /mnt ${JSON.stringify(repository)}
    mount -o remount,bind,ro ${JSON.stringify(repository)};;
  esac
fi
shift
exec setpriv --reuid ${user} --regid ${user} --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"`;

/** Whether this machine can give a process a file system of its own: Linux, as root. */
export const canIsolate =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  existsSync('/usr/bin/setpriv') &&
  spawnSync('unshare', ['--mount', 'true']).status === 0;

/** How programs run on this machine, for names of tests. */
export const howContained = canIsolate
  ? 'without rights, on a read-only file system'
  : 'as ourselves (not isolated here)';

/** A program, as a container would run it. */
export interface ContainedProgram {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  /** What it has written so far. */
  output(): string;
}

/** The variables that a Dockerfile of ours sets. */
export function imageEnvironment(container: 'gateway' | 'litellm'): Record<string, string> {
  const text = readFileSync(resolve(repository, `containers/${container}/Dockerfile`), 'utf8');
  const lines = /^ENV ((?:.*\\\n)*.*)$/m.exec(text)?.[1] ?? '';
  const pairs = lines.matchAll(/([A-Z_]+)=(?:"([^"]*)"|(\S+))/g);
  return Object.fromEntries([...pairs].map(([, name, quoted, plain]) => [name, quoted ?? plain ?? '']));
}

export interface ContainerOptions {
  readonly folder: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The one folder that it may write to, which is empty. */
  readonly writable?: string;
}

/** Starts a program with no more than a container has: another user, no capability, nothing to write to. */
export function runContained({ folder, command, env, writable = 'none' }: ContainerOptions): ContainedProgram {
  const [program = '', ...args] = canIsolate
    ? ['/usr/bin/unshare', '--mount', '/bin/sh', '-c', isolate, 'isolate', writable, ...command]
    : command;
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  }
  const exited = new Promise<number | null>((settle) => child.once('close', (code) => settle(code)));
  return { child, exited, output: () => output };
}
