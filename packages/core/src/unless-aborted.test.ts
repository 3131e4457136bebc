import { expect, test } from 'vitest';
import { unlessAborted } from './unless-aborted.ts';

test('gives what the promise gives', async () => {
  await expect(unlessAborted(Promise.resolve(1), new AbortController().signal)).resolves.toBe(1);
  await expect(unlessAborted(Promise.reject(new Error('no')), new AbortController().signal)).rejects.toThrow('no');
});

test('rejects with the reason of a signal that was aborted before or is aborted meanwhile', async () => {
  const never = new Promise<never>(() => {});
  const reason = new Error('gone');
  await expect(unlessAborted(never, AbortSignal.abort(reason))).rejects.toBe(reason);
  const controller = new AbortController();
  const waiting = unlessAborted(never, controller.signal);
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});
