import { randomUUID } from 'node:crypto';
import type { Clock } from '@genai-gateway/core';
import type { JsonValue } from '@genai-gateway/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionQuery, SessionStore } from '../session-store.ts';
import type { SavedTurn, Session, SessionRef, Turn } from '../turn.ts';
import { sampleTurn } from './sample-turn.ts';

const RETENTION_DAYS = 30;
const DAY_MS = 86_400_000;

/** What a store under test is made with. The clock only goes forward, from the real time on: some stores delete by their own. */
export interface SessionStoreSetting {
  readonly now: Clock;
  readonly retentionDays: number;
}

export interface SessionStoreUnderTest {
  readonly store: SessionStore;
  close(): Promise<void>;
}

/**
 * Registers the tests that every `SessionStore` passes. `make` is called once; every test has owners of its own, so the
 * store may hold what other tests have left.
 */
export function sessionStoreSuite(
  name: string,
  make: (setting: SessionStoreSetting) => Promise<SessionStoreUnderTest>,
): void {
  describe(name, () => {
    let nowMs = Date.now();
    let subject: SessionStoreUnderTest | undefined;
    const signal = new AbortController().signal;

    beforeAll(async () => {
      subject = await make({ now: () => nowMs, retentionDays: RETENTION_DAYS });
    }, 60_000);
    afterAll(async () => subject?.close());

    const store = (): SessionStore => {
      if (subject === undefined) throw new Error('the store was not made');
      return subject.store;
    };
    /** A later time: what happens next happens in another second. */
    const later = (ms = 2_000): number => {
      nowMs += ms;
      return nowMs;
    };
    const newRef = (owner = `owner-${randomUUID()}`): SessionRef => ({ owner, sessionId: randomUUID() });
    const newTurn = (about: Partial<Turn> = {}): Turn => sampleTurn({ startedAtMs: nowMs, ...about });
    const append = (ref: SessionRef, turn: Turn = newTurn()): Promise<boolean> => store().append(ref, turn, signal);
    const newest = (ref: SessionRef): Promise<readonly SavedTurn[] | undefined> =>
      store().newestTurns(ref, () => true, signal);

    /** All turns by pages. */
    async function allTurns(ref: SessionRef, limit: number): Promise<readonly SavedTurn[]> {
      const turns: SavedTurn[] = [];
      let after: number | undefined;
      for (;;) {
        const page = await store().turns(ref, { limit, after }, signal);
        if (page === undefined) throw new Error('no such session');
        expect(page.turns.length).toBeLessThanOrEqual(limit);
        turns.push(...page.turns);
        if (page.next === undefined) return turns;
        after = page.next;
      }
    }

    /** All sessions by pages. */
    async function allSessions(owner: string, about: Partial<SessionQuery> = {}): Promise<readonly Session[]> {
      const query: SessionQuery = { limit: 100, cursor: undefined, fromMs: undefined, toMs: undefined, ...about };
      const sessions: Session[] = [];
      let { cursor } = query;
      for (;;) {
        const page = await store().sessions(owner, { ...query, cursor }, signal);
        expect(page.sessions.length).toBeLessThanOrEqual(query.limit);
        sessions.push(...page.sessions);
        if (page.next === undefined) return sessions;
        cursor = page.next;
      }
    }

    /** A list may be behind the turns for a moment. */
    const eventually = (read: () => Promise<unknown>) => expect.poll(read, { timeout: 10_000, interval: 20 });

    const ids = (items: readonly { readonly sessionId: string }[]): string[] => items.map((each) => each.sessionId);
    const turnIds = (turns: readonly Turn[] | undefined): string[] | undefined => turns?.map((each) => each.turnId);

    describe('turns', () => {
      it('come back as they were saved, in their order', async () => {
        const ref = newRef();
        const turns = [
          newTurn(),
          newTurn({ system: [{ text: 'Be short.' }], usage: undefined, stopReason: undefined, isBlocked: true }),
          newTurn({ messages: [] }),
        ];
        for (const turn of turns) expect(await append(ref, turn)).toBe(true);
        for (const read of [await newest(ref), await allTurns(ref, 100), await allTurns(ref, 1)]) {
          expect(read).toMatchObject(turns);
          expect(read).toHaveLength(3);
        }
      });

      it('have positions that grow, the same however they are read', async () => {
        const ref = newRef();
        for (let count = 0; count < 4; count++) await append(ref);
        const positions = (await newest(ref))?.map((each) => each.position) ?? [];
        expect(positions).toEqual([...new Set(positions)].sort((one, other) => one - other));
        expect((await allTurns(ref, 3)).map((each) => each.position)).toEqual(positions);
      });

      it.each(awkwardContents)('are kept to the letter: %s', async (_what, input) => {
        const ref = newRef();
        const turn = newTurn({ answer: answerOf(input) });
        await append(ref, turn);
        const [read] = (await newest(ref)) ?? [];
        expect(JSON.stringify(read?.answer)).toBe(JSON.stringify(turn.answer));
      });

      it('are read from the newest back until one is not wanted', async () => {
        const ref = newRef();
        const turns = [newTurn(), newTurn(), newTurn(), newTurn()];
        for (const turn of turns) await append(ref, turn);
        const asked: string[] = [];
        const read = await store().newestTurns(
          ref,
          (turn) => {
            asked.push(turn.turnId);
            return asked.length < 3;
          },
          signal,
        );
        expect(asked).toEqual(turnIds([...turns].reverse().slice(0, 3)));
        expect(turnIds(read)).toEqual(turnIds(turns.slice(2)));
        expect(await store().newestTurns(ref, () => false, signal)).toEqual([]);
      });

      it('are there after a position and no others', async () => {
        const ref = newRef();
        for (let count = 0; count < 3; count++) await append(ref);
        const [first, second, third] = await allTurns(ref, 100);
        const page = await store().turns(ref, { limit: 1, after: first?.position }, signal);
        expect(turnIds(page?.turns)).toEqual([second?.turnId]);
        expect(page?.next).toBe(second?.position);
        expect(turnIds((await store().turns(ref, { limit: 9, after: third?.position }, signal))?.turns)).toEqual([]);
      });

      it('are there once when they are added twice', async () => {
        const ref = newRef();
        const turn = newTurn();
        const next = newTurn();
        for (const each of [turn, turn, next]) await append(ref, each);
        expect(turnIds(await newest(ref))).toEqual(turnIds([turn, next]));
        expect(turnIds(await allTurns(ref, 100))).toEqual(turnIds([turn, next]));
        const asked: string[] = [];
        await store().newestTurns(ref, ({ turnId }) => asked.push(turnId) > 0, signal);
        expect(asked).toEqual([next.turnId, turn.turnId]);
      });

      it('that are added twenty at once are all there, each once, in one order', async () => {
        const ref = newRef();
        const turns = Array.from({ length: 20 }, () => newTurn());
        const added = await Promise.all(turns.map((turn) => append(ref, turn)));
        expect(added).toEqual(turns.map(() => true));
        const read = (await newest(ref)) ?? [];
        expect(turnIds(read)?.sort()).toEqual(turnIds(turns)?.sort());
        expect(turnIds(await allTurns(ref, 7))).toEqual(turnIds(read));
      }, 30_000);

      it('may be 5 MB together', async () => {
        const ref = newRef();
        const turns = Array.from({ length: 25 }, (_, index) =>
          newTurn({ answer: answerOf('x'.repeat(200_000 + index)) }),
        );
        for (const turn of turns) await append(ref, turn);
        expect(await allTurns(ref, 100)).toMatchObject(turns);
        expect(turnIds(await newest(ref))).toEqual(turnIds(turns));
      }, 60_000);

      it('may be 3 MB each', async () => {
        const ref = newRef();
        const turns = ['a', 'ü', '漢'].map((letter) =>
          newTurn({ answer: answerOf(letter.repeat(3_000_000 / Buffer.byteLength(letter))) }),
        );
        for (const turn of [...turns, newTurn()]) await append(ref, turn);
        const read = (await newest(ref)) ?? [];
        expect(read.map((each) => JSON.stringify(each.answer).length)).toEqual(
          [...turns, newTurn()].map((each) => JSON.stringify(each.answer).length),
        );
        expect(read.slice(0, 3)).toMatchObject(turns);
        expect(await store().delete(ref, signal)).toBe(true);
        expect(await newest(ref)).toBeUndefined();
      }, 60_000);
    });

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
        expect(await store().delete(foreign, signal)).toBe(false);
        const turn = newTurn();
        await append(foreign, turn);
        expect(turnIds(await newest(foreign))).toEqual([turn.turnId]);
        await eventually(async () => ids(await allSessions(ref.owner))).toEqual([ref.sessionId]);
        expect(await store().delete(foreign, signal)).toBe(true);
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
        expect(await store().delete(ref, signal)).toBe(true);
        expect(await store().find(ref, signal)).toBeUndefined();
        expect(await newest(ref)).toBeUndefined();
        expect(await store().turns(ref, { limit: 9, after: undefined }, signal)).toBeUndefined();
        expect(await store().rename(ref, 'Again', signal)).toBe(false);
        expect(await store().delete(ref, signal)).toBe(false);
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
        expect(await store().delete(ref, signal)).toBe(true);
        await Promise.all(appended);
        expect(await newest(ref)).toBeUndefined();
        await eventually(async () => allSessions(ref.owner)).toEqual([]);
      }, 30_000);
    });

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

    describe('retention', () => {
      it('ends for each turn by itself, and for a session with its newest one', async () => {
        const ref = newRef();
        const [old, young] = [newTurn(), newTurn()];
        const createdAtMs = nowMs;
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
        expect(await store().delete(ref, signal)).toBe(false);
        expect(await allSessions(ref.owner)).toEqual([]);
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

    describe('a caller who has left', () => {
      const gone = new Error('the client is gone');
      const calls: readonly [string, (ref: SessionRef, signal: AbortSignal) => Promise<unknown>][] = [
        ['find', (ref, aborted) => store().find(ref, aborted)],
        ['newestTurns', (ref, aborted) => store().newestTurns(ref, () => true, aborted)],
        ['turns', (ref, aborted) => store().turns(ref, { limit: 1, after: undefined }, aborted)],
        ['append', (ref, aborted) => store().append(ref, newTurn(), aborted)],
        [
          'sessions',
          ({ owner }, aborted) =>
            store().sessions(owner, { limit: 1, cursor: undefined, fromMs: undefined, toMs: undefined }, aborted),
        ],
        ['rename', (ref, aborted) => store().rename(ref, 'New', aborted)],
        ['delete', (ref, aborted) => store().delete(ref, aborted)],
      ];

      it.each(calls)('has %s rejected with the reason, and nothing done', async (_method, call) => {
        const ref = newRef();
        await append(ref);
        const before = await store().find(ref, signal);
        later();
        await expect(call(ref, AbortSignal.abort(gone))).rejects.toBe(gone);
        expect(await store().find(ref, signal)).toEqual(before);
        expect(await newest(ref)).toHaveLength(1);
      });

      it.each(calls)('amid %s gets the answer or the reason', async (_method, call) => {
        const ref = newRef();
        await append(ref);
        const leaving = new AbortController();
        const answer = call(ref, leaving.signal).then(
          () => gone,
          (error: unknown) => error,
        );
        leaving.abort(gone);
        expect(await answer).toBe(gone);
      });
    });
  });
}

/** Values of a tool call's input, which may be any JSON. */
const awkwardContents: readonly (readonly [string, JsonValue])[] = [
  ['nothing but empty things', ['', {}, [], null, 0, false, { '': '' }]],
  ['letters of every kind', 'Grüße 漢字 🏳️‍🌈 \u0000 \u2028 \ufeff \\ " </script>'],
  ['half of a surrogate pair', 'a\ud800b'],
  ['numbers of every kind', [1e308, 5e-324, 9_007_199_254_740_991, -0.1, 123_456_789_012_345_680_000]],
  ['names that mean something in JavaScript', JSON.parse('{"__proto__":{"a":1},"constructor":2,"toJSON":"x"}')],
  ['names that mean something in DynamoDB', { S: 'x', N: '1', B: 'eA==', M: { L: [] }, NULL: true, SS: ['a'] }],
  ['a thousand levels', nested(1_000)],
];

function answerOf(input: JsonValue): Turn['answer'] {
  const content = [{ text: '' }, { toolUse: { toolUseId: 'call_1', name: 'look_up', input } }];
  return { api: 'converse', message: { role: 'assistant', content } };
}

function nested(levels: number): JsonValue {
  let value: JsonValue = 'inside';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { value };
  return value;
}

function isRefusal(value: unknown): boolean {
  return value instanceof Error && 'code' in value && value.code === 'invalid-request';
}
