import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FolderTurnBlobs } from './folder-turn-blobs.ts';
import { turnBlobsSuite } from './test-support/turn-blobs-suite.ts';

const DAY_MS = 86_400_000;
const signal = new AbortController().signal;
const options = { now: Date.now, retentionDays: 30 };

turnBlobsSuite('FolderTurnBlobs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'turn-blobs-'));
  return {
    blobs: new FolderTurnBlobs({ ...options, folder: join(folder, 'not', 'there', 'yet') }),
    close: () => rm(folder, { recursive: true }),
  };
});

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'turn-blobs-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** All files, by their paths in the folder. */
async function files(): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
}

it.each(['../x', '/etc/x', '..', '', 'a\0b', 'ü', '%2e%2e/x', 'x'.repeat(10_000)])(
  'a file of any name is in the folder: %j',
  async (name) => {
    const blobs = new FolderTurnBlobs({ ...options, folder });
    await blobs.put(name, Buffer.from('x'), signal);
    expect(await files()).toHaveLength(1);
    expect(await blobs.get(name, signal)).toEqual(Buffer.from('x'));
  },
);

it('a writing that failed leaves nothing', async () => {
  const blobs = new FolderTurnBlobs({ ...options, folder });
  await blobs.put('a', Buffer.from('x'), signal);
  const [path = ''] = await files();
  await rm(path);
  await mkdir(path);
  await expect(blobs.put('a', Buffer.from('y'), signal)).rejects.toMatchObject({ code: 'history-unavailable' });
  expect(await files()).toEqual([]);
});

it('what is older than its turn can be goes when something else is written beside it', async () => {
  let days = 0;
  const now = () => Date.now() + days * DAY_MS;
  const blobs = new FolderTurnBlobs({ folder, now, retentionDays: 30 });
  await blobs.put('old', Buffer.from('old'), signal);
  const [old = ''] = await files();
  const unfinished = `${old}.part`;
  await writeFile(unfinished, 'unfinished');
  const young = `${old}.young`;
  await writeFile(young, 'young');
  const later = (Date.now() + 2 * DAY_MS) / 1_000;
  await utimes(young, later, later);
  days = 30;
  await blobs.put('old', Buffer.from('again'), signal);
  expect(await files()).toHaveLength(3);
  await utimes(old, 0, 0);
  days = 32;
  await blobs.put('old', Buffer.from('once more'), signal);
  expect((await files()).toSorted()).toEqual([old, young]);
  expect(await blobs.get('old', signal)).toEqual(Buffer.from('once more'));
});

it('a folder that cannot be used is told as an outage, without its path', async () => {
  const inTheWay = join(folder, 'file');
  await writeFile(inTheWay, 'x');
  const blobs = new FolderTurnBlobs({ ...options, folder: inTheWay });
  const put = blobs.put('a', Buffer.from('x'), signal);
  await expect(put).rejects.toMatchObject({ code: 'history-unavailable' });
  await expect(put).rejects.not.toThrow(folder);
  await expect(blobs.get('a', signal)).rejects.toMatchObject({ code: 'history-unavailable' });
});
