import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListedBlob, TurnBlobs } from '../session-store.ts';

export interface TurnBlobsUnderTest {
  readonly blobs: TurnBlobs;
  close(): Promise<void>;
}

/** Registers the tests that all `TurnBlobs` pass. `make` is called once; every test has names of its own. */
export function turnBlobsSuite(name: string, make: () => Promise<TurnBlobsUnderTest>): void {
  describe(name, () => {
    let subject: TurnBlobsUnderTest | undefined;
    const signal = new AbortController().signal;

    beforeAll(async () => {
      subject = await make();
    }, 60_000);
    afterAll(async () => subject?.close());

    const blobs = (): TurnBlobs => {
      if (subject === undefined) throw new Error('the blobs were not made');
      return subject.blobs;
    };
    const newName = (): string => `${'0a'.repeat(32)}/${randomUUID()}/${randomUUID()}-x_9`;
    const get = async (blob: string): Promise<Buffer | undefined> => {
      const bytes = await blobs().get(blob, signal);
      return bytes && Buffer.from(bytes);
    };

    const list = async (folder: string, after?: string): Promise<readonly ListedBlob[]> => {
      const found: ListedBlob[] = [];
      let from = after;
      do {
        const page = await blobs().list(folder, from, signal);
        found.push(...page.blobs);
        from = page.next;
      } while (from !== undefined);
      return found;
    };

    it.each([
      ['no bytes', Buffer.alloc(0)],
      ['every byte', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
      ['5 MB', Buffer.alloc(5_000_000, 'history')],
    ])(
      'gives back %s as they were',
      async (_what, bytes) => {
        const blob = newName();
        await blobs().put(blob, bytes, signal);
        expect((await get(blob))?.equals(bytes)).toBe(true);
      },
      30_000,
    );

    it('has nothing under a name that was not given', async () => {
      expect(await get(newName())).toBeUndefined();
    });

    it('has what was put last', async () => {
      const blob = newName();
      await blobs().put(blob, Buffer.from('a long first'), signal);
      await blobs().put(blob, Buffer.from('second'), signal);
      expect(await get(blob)).toEqual(Buffer.from('second'));
    });

    it('has one of those whole that were put at once', async () => {
      const blob = newName();
      const all = Array.from({ length: 10 }, (_, index) => Buffer.alloc(100_000 + index, index));
      await Promise.all(all.map((bytes) => blobs().put(blob, bytes, signal)));
      const kept = await get(blob);
      expect(all.some((bytes) => kept !== undefined && bytes.equals(kept))).toBe(true);
    });

    it.each([
      ['case', 'a/b', 'A/B'],
      ['length', 'a/b', 'a/b/c'],
      ['end', `${'x'.repeat(200)}/${'y'.repeat(199)}1`, `${'x'.repeat(200)}/${'y'.repeat(199)}2`],
      ['slashes', 'a/b-c', 'a-b/c'],
    ])('tells names apart by their %s', async (_what, one, other) => {
      const folder = randomUUID();
      await blobs().put(`${folder}/${one}`, Buffer.from('one'), signal);
      expect(await get(`${folder}/${other}`)).toBeUndefined();
      await blobs().put(`${folder}/${other}`, Buffer.from('other'), signal);
      expect(await get(`${folder}/${one}`)).toEqual(Buffer.from('one'));
      await blobs().delete([`${folder}/${other}`], signal);
      expect(await get(`${folder}/${one}`)).toEqual(Buffer.from('one'));
    });

    it('deletes what is named and nothing else', async () => {
      const [one, two, three] = [newName(), newName(), newName()];
      for (const blob of [one, two, three]) await blobs().put(blob, Buffer.from(blob), signal);
      await blobs().delete([one, newName(), three], signal);
      await blobs().delete([one], signal);
      await blobs().delete([], signal);
      expect(await Promise.all([one, two, three].map(get))).toEqual([undefined, Buffer.from(two), undefined]);
    });

    it('deletes more than a thousand at once', async () => {
      const kept = [newName(), newName()];
      for (const blob of kept) await blobs().put(blob, Buffer.from('x'), signal);
      const names = [kept[0] ?? '', ...Array.from({ length: 1_100 }, newName), kept[1] ?? ''];
      await blobs().delete(names, signal);
      expect(await Promise.all(kept.map(get))).toEqual([undefined, undefined]);
    }, 30_000);

    it('lists what is in a folder, in order, and nothing else', async () => {
      const folder = randomUUID();
      const names = ['a/1', 'a/2', 'a/B', 'a/b/c', 'a/b/d'].map((name) => `${folder}/${name}`);
      const others = [`${folder}/aa/1`, `${folder}/a`, `${folder}-2/a/1`];
      const before = Date.now() - 60_000;
      for (const blob of [...names, ...others]) await blobs().put(blob, Buffer.from(blob), signal);
      expect((await list(`${folder}/a`)).map(({ name }) => name)).toEqual(names.toSorted());
      for (const { savedAtMs } of await list(`${folder}/a`)) expect(savedAtMs).toBeGreaterThan(before);
      expect((await list(`${folder}/a`, `${folder}/a/2`)).map(({ name }) => name)).toEqual(names.toSorted().slice(2));
      await blobs().delete(names.slice(1), signal);
      expect((await list(`${folder}/a`)).map(({ name }) => name)).toEqual(names.slice(0, 1));
      expect(await list(randomUUID())).toEqual([]);
    });

    it('does nothing for a caller who has left', async () => {
      const gone = new Error('the client is gone');
      const aborted = AbortSignal.abort(gone);
      const blob = newName();
      await expect(blobs().put(blob, Buffer.from('x'), aborted)).rejects.toBe(gone);
      await expect(blobs().get(blob, aborted)).rejects.toBe(gone);
      await expect(blobs().list('a', undefined, aborted)).rejects.toBe(gone);
      expect(await get(blob)).toBeUndefined();
      await blobs().put(blob, Buffer.from('x'), signal);
      await expect(blobs().delete([blob], aborted)).rejects.toBe(gone);
      expect(await get(blob)).toEqual(Buffer.from('x'));
    });

    it('gives who leaves meanwhile the answer or the reason', async () => {
      const gone = new Error('the client is gone');
      const leaving = new AbortController();
      const answers = [
        blobs().put(newName(), Buffer.alloc(1_000_000), leaving.signal),
        blobs().get(newName(), leaving.signal),
        blobs().delete([newName()], leaving.signal),
      ].map((each) => each.then(() => gone).catch((error: unknown) => error));
      leaving.abort(gone);
      expect(await Promise.all(answers)).toEqual([gone, gone, gone]);
    });
  });
}
