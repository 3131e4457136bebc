import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DAY_MS, ids, RETENTION_DAYS, type SessionStoreStage, turnIds } from './session-store-stage.ts';

/** How sessions begin and end. */
export function sessionTests(stage: SessionStoreStage): void {
  const { store, signal, now, later, newRef, newTurn, append, newest, allTurns, allSessions, sweep, eventually } =
    stage;

  describe('a session', () => {
    it('is there from its first turn on', async () => {
      const ref = newRef();
      expect(await store().find(ref, signal)).toBeUndefined();
      expect(await newest(ref)).toBeUndefined();
      expect(await store().turns(ref, { limit: 1, after: undefined }, signal)).toBeUndefined();
      const createdAtMs = later();
      await append(ref);
      const expected = { sessionId: ref.sessionId, title: undefined, createdAtMs };
      expect(await store().find(ref, signal)).toEqual({ ...expected, updatedAtMs: createdAtMs });
      const updatedAtMs = later();
      await append(ref);
      expect(await store().find(ref, signal)).toEqual({ ...expected, updatedAtMs });
    });

    it('is another one under another owner', async () => {
      const ref = newRef();
      const foreign = { ...ref, owner: `${ref.owner}-2` };
      await append(ref);
      expect(await store().find(foreign, signal)).toBeUndefined();
      expect(await newest(foreign)).toBeUndefined();
      expect(await store().turns(foreign, { limit: 9, after: undefined }, signal)).toBeUndefined();
      expect(await store().rename(foreign, 'Mine', signal)).toBe(false);
      expect(await store().delete(foreign, signal)).toBeUndefined();
      const turn = newTurn();
      await append(foreign, turn);
      expect(turnIds(await newest(foreign))).toEqual([turn.turnId]);
      await eventually(async () => ids(await allSessions(ref.owner))).toEqual([ref.sessionId]);
      expect(await store().delete(foreign, signal)).toEqual({ items: 1, objects: 0 });
      expect(await newest(ref)).toHaveLength(1);
    });

    it('is told apart by the case of letters', async () => {
      const ref = { owner: `a-${randomUUID()}`, sessionId: 'b' };
      await append(ref);
      expect(await store().find({ ...ref, sessionId: 'B' }, signal)).toBeUndefined();
      expect(await store().find({ ...ref, owner: `A${ref.owner.slice(1)}` }, signal)).toBeUndefined();
    });

    it('has the longest of ids and owners', async () => {
      const ref = { owner: `${'o'.repeat(160)}-${randomUUID()}`, sessionId: `-_${'Z9'.repeat(63)}` };
      await append(ref);
      expect(await newest(ref)).toHaveLength(1);
      await eventually(async () => ids(await allSessions(ref.owner))).toEqual([ref.sessionId]);
    });

    it('has the title that it was given last', async () => {
      const ref = newRef();
      expect(await store().rename(ref, 'Nothing', signal)).toBe(false);
      expect(await store().find(ref, signal)).toBeUndefined();
      await append(ref);
      const title = 'Ausflüge nach 東京 🗼 "zu zweit"';
      const updatedAtMs = later();
      expect(await store().rename(ref, title, signal)).toBe(true);
      expect(await store().find(ref, signal)).toMatchObject({ title, updatedAtMs });
      await append(ref);
      expect(await store().find(ref, signal)).toMatchObject({ title });
      expect(await store().rename(ref, undefined, signal)).toBe(true);
      expect((await store().find(ref, signal))?.title).toBeUndefined();
      await eventually(async () => (await allSessions(ref.owner)).map((each) => each.title)).toEqual([undefined]);
    });
  });

  describe('deleting', () => {
    it('leaves nothing of a session', async () => {
      const ref = newRef();
      for (let count = 0; count < 30; count++) await append(ref);
      later();
      expect(await store().delete(ref, signal)).toEqual({ items: 30, objects: 0 });
      expect(await store().find(ref, signal)).toBeUndefined();
      expect(await newest(ref)).toBeUndefined();
      expect(await store().turns(ref, { limit: 9, after: undefined }, signal)).toBeUndefined();
      expect(await store().rename(ref, 'Again', signal)).toBe(false);
      expect(await store().delete(ref, signal)).toBeUndefined();
      await eventually(async () => allSessions(ref.owner)).toEqual([]);
    });

    it('keeps out the turns that had begun before', async () => {
      const ref = newRef();
      await append(ref);
      const underWay = newTurn();
      later();
      await store().delete(ref, signal);
      const atTheSameTime = newTurn();
      later();
      expect(await append(ref, underWay)).toBe(false);
      expect(await append(ref, atTheSameTime)).toBe(false);
      expect(await store().find(ref, signal)).toBeUndefined();
      expect(await newest(ref)).toBeUndefined();
      await eventually(async () => allSessions(ref.owner)).toEqual([]);
    });

    it('lets a session of the same id begin anew, without what it was before', async () => {
      const ref = newRef();
      await append(ref);
      await store().rename(ref, 'Old', signal);
      const underWay = newTurn();
      later();
      await store().delete(ref, signal);
      const createdAtMs = later();
      const turn = newTurn();
      expect(await append(ref, turn)).toBe(true);
      expect(await store().find(ref, signal)).toEqual({
        sessionId: ref.sessionId,
        title: undefined,
        createdAtMs,
        updatedAtMs: createdAtMs,
      });
      expect(await append(ref, underWay)).toBe(false);
      expect(turnIds(await newest(ref))).toEqual([turn.turnId]);
      expect(turnIds(await allTurns(ref, 1))).toEqual([turn.turnId]);
      await eventually(async () => ids(await allSessions(ref.owner))).toEqual([ref.sessionId]);
    });

    it('beside twenty turns under way leaves none of them', async () => {
      const ref = newRef();
      await append(ref);
      const underWay = Array.from({ length: 20 }, () => newTurn());
      later();
      const appended = underWay.map((turn) => append(ref, turn));
      expect(await store().delete(ref, signal)).toMatchObject({ objects: 0 });
      await Promise.all(appended);
      expect(await newest(ref)).toBeUndefined();
      await eventually(async () => allSessions(ref.owner)).toEqual([]);
    }, 30_000);
  });

  describe('retention', () => {
    it('ends for each turn by itself, and for a session with its newest one', async () => {
      const ref = newRef();
      const [old, young] = [newTurn(), newTurn()];
      const createdAtMs = now();
      await append(ref, old);
      later(10 * DAY_MS);
      await append(ref, young);
      later(20 * DAY_MS + 5_000);
      expect(turnIds(await newest(ref))).toEqual([young.turnId]);
      expect(turnIds(await allTurns(ref, 1))).toEqual([young.turnId]);
      expect(await store().find(ref, signal)).toMatchObject({ createdAtMs });
      await store().rename(ref, 'Still here', signal);
      later(10 * DAY_MS);
      expect(await store().find(ref, signal)).toBeUndefined();
      expect(await newest(ref)).toBeUndefined();
      expect(await store().turns(ref, { limit: 9, after: undefined }, signal)).toBeUndefined();
      expect(await store().rename(ref, 'Gone', signal)).toBe(false);
      expect(await store().delete(ref, signal)).toBeUndefined();
      expect(await allSessions(ref.owner)).toEqual([]);
    });

    it('is swept up after its end, and nothing else is', async () => {
      const [old, young] = [newRef(), newRef()];
      for (let each = 0; each < 3; each += 1) await append(old);
      later(20 * DAY_MS);
      await append(young);
      later(10 * DAY_MS + 5_000);
      expect((await sweep()).expired).toBeGreaterThanOrEqual(3);
      expect((await sweep()).expired).toBe(0);
      expect(await newest(young)).toHaveLength(1);
      await append(old);
      expect(await newest(old)).toHaveLength(1);
    });

    it.each(['', 'x', 'items:', 'items:e30', 'blobs', '{}'])('is not swept from %j on', async (after) => {
      await expect(store().sweep(after, signal)).rejects.toMatchObject({ code: 'invalid-request' });
    });

    it('leaves nothing of a session to one that begins anew under its id', async () => {
      const ref = newRef();
      await append(ref);
      await store().rename(ref, 'Old', signal);
      const createdAtMs = later((RETENTION_DAYS + 1) * DAY_MS);
      const turn = newTurn();
      await append(ref, turn);
      expect(await store().find(ref, signal)).toEqual({
        sessionId: ref.sessionId,
        title: undefined,
        createdAtMs,
        updatedAtMs: createdAtMs,
      });
      expect(turnIds(await newest(ref))).toEqual([turn.turnId]);
    });
  });
}
