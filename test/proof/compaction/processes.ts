import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

const running = new Set<ChildProcess>();

/** A file of this folder as a process of its own; `lines` is told what it prints. */
export function start(file: string, args: readonly string[], lines: (line: string) => void = () => {}): ChildProcess {
  const main = resolve(import.meta.dirname, file);
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  createInterface({ input: child.stdout }).on('line', lines);
  return child;
}

/** Sends the signal, and gives by what the process ended. */
export async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<NodeJS.Signals | number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
  return child.signalCode ?? child.exitCode;
}

/** Nothing outlives the proof, however that ends. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((child) => stop(child, 'SIGKILL')));
}
