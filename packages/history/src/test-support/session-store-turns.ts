import type { JsonValue } from '@genai-gateway/protocol';
import { describe, expect, it } from 'vitest';
import type { Turn } from '../turn.ts';
import { type SessionStoreStage, turnIds } from './session-store-stage.ts';

/** What a store does with turns. */
export function turnTests(stage: SessionStoreStage): void {
  const { store, signal, newRef, newTurn, append, newest, allTurns } = stage;

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
      // As large as callers may name one.
      for (const after of [999_999_999_999, 999_999_999_999_998, 999_999_999_999_999]) {
        expect(await store().turns(ref, { limit: 9, after }, signal)).toEqual({ turns: [], next: undefined });
      }
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
      expect(await store().delete(ref, signal)).toMatchObject({ items: 4 });
      expect(await newest(ref)).toBeUndefined();
    }, 60_000);
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
