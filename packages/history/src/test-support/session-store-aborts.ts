import { describe, expect, it } from 'vitest';
import type { SessionRef } from '../turn.ts';
import type { SessionStoreStage } from './session-store-stage.ts';

/** What becomes of what nobody waits for. */
export function abortTests(stage: SessionStoreStage): void {
  const { store, signal, later, newRef, newTurn, append, newest } = stage;

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
      ['sweep', (_ref, aborted) => store().sweep(undefined, aborted)],
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
}
