import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderObjects } from './folder-objects.ts';
import { MemoryObjects } from './memory-objects.ts';
import { objectStoreSuite } from './test-support/object-store-suite.ts';

const signal = new AbortController().signal;

objectStoreSuite('MemoryObjects', async () => ({
  objects: new MemoryObjects(),
  follow: async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer()),
  close: async () => undefined,
}));

objectStoreSuite('FolderObjects', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'objects-'));
  return {
    objects: new FolderObjects(folder, async (key) => pathToFileURL(join(folder, key)).href),
    follow: (url) => readFile(fileURLToPath(url)),
    close: () => rm(folder, { recursive: true }),
  };
});

describe('FolderObjects', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'objects-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const store = () => new FolderObjects(folder, async () => '');

  it.each(['../a', 'a/../../b', '/a', 'a//b', 'a/', '', '.', 'a\\b', 'a\0', '.unfinished/a'])(
    'takes %j for no key',
    async (key) => {
      await expect(async () => store().put(key, new Uint8Array(), {}, signal)).rejects.toThrow('is not a key');
      await expect(async () => store().get(key, signal)).rejects.toThrow('is not a key');
      await expect(async () => store().delete([key], signal)).rejects.toThrow('is not a key');
      await expect(async () => store().link(key, 1, 'a')).rejects.toThrow('is not a key');
    },
  );

  it('shows nothing of what a process did not finish, and leaves no empty folders', async () => {
    await mkdir(join(folder, '.unfinished'));
    await writeFile(join(folder, '.unfinished', 'half'), 'ha');
    await store().put('a/b/c.json', new Uint8Array([1]), {}, signal);
    expect((await store().list('', undefined, 10, signal)).objects.map(({ key }) => key)).toEqual(['a/b/c.json']);
    await store().delete(['a/b/c.json'], signal);
    expect(await readdir(folder)).toEqual(['.unfinished']);
  });

  it('writes into a folder that another call removes at the same time', async () => {
    const one = store();
    const rounds = Array.from({ length: 200 }, async (_, index) => {
      const key = `shared/${index}.json`;
      await one.put(key, new Uint8Array([1]), {}, signal);
      await one.delete([key], signal);
    });
    await Promise.all(rounds);
    expect((await one.list('shared/', undefined, 10, signal)).objects).toEqual([]);
  });
});
