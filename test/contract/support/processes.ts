import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Sends a signal to a part of a stack that a test started itself, found by the record in its state folder. */
export function signalPart(stateDir: string, name: 'postgres' | 'redis', signal: NodeJS.Signals): number {
  const record = JSON.parse(readFileSync(join(stateDir, 'processes.json'), 'utf8')) as {
    processes: { name: string; pid: number }[];
  };
  const found = record.processes.find((each) => each.name === name);
  if (found === undefined) throw new Error(`${name} is not running in ${stateDir}`);
  process.kill(found.pid, signal);
  return found.pid;
}

/** Whether a process has ended. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
