import { gunzipSync } from 'node:zlib';
import { MemoryObjects } from '@genai-gateway/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { sweepExports } from './export-sweep.ts';
import { MemorySessionStore } from './memory-session-store.ts';
import { deleteSession } from './session-deletion.ts';
import type { JobServices, RunTime, SessionJob } from './session-job.ts';
import { SessionJobs } from './session-job.ts';
import { runJob } from './session-job-run.ts';
import { askForJob, type JobJson, readJob } from './session-jobs-api.ts';
import type { ConversationWords } from './session-json.ts';
import { layDownTurn } from './session-objects.ts';
import { faulty } from './test-support/faulty-store.ts';
import { sampleTurn } from './test-support/sample-turn.ts';

const signal = new AbortController().signal;
const words: ConversationWords = { messages: (messages) => messages, system: (blocks) => blocks };
const me = 'a'.repeat(64);
const you = 'b'.repeat(64);
const DAY_MS = 86_400_000;
const long: RunTime = { isUp: () => false };
const short: RunTime = { isUp: () => true };
let nowMs = 0;
let store: MemorySessionStore;
let objects: MemoryObjects;
let services: JobServices;
beforeEach(() => {
  nowMs = 1_795_435_200_000;
  const now = () => nowMs;
  store = new MemorySessionStore({ now, retentionDays: 30 });
  objects = new MemoryObjects(now);
  services = { store, objects, words, now, listDelayMs: 0 };
});

async function fill(owner: string, sessions: number, turns: number): Promise<void> {
  for (let session = 0; session < sessions; session += 1) {
    for (let turn = 0; turn < turns; turn += 1) {
      nowMs += 1_000;
      await store.append({ owner, sessionId: `s-${session}` }, sampleTurn({ startedAtMs: nowMs }), signal);
    }
  }
  nowMs += 1_000;
}
const ask = (kind: SessionJob['kind'], body: unknown = undefined, owner = me) =>
  askForJob(objects, { owner, kind }, body, () => nowMs, signal);
const read = ({ owner, kind, id }: SessionJob, after?: string) =>
  readJob(objects, { owner, kind }, id, after, () => nowMs, signal);
const keys = async (prefix = '') =>
  (await objects.list(prefix, undefined, 1_000, signal)).objects.map(({ key }) => key);
const linesOf = ({ files = [] }: JobJson) =>
  files.flatMap(({ url }) =>
    gunzipSync(Buffer.from(url.split(',')[1] ?? '', 'base64'))
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>),
  );

/** Runs it again and again, as Lambda does. */
async function runOn(job: SessionJob, about: Partial<JobServices> = {}, time = long): Promise<number> {
  for (let runs = 1; ; runs += 1) {
    const ended = await runJob({ ...services, ...about }, job, time, signal).catch(() => 'again' as const);
    if (ended === 'done') return runs;
    if (runs > 500) throw new Error('it does not end');
  }
}

