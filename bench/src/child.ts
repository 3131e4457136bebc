import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A program that was started, and the signal that asks it to end. */
interface Running {
  readonly child: ChildProcess;
  readonly signal: NodeJS.Signals;
}

/** A child whose process id is known. */
export type StartedChild = ChildProcess & { readonly pid: number };

const running: Running[] = [];
let stopping: Promise<void> | undefined;

/** Long enough for the launcher to stop its database. */
const graceMs = 60_000;

/**
 * Starts a program whose output goes to `logFile`. It has its own process group, so that a terminal's Ctrl-C
 * reaches this run alone and the program is asked to end once. Throws when it cannot be started.
 */
export async function startLogged(
  command: string,
  args: readonly string[],
  logFile: string,
  signal: NodeJS.Signals,
): Promise<StartedChild> {
  const log = openSync(logFile, 'a');
  return started(spawn(command, args, { detached: true, stdio: ['ignore', log, log] }), signal);
}

/** Starts a program of bench/go, which prints its address first, and gives its origin. It ends with its stdin. */
export async function startServer(
  command: string,
  args: readonly string[],
): Promise<{ readonly pid: number; readonly origin: string }> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const { pid } = await started(child, 'SIGTERM');
  for await (const line of createInterface({ input: child.stdout })) return { pid, origin: `http://${line}` };
  throw new Error(`${command} ended before it listened`);
}

async function started(child: ChildProcess, signal: NodeJS.Signals): Promise<StartedChild> {
  await once(child, 'spawn');
  running.push({ child, signal });
  return child as StartedChild; // a process that has spawned has an id
}

/** Ends all that was started, the last first. Called twice, both wait for the same end. */
export function stopAll(): Promise<void> {
  stopping ??= (async () => {
    for (const { child, signal } of running.toReversed()) await end(child, signal);
  })();
  return stopping;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(killer);
}
