import { AdvisoryLocks, connectPostgres } from '@genai-gateway/litellm';
import type pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { testDatabase } from './testing/test-database.ts';

const database = testDatabase({ max: 2 });
const patient = new AbortController().signal;
let pools: pg.Pool[] = [];

afterEach(async () => {
  for (const pool of pools) await pool.end();
  pools = [];
});

/** Locks of a process of its own, which has two connections as a function has. */
function locksOf(waitMs?: number, scope = 'test') {
  const pool = connectPostgres({ url: database.postgres.url, max: 2 });
  pools.push(pool);
  const locks = new AdvisoryLocks({ pool, scope, ...(waitMs === undefined ? {} : { waitMs }) });
  return { pool, locks };
}

/** Something that is done for as long as the test wants. */
function work() {
  const { promise: begun, resolve: begin } = promised();
  const { promise: done, resolve: end } = promised();
  return {
    begun,
    end,
    run: async () => {
      begin();
      await done;
      return 'done';
    },
  };
}

function promised() {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

describe('a lock', () => {
  test('lets one in at a time, over processes and within one', async () => {
    const processes = [locksOf(), locksOf(), locksOf()];
    let inside = 0;
    let most = 0;
    const visits = Array.from({ length: 30 }, (_, n) =>
      processes[n % 3]?.locks.hold(
        'a',
        async () => {
          inside += 1;
          most = Math.max(most, inside);
          await processes[n % 3]?.pool.query('SELECT pg_sleep(0.005)');
          inside -= 1;
          return n;
        },
        patient,
      ),
    );
    expect(await Promise.all(visits)).toEqual(visits.map((_, n) => n));
    expect(most).toBe(1);
  });

  test('of another name, or of another scope, is another', async () => {
    const [one, two, three] = [locksOf(), locksOf(), locksOf(undefined, 'other')];
    const held = work();
    const first = one.locks.hold('a', held.run, patient);
    await held.begun;
    expect(await two.locks.hold('b', async () => 'in', patient)).toBe('in');
    expect(await three.locks.hold('a', async () => 'in', patient)).toBe('in');
    held.end();
    expect(await first).toBe('done');
  });

  test('may have any name', async () => {
    expect(await locksOf().locks.hold('a\0\ud800', async () => 'in', patient)).toBe('in');
  });

  test('goes back when its work fails', async () => {
    const [one, two] = [locksOf(), locksOf()];
    const failing = one.locks.hold('a', () => Promise.reject(new Error('failed')), patient);
    await expect(failing).rejects.toThrow('failed');
    expect(await two.locks.hold('a', async () => 'in', patient)).toBe('in');
    expect(one.pool.idleCount).toBe(1);
  });

  test('that does not come free is given up, and says so', async () => {
    const [one, two] = [locksOf(), locksOf(50)];
    const held = work();
    const first = one.locks.hold('a', held.run, patient);
    await held.begun;
    await expect(two.locks.hold('a', async () => 'in', patient)).rejects.toMatchObject({
      code: 'prompts-unavailable',
      message: expect.stringContaining('Another change'),
      retryAfterSeconds: 2,
    });
    held.end();
    await first;
    expect(await two.locks.hold('a', async () => 'in', patient)).toBe('in');
  });

  test('is not waited for by who has left, and nothing is done for them', async () => {
    const [one, two] = [locksOf(), locksOf()];
    const held = work();
    const first = one.locks.hold('a', held.run, patient);
    await held.begun;
    const leaving = new AbortController();
    let isDone = false;
    const left = two.locks.hold(
      'a',
      async () => {
        isDone = true;
      },
      leaving.signal,
    );
    leaving.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    held.end();
    await first;
    expect(await two.locks.hold('a', async () => 'in', patient)).toBe('in');
    expect(isDone).toBe(false);
  });

  test('that is lost with its connection ends the signal of its work', async () => {
    const { locks } = locksOf();
    const held = work();
    const lost = locks.hold(
      'a',
      async (signal) => {
        held.end();
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      },
      patient,
    );
    const refused = expect(lost).rejects.toMatchObject({ code: 'prompts-unavailable' });
    await held.run();
    const others = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'";
    // Until the lock is there to be lost.
    await expect.poll(async () => (await database.pool.query(others)).rowCount).toBe(1);
    await refused;
    expect(await locksOf().locks.hold('a', async () => 'in', patient)).toBe('in');
  });

  test('cannot be had while the database cannot be reached', async () => {
    const pool = connectPostgres({ url: 'postgres://nobody@127.0.0.1:1/none', max: 2 });
    pools.push(pool);
    const locks = new AdvisoryLocks({ pool, scope: 'test' });
    await expect(locks.hold('a', async () => 'in', patient)).rejects.toMatchObject({ code: 'prompts-unavailable' });
  });
});
