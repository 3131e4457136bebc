import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryObjects, type ObjectStore, type PutOptions } from '@genai-gateway/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RequestLogSpool, type SpoolFile } from './request-log-spool.ts';
import { RequestLogWriter, type RequestLogWriterOptions } from './request-log-writer.ts';

const never = new AbortController().signal;
const atMs = Date.UTC(2026, 10, 23, 16, 59, 59, 999);

/** What happens to the put of this number: it fails before or behind the writing, or never ends. */
type Fault = 'refused' | 'answer-lost' | 'hangs';

class FaultyObjects extends MemoryObjects {
  puts = 0;
  fault: (put: number) => Fault | undefined = () => undefined;

  override async put(key: string, bytes: Uint8Array, options: PutOptions, signal: AbortSignal) {
    this.puts += 1;
    const fault = this.fault(this.puts);
    if (fault === 'refused') throw new Error('SlowDown');
    if (fault === 'hangs') {
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    }
    const etag = await super.put(key, bytes, options, signal);
    if (fault === 'answer-lost') throw new Error('socket hang up');
    return etag;
  }
}

interface Entry {
  readonly id: number;
  readonly weight?: number;
}

let folder = '';
let running: RequestLogWriter<Entry>[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'request-log-'));
});
afterEach(async () => {
  await Promise.all(running.map((each) => each.close(AbortSignal.abort(new Error('the test is over')))));
  running = [];
  rmSync(folder, { recursive: true });
});

const reports: string[] = [];
beforeEach(() => {
  reports.length = 0;
});

function writer(objects: ObjectStore, options: Partial<RequestLogWriterOptions<Entry>> = {}) {
  const made = new RequestLogWriter<Entry>({
    objects,
    lineOf: ({ id }) => JSON.stringify({ id, text: 'ä' }),
    weightOf: ({ weight }) => weight ?? 100,
    instance: 'host-1',
    now: () => atMs,
    reports: {
      info: (message) => reports.push(`info ${message}`),
      warn: (message) => reports.push(`warn ${message}`),
      error: (message) => reports.push(`error ${message}`),
    },
    spool: undefined,
    lingerMs: 1,
    objectAgeMs: 5,
    retryMs: 1,
    ...options,
  });
  running.push(made);
  return made;
}

/** As another process: `living` are marks of those that run. */
const spool = (own = 'a-1-1', living: readonly string[] = [own], maxBytes = 1e9): RequestLogSpool =>
  new RequestLogSpool({ folder, marks: { own, runs: (mark) => living.includes(mark) }, maxBytes });

async function keysOf(objects: ObjectStore): Promise<readonly string[]> {
  return (await objects.list('', undefined, 1_000, never)).objects.map(({ key }) => key);
}

async function idsOf(objects: ObjectStore): Promise<readonly number[]> {
  const ids: number[] = [];
  for (const key of await keysOf(objects)) {
    const text = Buffer.from((await objects.get(key, never))?.bytes ?? []).toString();
    expect(text.endsWith('\n')).toBe(true);
    ids.push(
      ...text
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as Entry).id),
    );
  }
  return ids.toSorted((one, other) => one - other);
}

const count = (length: number): number[] => Array.from({ length }, (_, id) => id);

const ways = ['add', 'addLater'] as const;

test.each(ways)('%s: calls become lines of objects, by hour and process, each once and in their order', async (add) => {
  const objects = new FaultyObjects();
  const log = writer(objects);
  for (const id of count(120)) log[add]({ id });
  expect(log.waiting).toBe(120);
  await log.flush(never);
  expect(await keysOf(objects)).toEqual([`gateway/2026-11-23/16/host-1-${atMs}-1.jsonl`]);
  expect(await idsOf(objects)).toEqual(count(120));
  expect([log.waiting, log.dropped]).toEqual([0, 0]);
});

test('an object is written by its age, without anybody asking', async () => {
  const objects = new FaultyObjects();
  const log = writer(objects);
  log.add({ id: 0 });
  await expect.poll(() => log.waiting).toBe(0);
  log.add({ id: 1 });
  await expect.poll(async () => (await idsOf(objects)).length).toBe(2);
  expect(await keysOf(objects)).toHaveLength(2);
});

