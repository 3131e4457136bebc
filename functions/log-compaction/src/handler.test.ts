import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderObjects } from '@genai-gateway/core';
import { archivedRows, keysOf } from '@genai-gateway/request-logs/testing/archive-contents';
import { samplePayload } from '@genai-gateway/request-logs/testing/sample-payload';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const signal = new AbortController().signal;
const noLink = () => Promise.reject(new Error('no link'));

describe('the handler of log-compaction', () => {
  let folder = '';
  let raw: FolderObjects;
  let archive: FolderObjects;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'log-compaction-'));
    raw = new FolderObjects(join(folder, 'raw'), noLink);
    archive = new FolderObjects(join(folder, 'archive'), noLink);
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    vi.stubEnv('REQUEST_LOG_DIR', join(folder, 'raw'));
    vi.stubEnv('ARCHIVE_DIR', join(folder, 'archive'));
    vi.resetModules();
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  /** As Lambda does it: the module first, then its environment, then an event. */
  async function invoke(event: unknown, remainingMs = 900_000) {
    const { handler } = await import('./handler.ts');
    return handler(event, { awsRequestId: 'r', getRemainingTimeInMillis: () => remainingMs });
  }

  const put = (key: string) =>
    raw.put(key, Buffer.from(`${JSON.stringify(samplePayload(key, Date.UTC(2026, 10, 23) / 1000))}\n`), {}, signal);

  it('compacts until a time, and answers with what it did', async () => {
    await put('gateway/2026-11-23/00/a.jsonl');
    await put('litellm/2026-11-23/time-00-00-00-000000_b.json');
    const until = new Date(Date.now() + 60_000).toISOString();
    expect(await invoke({ task: 'compact', until })).toMatchObject({
      objects: 2,
      rows: 2,
      files: 1,
      busy: false,
      more: false,
    });
    expect((await archivedRows(archive)).map(({ source }) => source)).toEqual(['gateway', 'litellm']);
    expect(await keysOf(raw)).toEqual([]);
  });

  it('leaves alone what is younger than ten minutes, which a writer may write once more', async () => {
    await put('gateway/2026-11-23/00/a.jsonl');
    expect(await invoke({ task: 'compact' })).toMatchObject({ objects: 0 });
    expect(await keysOf(raw)).toEqual(['gateway/2026-11-23/00/a.jsonl']);
  });

  it('begins nothing when its time is short', async () => {
    await put('gateway/2026-11-23/00/a.jsonl');
    const until = new Date(Date.now() + 60_000).toISOString();
    expect(await invoke({ task: 'compact', until }, 60_000)).toMatchObject({ objects: 0, more: true });
  });

  it.each([
    ['another task', { task: 'sweep' }, /no task of log-compaction/],
    ['a time that is none', { task: 'compact', until: 'yesterday' }, /"until" is no time/],
  ])('refuses %s', async (_what, event, message) => {
    await expect(invoke(event)).rejects.toThrow(message);
  });

  it.each(['REQUEST_LOG', 'ARCHIVE'])('says that %s_BUCKET is not set', async (name) => {
    vi.stubEnv(`${name}_DIR`, '');
    await expect(invoke({ task: 'compact' })).rejects.toThrow(`Neither ${name}_BUCKET nor ${name}_DIR is set`);
  });
});
