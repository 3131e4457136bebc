import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, createWriteStream, existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { processIdentity } from './process-identity.ts';
import type { StateFolder } from './state-folder.ts';

/** What {@link startDaemon} needs to know. */
export interface DaemonOptions {
  /** For messages and for the record in the state folder. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly state: StateFolder;
  readonly logFile: string;
  /** Text for its standard input, closed after it. */
  readonly input?: string;
  /** The user to run as. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** The signal that makes it stop in an orderly way. */
  readonly stopSignal: NodeJS.Signals;
  /** An IPC channel to it, by which it notices a dead launcher itself. */
  readonly ipc?: boolean;
  /** Shows its output on this process's output as well as in the log file. */
  readonly echo?: boolean;
  /** It starts processes of its own, which end with it whatever way it ends. */
  readonly group?: boolean;
  /** Goes on writing the log that an earlier process of this start began. */
  readonly continueLog?: boolean;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A long-running child process of the launcher. */
export interface Daemon {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Settles when the process has ended, however that came. */
  readonly exited: Promise<Exit>;
  hasExited(): boolean;
  /** Asks it to stop, waits, and kills it after `graceMs`. Returns once it is gone. */
  stop(graceMs: number): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

/**
 * Starts a process that lives as long as the launcher. It has its own process group, so that a
 * terminal's Ctrl-C reaches the launcher alone, which then stops things in order.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const log = openLog(options.logFile, options.continueLog ?? false);
  const output = options.echo === true ? 'pipe' : log;
  const child = spawn(options.command, [...options.args], {
    env: options.env,
    cwd: '/',
    detached: true,
    stdio: [
      options.input === undefined ? 'ignore' : 'pipe',
      output,
      output,
      ...(options.ipc === true ? ['ipc' as const] : []),
    ],
    ...options.user,
  });
  if (options.echo === true) echo(child, log);
  else closeSync(log);

  let ended = false;
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = true;
      resolve({ code, signal });
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  // A send to a process that is just ending is no failure of ours: its end is reported by `exited`.
  child.on('error', () => undefined);
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${options.name} has no process id`);
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input);

  const identity = processIdentity(pid);
  if (identity !== undefined) options.state.record({ name: options.name, pid, identity });
  // The gateway sees its IPC channel close; for the others this ends them when the launcher is killed.
  const reaper =
    options.ipc === true ? undefined : startReaper(pid, options.stopSignal, options.group === true ? groupScript : '');
  void exited.then(() => {
    reaper?.kill('SIGKILL');
    if (options.group === true) signal(-pid, 'SIGKILL');
    try {
      options.state.strikeOff(pid);
    } catch {
      // The record is only for the next start, which checks each process before it touches it.
    }
  });

  const kill = () => {
    if (!ended) signal(options.group === true ? -pid : pid, 'SIGKILL');
  };
  return {
    pid,
    child,
    exited,
    hasExited: () => ended,
    kill,
    async stop(graceMs) {
      if (ended) return;
      child.kill(options.stopSignal);
      const timer = setTimeout(kill, graceMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Gives the process 10 seconds, then ends what is left of its group. */
const groupScript =
  'i=0; while [ $i -lt 50 ] && kill -0 "$0" 2>/dev/null; do i=$((i+1)); /bin/sleep 0.2 || sleep 0.2; done; ' +
  'kill -s KILL -- "-$0" 2>/dev/null';

/** A shell that waits for the pipe from the launcher to close, which even `kill -9` does, and then ends `pid`. */
function startReaper(pid: number, signal: NodeJS.Signals, afterwards: string): ChildProcess {
  // Builtins where it matters, so that it works whatever is on PATH.
  const script = `while read -r line; do :; done; kill -s "$1" "$0" 2>/dev/null; ${afterwards}`;
  const reaper = spawn('/bin/sh', ['-c', script, String(pid), signal.replace('SIG', '')], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  reaper.on('error', () => undefined);
  reaper.stdin?.on('error', () => undefined);
  reaper.unref();
  if (reaper.stdin !== null && 'unref' in reaper.stdin && typeof reaper.stdin.unref === 'function') {
    reaper.stdin.unref();
  }
  return reaper;
}

/** A log, readable by its owner only: a new one, the one of the start before is kept as `….1`, or the same again. */
function openLog(path: string, again: boolean): number {
  if (!again && existsSync(path)) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

function echo(child: ChildProcess, log: number): void {
  const file = createWriteStream('', { fd: log });
  file.on('error', () => undefined);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      file.write(chunk);
      process.stderr.write(chunk);
    });
  }
}

/** The last lines of a log file, for a failure message. Empty when there is none. */
export function lastLines(path: string, count: number): string {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}

/**
 * Ends what an earlier launcher left running in this state folder, each only if it is provably the
 * very process that was recorded. Gives the names of those it ended.
 */
export async function endLeftovers(state: StateFolder): Promise<string[]> {
  const leftovers = state.recordedProcesses().filter(({ pid, identity }) => processIdentity(pid) === identity);
  for (const { pid, name } of leftovers) signal(pid, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
  const deadline = Date.now() + 5_000;
  const alive = () => leftovers.filter(({ pid, identity }) => processIdentity(pid) === identity);
  while (alive().length > 0 && Date.now() < deadline) await sleep(20);
  for (const { pid } of alive()) signal(pid, 'SIGKILL');
  for (const { pid, name } of leftovers) if (name === 'litellm') signal(-pid, 'SIGKILL');
  while (alive().length > 0 && Date.now() < deadline + 2_000) await sleep(20);
  if (state.recordedProcesses().length > 0) state.writeJson('processes.json', { processes: [] });
  return leftovers.map(({ name }) => name);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone in the meantime.
  }
}