test('an object is written by its size', async () => {
  const objects = new FaultyObjects();
  const log = writer(objects, { objectBytes: 2_000, objectAgeMs: 3_600_000 });
  for (const id of count(500)) log.add({ id });
  await expect.poll(() => objects.puts).toBeGreaterThan(3);
  await log.flush(never);
  expect(await idsOf(objects)).toEqual(count(500));
});

test('lines with what was said are made few at a time, so that no object grows beyond what compaction reads', async () => {
  const objects = new FaultyObjects();
  const text = 'x'.repeat(20_000);
  const log = writer(objects, {
    lineOf: ({ id }) => JSON.stringify({ id, text }),
    objectBytes: 50_000,
    turnBytes: 40_000,
    objectAgeMs: 3_600_000,
  });
  for (const id of count(40)) log.addLater({ id, weight: 20_000 });
  await log.flush(never);
  expect(await idsOf(objects)).toEqual(count(40));
  const sizes = (await objects.list('', undefined, 1_000, never)).objects.map(({ bytes }) => bytes);
  expect(Math.max(...sizes)).toBeLessThan(100_000);
});

test('a file that cannot be closed takes no line with it', async () => {
  class Unclosable extends RequestLogSpool {
    override async finish(file: SpoolFile): Promise<void> {
      await super.finish(file);
      throw new Error('EIO');
    }
  }
  const objects = new FaultyObjects();
  const marks = { own: 'a-1-1', runs: () => true };
  const log = writer(objects, { spool: new Unclosable({ folder, marks }) });
  for (const id of count(3)) log.add({ id });
  await log.flush(never);
  expect(await idsOf(objects)).toEqual(count(3));
});

test('a file of another process that cannot be taken over keeps no other from being written', async () => {
  const objects = new FaultyObjects();
  const name = (id: number) => `a-${id}-1_gateway~2026-11-23~16~host-1-1-${id}.jsonl.request-log`;
  writeFileSync(join(folder, name(1)), '{"id":0}\n');
  mkdirSync(join(folder, name(2)));
  writeFileSync(join(folder, name(3)), '{"id":1}\n');
  writer(objects, { spool: spool('b-2-2', ['b-2-2']) });
  await expect.poll(() => idsOf(objects)).toEqual([0, 1]);
});

test('what takes long is not made into JSON while the call is added', async () => {
  let made = 0;
  const log = writer(new FaultyObjects(), {
    lineOf: () => {
      made += 1;
      return '{}';
    },
  });
  log.addLater({ id: 0 });
  expect(made).toBe(0);
  await log.flush(never);
  expect(made).toBe(1);
});

// Every put of three objects, each kind of fault, once and for a while.
const faults = ways.flatMap((add) =>
  (['refused', 'answer-lost'] as const).flatMap((fault) =>
    [1, 2, 3].flatMap((from) => [1, 5].map((times) => ({ add, fault, from, times }))),
  ),
);
test.each(faults)(
  '$add, $fault at put $from for $times times: nothing is lost, nothing is there twice',
  async (row) => {
    const { add, fault, from, times } = row;
    const objects = new FaultyObjects();
    objects.fault = (put) => (put >= from && put < from + times ? fault : undefined);
    const log = writer(objects, { objectBytes: 100 });
    for (const id of count(150)) log[add]({ id });
    await log.flush(never);
    expect(await idsOf(objects)).toEqual(count(150));
    expect(log.dropped).toBe(0);
    expect(reports.filter((each) => each.startsWith('error'))).toHaveLength(1);
  },
);

// By what their lines have, 21 or 22 bytes; by what calls hold until then, 100 bytes. The next one may have 100 bytes too.
test.each([
  ['add', 42],
  ['addLater', 10],
] as const)(
  '%s: more than may wait in memory is dropped, counted and told; the rest is written later',
  async (add, most) => {
    const objects = new FaultyObjects();
    objects.fault = () => 'refused';
    const log = writer(objects, { memoryBytes: 1_000 });
    for (const id of count(100)) log[add]({ id });
    expect([log.waiting, log.dropped]).toEqual([most, 100 - most]);
    objects.fault = () => undefined;
    await log.flush(never);
    expect(await idsOf(objects)).toEqual(count(most));
    expect(reports[0]).toBe('error 1 calls are not in the request log: more would wait in memory than may.');
    await log.close(never);
    expect(reports.at(-1)).toContain(`error ${99 - most} calls are not in the request log`);
  },
);

