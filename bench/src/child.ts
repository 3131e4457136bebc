import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Starts a program whose output goes to `logFile`. Throws when it cannot be started. */
export async function startLogged(
  command: string,
  args: readonly string[],
  logFile: string,
): Promise<ChildProcess & { pid: number }> {
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { stdio: ['ignore', log, log] });
  await once(child, 'spawn');
  return withPid(child);
}

/** Starts a program of bench/go that prints its address first, and gives both. It ends with its stdin. */
export async function startServer(
  command: string,
  args: readonly string[],
): Promise<{ child: ChildProcess; pid: number; origin: string }> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child, 'spawn');
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, pid: withPid(child).pid, origin: `http://${line}` };
  }
  throw new Error(`${command} ended before it listened`);
}

function withPid(child: ChildProcess): ChildProcess & { pid: number } {
  if (child.pid === undefined) throw new Error(`${child.spawnfile} has no process id`);
  return child as ChildProcess & { pid: number };
}

/** Asks a child to end by `signal` and waits; kills it when it has not ended after `graceMs`. */
export async function end(child: ChildProcess, signal: NodeJS.Signals, graceMs = 20_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(killer);
}
