import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * A name for this process that no later one can have, although process ids are used again: where it can be seen
 * from, its id, and the moment it started. Only letters, digits and dashes.
 */
export function processMark(): string {
  return `${horizon()}-${process.pid}-${startOf(process.pid) ?? Date.now()}`;
}

/** Whether the process of a mark runs; undefined where it cannot be seen from here: another machine or container. */
export function runsHere(mark: string): boolean | undefined {
  const [from, pid, start] = mark.split('-');
  if (from !== horizon() || pid === undefined || start === undefined) return undefined;
  const started = startOf(Number(pid));
  if (started !== undefined || startOf(process.pid) !== undefined) return started === start;
  // Without /proc a process that has the id may be another one: it is taken for the one that is meant.
  return signalled(Number(pid));
}

/** Those who share this see each other's process ids: the machine since its start, and the container. */
function horizon(): string {
  const parts = [hostname(), read('/proc/sys/kernel/random/boot_id'), link('/proc/self/ns/pid')];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);
}

/** When a process started, in ticks since boot; undefined where that is not known, or for one that is gone. */
function startOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The command name in parentheses may hold spaces and parentheses itself, so count from its end. What follows
  // starts with field 3, the state; field 22 is the start: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
  // (as of 2026-11-23).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

function signalled(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