test('a line of any length is written whole, and takes none of the others with it', async () => {
  const objects = new FaultyObjects();
  const log = writer(objects, { lineOf: ({ id }) => JSON.stringify({ id, text: '€'.repeat(id * 50_000) }) });
  for (const id of count(8)) log.add({ id });
  await log.flush(never);
  expect(await idsOf(objects)).toEqual(count(8));
});

test.each(ways)('%s: a call whose line cannot be made is counted, and stands in nobody’s way', async (add) => {
  const objects = new FaultyObjects();
  const log = writer(objects, {
    lineOf: ({ id }) => {
      if (id === 1) throw new Error('cyclic');
      return JSON.stringify({ id });
    },
  });
  for (const id of count(3)) log[add]({ id });
  await log.flush(never);
  expect(await idsOf(objects)).toEqual([0, 2]);
  expect(log.dropped).toBe(1);
});

test('a store that cannot be written to is told with what mends it', async () => {
  const objects = new FaultyObjects();
  objects.fault = (put) => (put === 1 ? 'refused' : undefined);
  const log = writer(objects, { mend: 'The role needs s3:PutObject.' });
  log.add({ id: 0 });
  await log.flush(never);
  expect(reports[0]).toBe(
    'error The request log cannot be written: SlowDown. It waits, and calls go on. The role needs s3:PutObject.',
  );
});

test('what is not written at the end, and has no spool, is told', async () => {
  const objects = new FaultyObjects();
  objects.fault = () => 'hangs';
  const log = writer(objects);
  for (const id of count(7)) log.add({ id });
  await log.close(AbortSignal.timeout(50));
  expect(log.dropped).toBe(7);
  expect(reports).toContain('error 7 calls are not in the request log: the gateway stops and has no spool.');
});

test('at the end nobody waits for the next attempt: the store may be there again', async () => {
  const objects = new FaultyObjects();
  objects.fault = () => 'refused';
  const log = writer(objects, { retryMs: 60_000 });
  log.add({ id: 0 });
  await expect.poll(() => objects.puts).toBe(1);
  objects.fault = () => undefined;
  await log.close(AbortSignal.timeout(2_000));
  expect(await idsOf(objects)).toEqual([0]);
  expect(log.dropped).toBe(0);
});

test('what comes after the end is counted', async () => {
  const log = writer(new FaultyObjects());
  await log.close(never);
  log.add({ id: 0 });
  expect(log.dropped).toBe(1);
});

test('with a spool, more can wait than fits into memory; written in order, and the spool is empty then', async () => {
  const objects = new FaultyObjects();
  objects.fault = () => 'refused';
  const log = writer(objects, { spool: spool(), memoryBytes: 20_000, objectBytes: 1_000 });
  const spooled = () =>
    readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').match(/\n/g) ?? []);
  for (const id of count(2_000)) {
    log.add({ id });
    if (id % 100 === 99) await expect.poll(() => spooled().length).toBe(id + 1);
  }
  expect(log.dropped).toBe(0);
  objects.fault = () => undefined;
  await log.flush(never);
  expect(await idsOf(objects)).toEqual(count(2_000));
  expect(readdirSync(folder)).toEqual([]);
});

test('objects that end quicker than the spool takes them leave nothing in it', async () => {
  const objects = new FaultyObjects();
  const log = writer(objects, { spool: spool(), objectBytes: 100 });
  for (const id of count(60)) log.add({ id });
  await log.flush(never);
  await log.close(never);
  expect(await idsOf(objects)).toEqual(count(60));
  expect(readdirSync(folder)).toEqual([]);
});

