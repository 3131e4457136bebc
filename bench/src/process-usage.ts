import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** One process as the system reports it. CPU is user and system time of all its threads since it began. */
export interface ProcessRow {
  readonly pid: number;
  readonly parentPid: number;
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly command: string;
}

/** What a process and all that descend from it have used. RSS counts a page shared by two of them twice. */
export interface Usage {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

let ticksPerSecond = 0;

/**
 * Reads `/proc/<pid>/stat`: the name in parentheses may hold spaces and parentheses itself, so the fields
 * are counted from the last one. Undefined when the text is not such a line.
 * Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html (as of 2026-11-22).
 */
export function parseStat(stat: string, ticks: number): { parentPid: number; cpuSeconds: number } | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [parent, user, system] = [fields[1], fields[11], fields[12]];
  if (parent === undefined || user === undefined || system === undefined) return undefined;
  return { parentPid: Number(parent), cpuSeconds: (Number(user) + Number(system)) / ticks };
}

/** Seconds of a `ps` time: `[[days-]hours:]minutes:seconds[.hundredths]`. */
export function parsePsTime(text: string): number {
  const [days, clock] = text.includes('-') ? text.split('-', 2) : ['0', text];
  return (clock ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}

/** One line of `ps -axo pid=,ppid=,time=,rss=,command=`; undefined when it is something else. */
export function parsePsLine(line: string): ProcessRow | undefined {
  const match = /^\s*(\d+)\s+(\d+)\s+([\d:.-]+)\s+(\d+)\s+(.*)$/.exec(line);
  if (match === null) return undefined;
  const [, pid, parentPid, time, kilobytes, command] = match;
  return {
    pid: Number(pid),
    parentPid: Number(parentPid),
    cpuSeconds: parsePsTime(time ?? ''),
    rssBytes: Number(kilobytes) * 1024,
    command: command ?? '',
  };
}

function readProc(pid: number): ProcessRow | undefined {
  try {
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'), ticksPerSecond);
    if (stat === undefined) return undefined;
    const rss = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return {
      pid,
      ...stat,
      rssBytes: Number(rss?.[1] ?? 0) * 1024,
      command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim(),
    };
  } catch {
    return undefined; // it ended between the listing and the reading
  }
}

/** Every process of the machine: from /proc on Linux (10 ms ticks), from `ps` elsewhere. */
export function listProcesses(): ProcessRow[] {
  if (process.platform !== 'linux') {
    const text = execFileSync('ps', ['-axo', 'pid=,ppid=,time=,rss=,command='], { encoding: 'utf8' });
    return text.split('\n').flatMap((line) => parsePsLine(line) ?? []);
  }
  ticksPerSecond ||= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (readProc(Number(name)) ?? []) : []));
}

/** The process `pid` and its descendants, parents before children; empty when it is gone. */
export function treeOf(rows: readonly ProcessRow[], pid: number): ProcessRow[] {
  const tree = rows.filter((row) => row.pid === pid);
  for (let at = 0; at < tree.length; at++) tree.push(...rows.filter((row) => row.parentPid === tree[at]?.pid));
  return tree;
}

/** What `pid` and its descendants have used until now. Throws when it is gone: a dead target costs nothing. */
export function usageOf(pid: number): Usage {
  const tree = treeOf(listProcesses(), pid);
  if (tree.length === 0) throw new Error(`process ${pid} under measurement is gone`);
  return {
    cpuSeconds: tree.reduce((sum, row) => sum + row.cpuSeconds, 0),
    rssBytes: tree.reduce((sum, row) => sum + row.rssBytes, 0),
  };
}