describe('an export', () => {
  it('has all sessions with all their turns, as JSON lines', async () => {
    await fill(me, 3, 2);
    await fill(you, 1, 1);
    const job = await ask('export', { api: 'converse' });
    expect(await read(job)).toEqual({
      object: 'session.export',
      id: job.id,
      status: 'queued',
      created_at: nowMs / 1_000,
      updated_at: nowMs / 1_000,
      error: null,
      total_sessions: null,
      counts: { sessions: 0, turns: 0 },
    });
    await runOn(job);
    const done = await read(job);
    expect(done).toMatchObject({
      status: 'done',
      error: null,
      total_sessions: 3,
      counts: { sessions: 3, turns: 6 },
      files: [{ url: expect.any(String), bytes: expect.any(Number), turns: 6, expires_at: nowMs / 1_000 + 3_600 }],
      has_more: false,
      next: null,
    });
    const lines = linesOf(done);
    expect(lines.filter(({ object }) => object === 'session').map(({ id }) => id)).toEqual(['s-2', 's-1', 's-0']);
    const turns = lines.filter(({ object }) => object === 'session.turn');
    expect(turns.map(({ session_id }) => session_id)).toEqual(['s-2', 's-2', 's-1', 's-1', 's-0', 's-0']);
    expect(turns[0]).toMatchObject({ messages: [{ api: 'openai' }, { api: 'converse' }] });
  });

  it('may be of a time or of some sessions', async () => {
    await fill(me, 3, 1);
    const some = await ask('export', { session_ids: ['s-0', 's-2', 'none', 's-0'] });
    await runOn(some);
    expect(await read(some)).toMatchObject({ status: 'done', total_sessions: 3, counts: { sessions: 2, turns: 2 } });
    const recent = await ask('export', { from: (nowMs - 1_500) / 1_000 });
    await runOn(recent);
    expect(await read(recent)).toMatchObject({ counts: { sessions: 1 } });
  });

  it('of nothing is done without files', async () => {
    const job = await ask('export');
    await runOn(job);
    expect(await read(job)).toMatchObject({ status: 'done', total_sessions: 0, files: [] });
  });

  it('goes on in as many runs as it takes, and has everything once', async () => {
    await fill(me, 4, 120);
    const job = await ask('export');
    expect(await runOn(job, {}, short)).toBeGreaterThan(4);
    const done = await read(job);
    expect(done).toMatchObject({ status: 'done', counts: { sessions: 4, turns: 480 } });
    const ids = linesOf(done).flatMap(({ object, id }) => (object === 'session.turn' ? [id] : []));
    expect(ids).toHaveLength(480);
    expect(new Set(ids).size).toBe(480);
    const first = await read(job, '0');
    expect(first.files?.length).toBe(done.files?.length);
    expect((await read(job, '3')).files).toHaveLength((done.files?.length ?? 0) - 3);
  });

  it('does not miss a session that is used while the list is read', async () => {
    await fill(me, 150, 1);
    const used = faulty(store, {
      before: () => {},
      after: (method) => {
        if (method === 'sessions')
          void store.append({ owner: me, sessionId: 's-3' }, sampleTurn({ startedAtMs: ++nowMs }), signal);
      },
    });
    const job = await ask('export');
    await runOn(job, { store: used });
    expect(await read(job)).toMatchObject({ counts: { sessions: 150 } });
  });

  it('has everything once, whichever call fails or loses its answer', async () => {
    await fill(me, 3, 3);
    for (const when of ['before', 'after'] as const) {
      for (let failing = 0; ; failing += 1) {
        const job = await ask('export');
        let calls = 0;
        const fail = () => {
          if (calls++ === failing) throw new Error('the network');
        };
        const fault = when === 'before' ? { before: fail } : { before: () => {}, after: fail };
        await runOn(job, { store: faulty(store, fault), objects: faulty(objects, fault) }, short);
        const done = await read(job);
        expect([when, failing, done.status, done.counts]).toEqual([when, failing, 'done', { sessions: 3, turns: 9 }]);
        const ids = linesOf(done).flatMap(({ object, id }) => (object === 'session.turn' ? [id] : []));
        expect(new Set(ids).size).toBe(9);
        expect(ids).toHaveLength(9);
        await objects.delete(await keys(), signal);
        if (calls <= failing) break;
      }
    }
  });

  it('that is run twice at once is done once, and leaves no part that nobody knows of', async () => {
    await fill(me, 6, 10);
    const job = await ask('export');
    await Promise.all([runOn(job, {}, short), runOn(job, {}, short), runOn(job)]);
    const done = await read(job);
    expect(done).toMatchObject({ status: 'done', counts: { sessions: 6, turns: 60 } });
    expect(linesOf(done).filter(({ object }) => object === 'session.turn')).toHaveLength(60);
    const parts = (await keys(`exports/${me}/${job.id}/`)).filter((key) => key.includes('/part-'));
    expect(parts).toHaveLength(done.files?.length ?? 0);
  });

  it('whose run was overtaken by another one ends there, and takes its part away', async () => {
    await fill(me, 2, 2);
    const job = await ask('export');
    let overtaken = 0;
    const slow = Object.assign(Object.create(objects) as MemoryObjects, {
      get: objects.get.bind(objects),
      list: objects.list.bind(objects),
      delete: objects.delete.bind(objects),
      put: async (...args: Parameters<MemoryObjects['put']>) => {
        const etag = await objects.put(...args);
        if (args[0].includes('/part-') && overtaken++ === 0) await runOn(job);
        return etag;
      },
    });
    expect(await runJob({ ...services, objects: slow }, job, long, signal)).toBe('done');
    expect(overtaken).toBe(1);
    const done = await read(job);
    expect(done).toMatchObject({ status: 'done', error: null, counts: { sessions: 2, turns: 4 } });
    const parts = (await keys(`exports/${me}/${job.id}/`)).filter((key) => key.includes('/part-'));
    expect(parts).toHaveLength(1);
    expect(linesOf(done).filter(({ object }) => object === 'session.turn')).toHaveLength(4);
  });

  it('that fails three times has failed, and says so', async () => {
    await fill(me, 1, 1);
    const job = await ask('export');
    const broken = faulty(store, {
      before: (method) => {
        if (method === 'turns') throw new Error('secret-table is away');
      },
    });
    const run = () => runJob({ ...services, store: broken }, job, long, signal);
    await expect(run()).rejects.toThrow();
    expect(await read(job)).toMatchObject({ status: 'running', error: expect.not.stringContaining('secret') });
    await expect(run()).rejects.toThrow();
    await expect(run()).rejects.toThrow();
    const failed = await read(job);
    expect(failed).toMatchObject({ status: 'failed', error: expect.not.stringContaining('secret') });
    expect(failed.files).toBeUndefined();
    expect(await run()).toBe('done');
  });

  it('that died three times without a word has failed, and one that nobody goes on with says so', async () => {
    await fill(me, 1, 1);
    const job = await ask('export');
    const jobs = new SessionJobs(objects);
    const found = await jobs.read(me, job.id, signal);
    if (found === undefined) throw new Error('no job');
    await jobs.update({ ...found.job, status: 'running', attempts: 3 }, found.etag, signal);
    nowMs += 2 * 3_600_000;
    expect(await read(job)).toMatchObject({ status: 'failed', error: expect.stringMatching(/stopped/) });
    expect(await runOn(job)).toBe(1);
    expect(await read(job)).toMatchObject({ status: 'failed', error: expect.stringMatching(/three times/) });
  });

  it('is nobody else’s, and no deletion', async () => {
    const job = await ask('export');
    for (const other of [
      { ...job, owner: you },
      { ...job, kind: 'deletion' as const },
      { ...job, id: '../x' },
    ]) {
      await expect(read(other)).rejects.toMatchObject({ code: 'session-not-found' });
    }
  });

  it('is asked for twenty times a day', async () => {
    for (let count = 0; count < 20; count += 1) await ask('export');
    await expect(ask('export')).rejects.toMatchObject({ code: 'rate-limited' });
    await ask('export', undefined, you);
    nowMs += DAY_MS + 1;
    await ask('export');
  });

  it.each([
    { format: 'csv' },
    { api: 'x' },
    { api: 1 },
    { from: 'yesterday' },
    { from: {} },
    { session_ids: [] },
    { session_ids: 'a' },
    { session_ids: ['../a'] },
    { session_ids: ['a'], from: '2026-01-01' },
    { session_ids: Array.from({ length: 1_001 }, (_, index) => `s-${index}`) },
    { all: true },
    ['a'],
    'a',
    null,
  ])('is refused for %j', async (body) => {
    await expect(ask('export', body)).rejects.toMatchObject({ code: 'invalid-request' });
    expect(await keys()).toEqual([]);
  });
});