test('a spool that takes nothing more is told once, and memory is what there is', async () => {
  const objects = new FaultyObjects();
  objects.fault = () => 'refused';
  const log = writer(objects, { spool: spool('a-1-1', ['a-1-1'], 300), objectBytes: 100, memoryBytes: 6_000 });
  for (const id of count(60)) {
    log.add({ id });
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  expect(reports.filter((each) => each.includes('in the spool'))).toHaveLength(1);
  objects.fault = () => undefined;
  await log.flush(never);
  expect((await idsOf(objects)).length + log.dropped).toBe(60);
});

test('a folder that cannot be written to stops nobody', async () => {
  const objects = new FaultyObjects();
  writeFileSync(join(folder, 'file'), '');
  const marks = { own: 'a-1-1', runs: () => true };
  const log = writer(objects, { spool: new RequestLogSpool({ folder: join(folder, 'file', 'below'), marks }) });
  for (const id of count(3)) log.add({ id });
  await log.flush(never);
  expect(await idsOf(objects)).toEqual(count(3));
});

test('what a killed process has left in the spool is written by the next one, under the same key', async () => {
  const objects = new FaultyObjects();
  objects.fault = () => 'refused';
  const killed = writer(objects, { spool: spool('a-1-1') });
  for (const id of count(5)) killed.add({ id });
  await expect.poll(() => readdirSync(folder).length).toBe(1);
  await killed.close(AbortSignal.timeout(20));
  objects.fault = () => undefined;
  expect(reports.join()).toContain('5 lines of the request log lie in the spool');
  const next = writer(objects, { spool: spool('b-2-2', ['b-2-2']), instance: 'host-2' });
  await expect.poll(async () => (await idsOf(objects)).length).toBe(5);
  expect(await keysOf(objects)).toEqual([`gateway/2026-11-23/16/host-1-${atMs}-1.jsonl`]);
  await expect.poll(() => readdirSync(folder)).toEqual([]);
  expect(next.dropped).toBe(0);
});

test('what was written just before the process died is not written again', async () => {
  const objects = new FaultyObjects();
  objects.fault = () => 'answer-lost';
  const killed = writer(objects, { spool: spool('a-1-1'), retryMs: 60_000 });
  killed.add({ id: 0 });
  await expect.poll(() => objects.puts).toBe(1);
  await killed.close(AbortSignal.timeout(5));
  objects.fault = () => undefined;
  writer(objects, { spool: spool('b-2-2', ['b-2-2']) });
  await expect.poll(() => readdirSync(folder)).toEqual([]);
  expect(await idsOf(objects)).toEqual([0]);
});

test('a torn last line is left out and counted', async () => {
  const objects = new FaultyObjects();
  const name = 'a-1-1_gateway~2026-11-23~16~host-1-1-1.jsonl.request-log';
  writeFileSync(join(folder, name), '{"id":0}\n{"id":1}\n{"id');
  const log = writer(objects, { spool: spool('b-2-2', ['b-2-2']) });
  await expect.poll(async () => (await idsOf(objects)).length).toBe(2);
  expect(await keysOf(objects)).toEqual(['gateway/2026-11-23/16/host-1-1-1.jsonl']);
  expect(log.dropped).toBe(1);
});

test('files of processes that run are left alone', async () => {
  const objects = new FaultyObjects();
  const name = 'a-1-1_gateway~2026-11-23~16~host-1-1-1.jsonl.request-log';
  writeFileSync(join(folder, name), '{"id":0}\n');
  const log = writer(objects, { spool: spool('b-2-2', ['a-1-1', 'b-2-2']) });
  log.add({ id: 7 });
  await log.flush(never);
  expect(await idsOf(objects)).toEqual([7]);
  expect(readdirSync(folder)).toEqual([name]);
});

test('a process that was taken for dead loses no line: the other one may not have found all of them', async () => {
  const objects = new FaultyObjects();
  objects.fault = () => 'refused';
  const log = writer(objects, { spool: spool('a-1-1') });
  for (const id of count(2)) log.add({ id });
  await expect.poll(() => objects.puts).toBeGreaterThan(0);
  const [name = ''] = readdirSync(folder);
  renameSync(join(folder, name), join(folder, name.replace('a-1-1', 'b-2-2')));
  const key = `gateway/2026-11-23/16/host-1-${atMs}-1.jsonl`;
  await MemoryObjects.prototype.put.call(objects, key, Buffer.from('{"id":0}\n'), {}, never);
  objects.fault = () => undefined;
  await log.flush(never);
  expect(await idsOf(objects)).toEqual([0, 0, 1]);
  expect(log.dropped).toBe(0);
});
