import { describe, expect, it } from 'vitest';
import type { SessionQuery } from '../session-store.ts';
import { ids, type SessionStoreStage } from './session-store-stage.ts';

/** How sessions are listed. */
export function listTests(stage: SessionStoreStage): void {
  const { store, signal, later, newRef, append, allSessions, eventually } = stage;

  describe('a list', () => {
    it('has the session that was used last first', async () => {
      const owner = newRef().owner;
      const [one, two, three] = [newRef(owner), newRef(owner), newRef(owner)];
      for (const ref of [one, two, three, one]) {
        later();
        await append(ref);
      }
      await eventually(async () => ids(await allSessions(owner))).toEqual(ids([one, three, two]));
      later();
      await store().rename(two, 'Two', signal);
      await eventually(async () => ids(await allSessions(owner))).toEqual(ids([two, one, three]));
    });

    it('is empty for who has no sessions', async () => {
      expect(await allSessions(newRef().owner)).toEqual([]);
    });

    it.each([1, 2, 3, 7])('gives each session once in pages of %i, many of one time among them', async (limit) => {
      const owner = newRef().owner;
      const refs = Array.from({ length: 7 }, () => newRef(owner));
      later();
      for (const [index, ref] of refs.entries()) {
        if (index === 1 || index === 6) later();
        await append(ref);
      }
      await eventually(async () => ids(await allSessions(owner, { limit })).sort()).toEqual(ids(refs).sort());
      const times = (await allSessions(owner, { limit })).map((each) => each.updatedAtMs);
      expect(times).toEqual([...times].sort((one, other) => other - one));
    });

    it('has those that were used in a time, the start with it and the end without', async () => {
      const owner = newRef().owner;
      const refs = [newRef(owner), newRef(owner), newRef(owner)];
      const times: number[] = [];
      for (const ref of refs) {
        times.push(later());
        await append(ref);
      }
      const [first, second, third] = refs;
      const [, from, to] = times;
      await eventually(async () => ids(await allSessions(owner))).toHaveLength(3);
      const within = async (about: Partial<SessionQuery>) => ids(await allSessions(owner, { ...about, limit: 1 }));
      expect(await within({ fromMs: from })).toEqual([third?.sessionId, second?.sessionId]);
      expect(await within({ toMs: to })).toEqual([second?.sessionId, first?.sessionId]);
      expect(await within({ fromMs: from, toMs: to })).toEqual([second?.sessionId]);
      expect(await within({ fromMs: to, toMs: from })).toEqual([]);
      expect(await within({ fromMs: from, toMs: from })).toEqual([]);
      // A cursor from before the caller thought of a time.
      const cursor = `${'9'.repeat(15)}.a`;
      expect(await within({ toMs: to, cursor })).toEqual([second?.sessionId, first?.sessionId]);
      expect(await within({ fromMs: from, toMs: to, cursor })).toEqual([second?.sessionId]);
    });

    it.each(['', ' ', 'x', '0', '!!', 'e30', 'bnVsbA', 'W10', '"', '{}', 'ü', 'x'.repeat(5_000)])(
      'refuses the cursor %j',
      async (cursor) => {
        await expect(allSessions(newRef().owner, { cursor })).rejects.toMatchObject({ code: 'invalid-request' });
      },
    );

    it('gives nobody the sessions of others for a cursor of theirs', async () => {
      const owner = newRef().owner;
      for (let count = 0; count < 3; count++) await append(newRef(owner));
      const query = { limit: 1, cursor: undefined, fromMs: undefined, toMs: undefined };
      await eventually(async () => (await store().sessions(owner, query, signal)).next).toBeDefined();
      const { next } = await store().sessions(owner, query, signal);
      const stranger = allSessions(newRef().owner, { cursor: next });
      expect(await stranger.catch((error: unknown) => error)).toSatisfy(
        (read: unknown) => (Array.isArray(read) && read.length === 0) || isRefusal(read),
      );
    });
  });
}

function isRefusal(value: unknown): boolean {
  return value instanceof Error && 'code' in value && value.code === 'invalid-request';
}
