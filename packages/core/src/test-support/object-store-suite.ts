import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../object-store.ts';

export interface ObjectsUnderTest {
  readonly objects: ObjectStore;
  /** What a link leads to. */
  readonly follow: (url: string) => Promise<Uint8Array>;
  close(): Promise<void>;
}

const signal = new AbortController().signal;
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));
const textOf = (found: { bytes: Uint8Array } | undefined) =>
  found === undefined ? undefined : Buffer.from(found.bytes).toString();

/** What every store of objects does. Each row has keys of its own, so one store does for all. */
export function objectStoreSuite(name: string, make: () => Promise<ObjectsUnderTest>): void {
  describe(name, () => {
    let made: ObjectsUnderTest;
    let objects: ObjectStore;
    beforeAll(async () => {
      made = await make();
      objects = made.objects;
    }, 60_000);
    afterAll(() => made.close());

    const put = (key: string, text: string, options = {}) => objects.put(key, bytesOf(text), options, signal);
    const textAt = async (key: string) => textOf(await objects.get(key, signal));
    const keysOf = async (prefix: string, after?: string, limit = 1000) => {
      const page = await objects.list(prefix, after, limit, signal);
      return { keys: page.objects.map(({ key }) => key), next: page.next };
    };

    it('gives back the bytes that were put, whatever they are', async () => {
      const all = Uint8Array.from({ length: 256 }, (_, index) => index);
      await objects.put('bytes/all.bin', all, { contentType: 'application/octet-stream' }, signal);
      await objects.put('bytes/none.bin', new Uint8Array(), {}, signal);
      expect(Buffer.from((await objects.get('bytes/all.bin', signal))?.bytes ?? []).equals(all)).toBe(true);
      expect((await objects.get('bytes/none.bin', signal))?.bytes.byteLength).toBe(0);
    });

    it('has nothing at a key that nobody wrote', async () => {
      expect(await objects.get('nobody/wrote.json', signal)).toBeUndefined();
      expect(await keysOf('nobody/')).toEqual({ keys: [], next: undefined });
    });

    it('puts what is new in the place of what was there, with another etag', async () => {
      const first = await put('replaced/a.json', 'first');
      const second = await put('replaced/a.json', 'second');
      expect(first).not.toBe(second);
      expect(await textAt('replaced/a.json')).toBe('second');
    });

    it('has one etag for an object, whether it is put, read or listed', async () => {
      const etag = await put('etag/a.json', 'text');
      expect((await objects.get('etag/a.json', signal))?.etag).toBe(etag);
      const [listed] = (await objects.list('etag/', undefined, 10, signal)).objects;
      expect(listed).toMatchObject({ key: 'etag/a.json', bytes: 4, etag });
      expect(Math.abs((listed?.lastModifiedMs ?? 0) - Date.now())).toBeLessThan(3_600_000);
    });

    it('writes only where there is none, when that is asked for', async () => {
      expect(await put('absent/a.json', 'first', { ifAbsent: true })).toEqual(expect.any(String));
      expect(await put('absent/a.json', 'second', { ifAbsent: true })).toBeUndefined();
      expect(await textAt('absent/a.json')).toBe('first');
    });

    it('lets one of many have a key that was free', async () => {
      const writers = Array.from({ length: 8 }, (_, index) => put('race/a.json', `of ${index}`, { ifAbsent: true }));
      const etags = (await Promise.all(writers)).filter((etag) => etag !== undefined);
      expect(etags).toHaveLength(1);
      expect((await objects.get('race/a.json', signal))?.etag).toBe(etags[0]);
    });

    it('writes only in place of what has the etag, when that is asked for', async () => {
      const first = (await put('match/a.json', 'first')) ?? '';
      const second = await put('match/a.json', 'second', { ifMatch: first });
      expect(second).toEqual(expect.any(String));
      expect(await put('match/a.json', 'third', { ifMatch: first })).toBeUndefined();
      expect(await put('match/none.json', 'third', { ifMatch: first })).toBeUndefined();
      expect(await textAt('match/a.json')).toBe('second');
      expect(await textAt('match/none.json')).toBeUndefined();
    });

    it('lists in the order of bytes, by prefix', async () => {
      const keys = [
        'list/a-b.json',
        'list/a.json',
        'list/a/x.json',
        'list/a/y/z.json',
        'list/a0.json',
        'list/date=1/b',
      ];
      for (const key of [...keys, 'lisu.json'].reverse()) await put(key, key);
      expect(await keysOf('list/')).toEqual({ keys, next: undefined });
      expect((await keysOf('list/a/')).keys).toEqual(['list/a/x.json', 'list/a/y/z.json']);
      expect((await keysOf('list/a')).keys).toEqual(keys.slice(0, 5));
    });

    it('lists by pages, and from behind any key', async () => {
      const keys = Array.from({ length: 7 }, (_, index) => `pages/${index}/part.json`);
      for (const key of keys) await put(key, key);
      const first = await keysOf('pages/', undefined, 3);
      expect(first.keys).toEqual(keys.slice(0, 3));
      const second = await keysOf('pages/', first.next, 3);
      expect(second.keys).toEqual(keys.slice(3, 6));
      expect(await keysOf('pages/', second.next, 3)).toEqual({ keys: keys.slice(6), next: undefined });
      expect((await keysOf('pages/', 'pages/3/part')).keys).toEqual(keys.slice(3));
      expect((await keysOf('pages/', 'pages/9')).keys).toEqual([]);
    });

    it('deletes what is there, and more than one call of S3 takes', async () => {
      const keys = Array.from({ length: 1_100 }, (_, index) => `deleted/${index}.json`);
      for (const key of keys.slice(0, 30)) await put(key, 'x');
      await put('deleted-not.json', 'kept');
      await objects.delete(keys, signal);
      expect((await keysOf('deleted')).keys).toEqual(['deleted-not.json']);
      await objects.delete([], signal);
    });

    it('may have a key again that was deleted', async () => {
      await put('again/a.json', 'first');
      await objects.delete(['again/a.json'], signal);
      expect(await objects.get('again/a.json', signal)).toBeUndefined();
      expect(await put('again/a.json', 'second', { ifAbsent: true })).toEqual(expect.any(String));
      expect(await textAt('again/a.json')).toBe('second');
    });

    it('gives a link by which the object is read', async () => {
      await put('linked/a.json', 'for all who have the link');
      const url = await objects.link('linked/a.json', 60, 'a.json');
      expect(Buffer.from(await made.follow(url)).toString()).toBe('for all who have the link');
    });

    it.each<[string, (gone: AbortSignal) => Promise<unknown>]>([
      ['put', (gone) => objects.put('gone/a.json', bytesOf('x'), {}, gone)],
      ['get', (gone) => objects.get('gone/a.json', gone)],
      ['list', (gone) => objects.list('gone/', undefined, 10, gone)],
      ['delete', (gone) => objects.delete(['gone/a.json'], gone)],
    ])('%s ends with the reason of whoever left', async (_name, call) => {
      const reason = new Error('gone');
      await expect(call(AbortSignal.abort(reason))).rejects.toBe(reason);
      expect(await objects.get('gone/a.json', signal)).toBeUndefined();
    });
  });
}
