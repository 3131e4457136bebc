import { MemoryObjects } from '@genai-gateway/core';
import { describe, expect, it } from 'vitest';
import { archivedRows, keysOf } from '../test-support/archive-contents.ts';
import { compactionWorld, frozenAt, putSamples, sampleHour } from '../test-support/compaction-world.ts';
import { samplePayload } from '../test-support/sample-payload.ts';
import type { CompactionStep } from './compaction-stores.ts';

const signal = new AbortController().signal;
const json = async (store: MemoryObjects, key: string) =>
  JSON.parse(Buffer.from((await store.get(key, signal))?.bytes ?? []).toString()) as Record<string, unknown>;

describe('compact', () => {
  it('makes each line one row in the hour of its call, sets poison aside, and deletes what it took', async () => {
    const world = compactionWorld();
    const expected = await putSamples(world);
    const report = await world.compact();
    expect(await world.outcome()).toEqual(expected);
    expect(report).toMatchObject({
      busy: false,
      more: false,
      runs: 3,
      resumed: 0,
      objects: 14,
      rows: 16,
      quarantined: 4,
    });
    for (const { file, started_at, source_key } of await archivedRows(world.archive)) {
      const hour = (started_at as Date).toISOString();
      expect(file).toContain(`requests/date=${hour.slice(0, 10)}/hour=${hour.slice(11, 13)}/run-`);
      expect(source_key).toMatch(/^(?:gateway|litellm)\//);
    }
  });

  it('says in a manifest what a run did', async () => {
    const archive = new MemoryObjects();
    const world = compactionWorld(new MemoryObjects(() => 0), archive);
    await putSamples(world);
    await world.compact();
    expect(await keysOf(archive, 'runs/')).toEqual([
      ...[1, 2, 3].map((run) => `runs/date=2026-11-23/run-000000000${run}.json`),
      'runs/head.json',
    ]);
    const manifest = await json(archive, 'runs/date=2026-11-23/run-0000000001.json');
    expect(manifest).toMatchObject({
      run: 1,
      schemaVersion: 1,
      rows: 7,
      quarantined: { key: 'quarantine/date=2026-11-23/run-0000000001.jsonl', lines: 2 },
      vanished: [],
      changed: [],
    });
    expect((manifest['sources'] as unknown[]).length).toBe(5);
    const files = manifest['files'] as { key: string; rows: number; bytes: number }[];
    expect(files.map(({ key, rows }) => [key.slice(9, 32), rows])).toEqual([
      ['date=2026-11-22/hour=10', 1],
      ['date=2026-11-23/hour=16', 3],
      ['date=2026-11-23/hour=17', 3],
    ]);
    for (const { key, bytes } of files) expect((await archive.get(key, signal))?.bytes.byteLength).toBe(bytes);
  });

  it('takes late objects into further files of their hour', async () => {
    const world = compactionWorld();
    for (const id of ['early', 'late']) {
      await world.put(`litellm/2026-11-23/${id}.json`, JSON.stringify(samplePayload(id, sampleHour)));
      await world.compact();
    }
    expect(await keysOf(world.archive, 'requests/')).toEqual([
      'requests/date=2026-11-23/hour=16/run-0000000001.parquet',
      'requests/date=2026-11-23/hour=16/run-0000000002.parquet',
    ]);
  });

  it('leaves what was written after a time, LiteLLM’s audit log, and what is not under its prefixes', async () => {
    const clock = { nowMs: 1_000 };
    const world = compactionWorld(new MemoryObjects(() => clock.nowMs));
    const text = JSON.stringify(samplePayload('a', sampleHour));
    await world.put('gateway/old.jsonl', text);
    const others = ['config/config.yaml', 'litellm/audit_logs/2026-11-23/1_a.json', 'zzz/a.json'];
    for (const key of others) await world.put(key, text);
    await world.put('litellm/old.json', text);
    clock.nowMs = 2_000;
    await world.put('gateway/young.jsonl', text);
    await world.compact({ untilMs: 2_000 });
    expect((await world.outcome()).rows).toEqual(['gateway/old.jsonl:1', 'litellm/old.json:1']);
    expect((await world.outcome()).left).toEqual([...others, 'gateway/young.jsonl'].sort());
  });

  it('never reads an object that is too large: it stays, with one note, and stops nothing', async () => {
    const world = compactionWorld();
    await world.put('gateway/huge.jsonl', new Uint8Array(32 * 1024 * 1024 + 1));
    const expected = await putSamples(world);
    expect(await world.compact()).toMatchObject({ tooLarge: 1, rows: 16 });
    expect(await world.compact()).toMatchObject({ tooLarge: 1, rows: 0 });
    const { rows, left } = await world.outcome();
    expect({ rows, left }).toEqual({ rows: expected.rows, left: ['gateway/huge.jsonl'] });
    const [note] = await keysOf(world.archive, 'quarantine/too-large/');
    expect(await json(world.archive as MemoryObjects, note ?? '')).toMatchObject({
      key: 'gateway/huge.jsonl',
      reason: 'too-large',
    });
  });

  it('sets a line aside that is too long, whole', async () => {
    const world = compactionWorld();
    const long = JSON.stringify(samplePayload('long', sampleHour, { messages: 'x'.repeat(8 * 1024 * 1024) }));
    await world.put('gateway/a.jsonl', `${JSON.stringify(samplePayload('short', sampleHour))}\n${long}\n`);
    await world.compact();
    expect(await world.outcome()).toEqual({
      rows: ['gateway/a.jsonl:1'],
      quarantined: ['gateway/a.jsonl:2'],
      left: [],
    });
  });

  it('stops before its time ends, and goes on in the next call', async () => {
    const world = compactionWorld();
    const expected = await putSamples(world);
    const times = [900_000, 130_000, 110_000];
    expect(await world.compact({ remainingMs: () => times.shift() ?? 0 })).toMatchObject({ runs: 2, more: true });
    expect(await world.compact()).toMatchObject({ runs: 1, more: false });
    expect(await world.outcome()).toEqual(expected);
  });

  it('leaves a source that somebody replaced after the claim to a later run, as it is then', async () => {
    const world = compactionWorld();
    const text = (id: string) => JSON.stringify(samplePayload(id, sampleHour));
    await world.put('gateway/a.jsonl', text('a'));
    await world.put('gateway/b.jsonl', text('b'));
    const replace = async (step: CompactionStep) => {
      if (step === 'claimed') await world.put('gateway/a.jsonl', text('a again'));
      if (step === 'marked-written') await world.put('gateway/b.jsonl', text('b again'));
    };
    expect(await world.compact({ atStep: replace })).toMatchObject({ changed: 1, rows: 1 });
    expect((await world.outcome()).left).toEqual(['gateway/a.jsonl', 'gateway/b.jsonl']);
    await world.compact();
    expect((await archivedRows(world.archive)).map(({ id }) => id)).toEqual(['b', 'a again', 'b again']);
    expect((await world.outcome()).left).toEqual([]);
  });

  it('tells of a source that somebody deleted after the claim, and goes on', async () => {
    const world = compactionWorld();
    const expected = await putSamples(world);
    const lost = 'gateway/2026-11-23/17/a-3.jsonl';
    let deleted = false;
    const atStep = async (step: CompactionStep) => {
      if (step !== 'claimed' || deleted) return;
      deleted = true;
      await world.raw.delete([lost], signal);
    };
    expect(await world.compact({ atStep })).toMatchObject({ vanished: 1, rows: 15 });
    expect((await world.outcome()).rows).toEqual(expected.rows.filter((row) => row !== `${lost}:1`));
  });

  it('does not begin to count again when its head is gone', async () => {
    const world = compactionWorld();
    await putSamples(world);
    await world.compact();
    await world.archive.delete(['runs/head.json'], signal);
    await world.put('gateway/new.jsonl', JSON.stringify(samplePayload('new', sampleHour)));
    await expect(world.compact()).rejects.toThrow(/no runs\/head.json.*Put it back/);
    expect((await world.outcome()).left).toEqual(['gateway/new.jsonl']);
  });
});

describe('one run at a time', () => {
  const steps: readonly CompactionStep[] = [
    'listed',
    'claimed',
    'read',
    'file-written',
    'files-verified',
    'quarantined',
    'manifest-written',
    'marked-written',
    'some-deleted',
    'deleted',
    'finished',
  ];

  it.each(steps)(
    'is busy while another is at %s, ends its run when it is dead, and outlives its return',
    async (step) => {
      const world = compactionWorld();
      const expected = await putSamples(world);
      const dead = frozenAt(step);
      const first = world.compact({ atStep: dead.atStep });
      await dead.frozen;
      const [isFree, second] = [step === 'listed' || step === 'finished', await world.compact()];
      expect(second).toMatchObject({ busy: !isFree, resumed: 0 });
      world.clock.nowMs += 61_000;
      expect(await world.compact()).toMatchObject({ busy: false, more: false, resumed: isFree ? 0 : 1 });
      expect(await world.outcome()).toEqual(expected);
      // It was not dead: it was slow.
      dead.thaw();
      await first;
      expect(await world.outcome()).toEqual(expected);
      await world.put('gateway/later.jsonl', JSON.stringify(samplePayload('later', sampleHour)));
      await world.compact();
      expect((await world.outcome()).rows).toHaveLength(expected.rows.length + 1);
    },
  );

  it('gives a run up at once when it fails, so that the next call need not wait', async () => {
    const world = compactionWorld();
    const expected = await putSamples(world);
    const atStep = async (step: CompactionStep) => {
      if (step === 'manifest-written') throw new Error('the disk is full');
    };
    await expect(world.compact({ atStep })).rejects.toThrow('the disk is full');
    expect(await world.compact()).toMatchObject({ busy: false, resumed: 1 });
    expect(await world.outcome()).toEqual(expected);
  });
});