describe('deleting all sessions', () => {
  it('leaves nothing, exports included, and proves it', async () => {
    await fill(me, 5, 2);
    await fill(you, 1, 1);
    const exported = await ask('export');
    await runOn(exported);
    await runOn(await ask('export', undefined, you));
    const job = await ask('deletion');
    await runOn(job);
    expect(await read(job)).toMatchObject({
      object: 'sessions.deletion',
      status: 'done',
      counts: { sessions: 5 },
      proof: { items: 10, objects: 3, verified: true },
    });
    expect(await keys(`exports/${me}/`)).toEqual([`exports/${me}/${job.id}/job.json`]);
    expect((await keys(`exports/${you}/`)).length).toBeGreaterThan(1);
    expect(await store.find({ owner: me, sessionId: 's-0' }, signal)).toBeUndefined();
    expect(await store.find({ owner: you, sessionId: 's-0' }, signal)).toBeDefined();
  });

  it('is done for more of them than one list may have, of which no export is made', async () => {
    const there = new Set(Array.from({ length: 106_000 }, (_, index) => `s-${index}`));
    const many = Object.assign(Object.create(store) as MemorySessionStore, {
      sessions: async (_owner: string, { limit, cursor }: Parameters<MemorySessionStore['sessions']>[1]) => {
        const from = Number(cursor ?? 0);
        const ids = listed.slice(from, from + limit);
        const sessions = ids.map((sessionId) => ({ sessionId, title: undefined, createdAtMs: 0, updatedAtMs: 0 }));
        return { sessions, next: from + limit < listed.length ? String(from + limit) : undefined };
      },
      find: async ({ sessionId }: Parameters<MemorySessionStore['find']>[0]) =>
        there.has(sessionId) ? { sessionId, title: undefined, createdAtMs: 0, updatedAtMs: 0 } : undefined,
      delete: async ({ sessionId }: Parameters<MemorySessionStore['delete']>[0]) => {
        const isThere = there.delete(sessionId);
        if (there.size % 500 === 0) listed = [...there];
        return isThere ? { items: 1, objects: 0 } : undefined;
      },
    });
    let listed = [...there];
    const exported = await ask('export');
    await expect(runJob({ ...services, store: many }, exported, long, signal)).rejects.toThrow('more than 100000');
    const job = await ask('deletion');
    await runOn(job, { store: many });
    expect(await read(job)).toMatchObject({ status: 'done', counts: { sessions: 106_000 } });
  });

  it('takes sessions too that the list did not have yet, but none that began afterwards', async () => {
    await fill(me, 2, 1);
    let isBehind = true;
    const late = faulty(store, { before: () => {} });
    const behind = Object.assign(Object.create(late) as MemorySessionStore, {
      sessions: async (...args: Parameters<MemorySessionStore['sessions']>) => {
        const page = await store.sessions(...args);
        const sessions = page.sessions.filter(({ sessionId }) => !isBehind || sessionId !== 's-1');
        return { ...page, sessions };
      },
      find: (...args: Parameters<MemorySessionStore['find']>) => store.find(...args),
      delete: (...args: Parameters<MemorySessionStore['delete']>) => store.delete(...args),
    });
    const job = await ask('deletion');
    await runJob({ ...services, store: behind }, job, short, signal);
    isBehind = false;
    nowMs += 1_000;
    await store.append({ owner: me, sessionId: 'new' }, sampleTurn({ startedAtMs: nowMs }), signal);
    await runOn(job, { store: behind });
    expect(await read(job)).toMatchObject({ status: 'done', counts: { sessions: 2 } });
    expect(await store.find({ owner: me, sessionId: 's-1' }, signal)).toBeUndefined();
    expect(await store.find({ owner: me, sessionId: 'new' }, signal)).toBeDefined();
  });

  it('is done in the end, whichever call fails or loses its answer', async () => {
    for (const when of ['before', 'after'] as const) {
      for (let failing = 0; ; failing += 1) {
        await fill(me, 3, 2);
        const job = await ask('deletion');
        let calls = 0;
        const fail = () => {
          if (calls++ === failing) throw new Error('the network');
        };
        const fault = when === 'before' ? { before: fail } : { before: () => {}, after: fail };
        await runOn(job, { store: faulty(store, fault), objects: faulty(objects, fault) }, short);
        expect([when, failing, (await read(job)).status]).toEqual([when, failing, 'done']);
        expect(await keys(`exports/${me}/`)).toEqual([`exports/${me}/${job.id}/job.json`]);
        const page = await store.sessions(
          me,
          { limit: 9, cursor: undefined, fromMs: undefined, toMs: undefined },
          signal,
        );
        expect(page.sessions).toEqual([]);
        await objects.delete(await keys(), signal);
        if (calls <= failing) break;
      }
    }
  });
});

