import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A process of a stack, as the record in its state folder names it. */
type Part = 'postgres' | 'redis' | 'litellm';

/** The process of a part of a stack that runs at the moment. */
export function pidOfPart(stateDir: string, name: Part): number | undefined {
  const record = JSON.parse(readFileSync(join(stateDir, 'processes.json'), 'utf8')) as {
    processes: { name: string; pid: number }[];
  };
  return record.processes.find((each) => each.name === name)?.pid;
}

/** Sends a signal to a part of a stack, found by the record in its state folder. Gives its pid. */
export function signalPart(stateDir: string, name: Part, signal: NodeJS.Signals): number {
  const pid = pidOfPart(stateDir, name);
  if (pid === undefined) throw new Error(`${name} is not running in ${stateDir}`);
  process.kill(pid, signal);
  return pid;
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
