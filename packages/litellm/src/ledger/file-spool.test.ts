import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UsageEvent } from '@genai-gateway/governance';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { usageEventToJson } from './event-json.ts';
import { FileSpool } from './file-spool.ts';
import { usageEvents } from './test-support/usage-events.ts';

let folder: string;
let lines: string[];
const spools: FileSpool[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spool-'));
  lines = [];
});

afterEach(() => {
  for (const spool of spools.splice(0)) spool.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(options: { readonly fileBytes?: number; readonly silenceMs?: number } = {}): FileSpool {
  const spool = new FileSpool({ folder, log: (line) => lines.push(line), ...options });
  spools.push(spool);
  return spool;
}

const some = (count: number): readonly UsageEvent[] => fc.sample(usageEvents, count);
const files = () => readdirSync(folder).sort();
const content = () =>
  files()
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('');
const idsOf = (events: readonly UsageEvent[]) => events.map((event) => event.requestId).sort();

/** Gives what is there the mark of a process of another machine, silent for a minute, or of one that was here and is gone. */
function leave(how: 'elsewhere' | 'dead'): void {
  for (const file of files()) {
    const [mark, rest] = file.split('_') as [string, string];
    const [horizon] = mark.split('-');
    const path = join(folder, `${how === 'dead' ? `${horizon}-4194999-1` : 'ffffffffffff-1-1'}_${rest}`);
    renameSync(join(folder, file), path);
    const longAgo = new Date(Date.now() - 61_000);
    utimesSync(path, longAgo, longAgo);
  }
}

async function adopted(spool: FileSpool): Promise<readonly UsageEvent[]> {
  const events: UsageEvent[] = [];
  await spool.adopt((some) => events.push(...some));
  return events;
}

describe('what is appended', () => {
  test('is in the file at once, and leaves it when all is confirmed', async () => {
    const spool = open();
    const events = some(3);
    for (const event of events) spool.append(event);
    expect(content()).toBe(events.map((event) => `${usageEventToJson(event)}\n`).join(''));
    await spool.confirm(idsOf(events.slice(1)));
    expect(content()).not.toBe('');
    await spool.confirm(idsOf(events));
    expect(content()).toBe('');
    spool.append(events[0] as UsageEvent);
    expect(content()).toBe(`${usageEventToJson(events[0] as UsageEvent)}\n`);
  });

  test('goes on in a new file when one is full, which is deleted when it is confirmed', async () => {
    const spool = open({ fileBytes: 1 });
    const [a, b] = some(2) as [UsageEvent, UsageEvent];
    spool.append(a);
    spool.append(b);
    expect(files()).toHaveLength(2);
    await spool.confirm([a.requestId]);
    expect(content()).toBe(`${usageEventToJson(b)}\n`);
    expect(files()).toHaveLength(1);
  });
});

test('what cannot be kept is told once, and the next is kept again', async () => {
  const spool = open();
  const [a, b, c] = some(3) as [UsageEvent, UsageEvent, UsageEvent];
  rmSync(folder, { recursive: true });
  expect([spool.append(a), spool.append(b)]).toEqual([false, false]);
  expect(lines).toEqual([expect.stringContaining('It is in memory only')]);
  mkdirSync(folder);
  expect(spool.append(c)).toBe(true);
  expect(content()).toBe(`${usageEventToJson(c)}\n`);
});

describe('what another process has left', () => {
  test.each(['dead', 'elsewhere'] as const)('is taken over, once (%s)', async (how) => {
    const events = some(3);
    for (const event of events) open().append(event);
    leave(how);
    const [first, second] = [open(), open()];
    const both = await Promise.all([adopted(first), adopted(second)]);
    expect(idsOf(both.flat())).toEqual(idsOf(events));
    expect(await adopted(first)).toEqual([]);
    await first.confirm(idsOf(events));
    await second.confirm(idsOf(events));
    expect(content()).toBe('');
  });

  test('is left alone while that process runs, or may run', async () => {
    open().append(some(1)[0] as UsageEvent);
    expect(await adopted(open())).toEqual([]);
    leave('elsewhere');
    expect(await adopted(open({ silenceMs: 120_000 }))).toEqual([]);
  });

  test('is taken over from a process that was killed', async () => {
    const program = `
      const { FileSpool } = await import(${JSON.stringify(join(import.meta.dirname, 'file-spool.ts'))});
      new FileSpool({ folder: ${JSON.stringify(folder)}, log() {} }).append({ ...JSON.parse(process.argv[1]), costNanoUsd: 5n });
      process.stdout.write('kept');
      setInterval(() => {}, 1e6);`;
    const [event] = some(1) as [UsageEvent];
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, usageEventToJson(event)]);
    await once(child.stdout, 'data');
    expect(await adopted(open())).toEqual([]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await adopted(open())).toEqual([{ ...event, costNanoUsd: 5n }]);
  });

  test('is read though its last line is torn', async () => {
    const [event] = some(1) as [UsageEvent];
    open().append(event);
    appendFileSync(join(folder, files()[0] as string), usageEventToJson(event).slice(0, 40));
    leave('dead');
    expect(await adopted(open())).toEqual([event]);
    expect(lines).toEqual([]);
  });

  test('is told when a line in it is no event', async () => {
    open().append(some(1)[0] as UsageEvent);
    const [file] = files() as [string];
    writeFileSync(join(folder, file), `{"half\n${content()}`);
    leave('dead');
    expect(await adopted(open())).toHaveLength(1);
    expect(lines).toEqual([expect.stringContaining('1 lines of usage')]);
  });
});

test('a process that was taken for dead loses nothing', async () => {
  const [before, after] = some(2) as [UsageEvent, UsageEvent];
  const paused = open();
  paused.append(before);
  leave('elsewhere');
  expect(await adopted(open())).toEqual([before]);
  paused.append(after);
  expect(lines).toEqual([expect.stringContaining('taken over')]);
  await paused.confirm([before.requestId]);
  paused.close();
  leave('elsewhere');
  const ids = new Set(idsOf(await adopted(open())));
  expect(ids.has(after.requestId)).toBe(true);
});
