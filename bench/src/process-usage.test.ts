import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { listProcesses, parsePsLine, parsePsTime, parseStat, treeOf, usageOf } from './process-usage.ts';

describe('parseStat', () => {
  it('counts the fields from the last parenthesis of the name', () => {
    const line = '42 (a (b) c) S 7 42 42 0 -1 4194304 100 0 0 0 250 50 9 9 20 0 1 0 5 1000 10';
    expect(parseStat(line, 100)).toEqual({ parentPid: 7, cpuSeconds: 3 });
  });

  it('gives nothing for another text', () => {
    expect(parseStat('no such process', 100)).toBeUndefined();
  });
});

describe('ps output', () => {
  it.each([
    ['0:00.12', 0.12],
    ['12:34.50', 754.5],
    ['01:02:03', 3723],
    ['2-01:00:00', 176_400],
  ])('reads %s', (text, seconds) => {
    expect(parsePsTime(text)).toBeCloseTo(seconds, 6);
  });

  it('reads a line with spaces in the command', () => {
    expect(parsePsLine('  501     1   0:01.50   2048 /usr/bin/node main.ts --port 1')).toEqual({
      pid: 501,
      parentPid: 1,
      cpuSeconds: 1.5,
      rssBytes: 2 * 1024 * 1024,
      command: '/usr/bin/node main.ts --port 1',
    });
  });
});

describe('treeOf', () => {
  it('holds grandchildren and leaves out strangers', () => {
    const row = (pid: number, parentPid: number) => ({ pid, parentPid, cpuSeconds: 1, rssBytes: 1, command: '' });
    const rows = [row(4, 3), row(3, 2), row(2, 1), row(9, 1), row(1, 0)];
    expect(treeOf(rows, 2).map(({ pid }) => pid)).toEqual([2, 3, 4]);
    expect(treeOf(rows, 5)).toEqual([]);
  });
});

describe('usageOf', () => {
  it('counts the work of a child', async () => {
    const work = 'for (const end = Date.now() + 300; Date.now() < end; );';
    const child = spawn(process.execPath, ['-e', `${work} console.log('done'); setInterval(() => {}, 1000)`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(child.stdout, 'data');
      const usage = usageOf(child.pid ?? -1);
      expect(usage.cpuSeconds).toBeGreaterThan(0);
      expect(usage.rssBytes).toBeGreaterThan(1024 * 1024);
      expect(listProcesses().find(({ pid }) => pid === child.pid)?.parentPid).toBe(process.pid);
    } finally {
      child.kill();
      await once(child, 'exit');
    }
  });

  it('throws for a process that is gone', () => {
    expect(() => usageOf(2 ** 30)).toThrow('is gone');
  });
});