describe('copies of large turns', () => {
  const turn = { position: 7, messages: ['x'] } as unknown as Parameters<typeof layDownTurn>[2];

  it('go with their session, counted, and with no other', async () => {
    await fill(me, 2, 1);
    await layDownTurn(objects, { owner: me, sessionId: 's-0' }, turn, 'openai', signal);
    const kept = await layDownTurn(objects, { owner: me, sessionId: 's-1' }, turn, 'openai', signal);
    expect(kept).toEqual({ content_url: expect.stringMatching(/^data:/), content_bytes: 31 });
    const proof = { items: 1, objects: 1, verified: true };
    expect(await deleteSession(store, objects, { owner: me, sessionId: 's-0' }, signal)).toMatchObject({ proof });
    expect(await keys()).toEqual([expect.stringMatching(new RegExp(`^exports/${me}/turns/s-1/7-openai-`))]);
  });

  it('that are still there make no proof, and the next call goes on', async () => {
    await fill(me, 1, 1);
    const ref = { owner: me, sessionId: 's-0' };
    await layDownTurn(objects, ref, turn, 'openai', signal);
    const stubborn = Object.assign(Object.create(objects) as MemoryObjects, {
      list: objects.list.bind(objects),
      delete: async () => {},
    });
    await expect(deleteSession(store, stubborn, ref, signal)).rejects.toMatchObject({ code: 'history-unavailable' });
    expect(await deleteSession(store, objects, ref, signal)).toMatchObject({ proof: { items: 0, objects: 1 } });
    await expect(deleteSession(store, objects, ref, signal)).rejects.toMatchObject({ code: 'session-not-found' });
  });

  it('are swept after a day, exports after seven', async () => {
    await fill(me, 1, 1);
    await layDownTurn(objects, { owner: me, sessionId: 's-0' }, turn, 'openai', signal);
    await runOn(await ask('export'));
    const sweep = () => sweepExports(objects, undefined, () => nowMs, signal);
    expect(await sweep()).toEqual({ exports: 0, next: undefined });
    nowMs += DAY_MS + 1;
    expect(await sweep()).toEqual({ exports: 1, next: undefined });
    nowMs += 6 * DAY_MS;
    expect(await sweep()).toEqual({ exports: 3, next: undefined });
    expect(await keys()).toEqual([]);
  });
});
